// What articles do better with a script: tabs, versions and pivots to choose
// from, originals sentence by sentence, marked lines and copying of code, and
// pictures at full size. Without it everything is shown,
// one below the other.
(function () {
  "use strict";
  function all(selector, within) {
    return Array.from((within || document).querySelectorAll(selector));
  }
  function remember(key, value) {
    try {
      if (value) sessionStorage.setItem("annai-" + key, value);
      return sessionStorage.getItem("annai-" + key);
    } catch (e) {
      return null;
    }
  }

  // Tabs. What was chosen counts for all groups that offer it, newest first. A tab
  // may stand for several choices (a+b), and may depend on a choice in another
  // group (data-condition).
  var picked = (new URLSearchParams(location.search).get("tabs") || remember("tabs") || "").split(",");
  var groups = all(".tabs").map(function (box) {
    var links = all(":scope > .tab-list a", box);
    var panels = all(":scope > .tab-panel", box);
    box.firstElementChild.setAttribute("role", "tablist");
    links.forEach(function (link, i) {
      link.parentElement.setAttribute("role", "presentation");
      link.setAttribute("role", "tab");
      if (panels[i]) {
        panels[i].id = panels[i].id || "panel-" + Math.random().toString(36).slice(2);
        panels[i].setAttribute("role", "tabpanel");
        panels[i].setAttribute("aria-label", link.textContent);
        link.setAttribute("aria-controls", panels[i].id);
      }
      link.addEventListener("click", function (event) {
        event.preventDefault();
        var top = link.getBoundingClientRect().top;
        pick(link.dataset.tab);
        window.scrollBy(0, link.getBoundingClientRect().top - top);
      });
      link.addEventListener("keydown", function (event) {
        var shown = links.filter(available);
        var at = shown.indexOf(link);
        var step = { ArrowRight: 1, ArrowLeft: -1, Home: -at, End: shown.length - 1 - at }[event.key];
        if (step === undefined) return;
        event.preventDefault();
        if (getComputedStyle(link).direction === "rtl" && /^A/.test(event.key)) step = -step;
        var next = shown[(at + step + shown.length) % shown.length];
        next.click();
        next.focus();
      });
    });
    return { links: links, panels: panels, chosen: null };
  });
  function ids(tab) {
    return tab.split("+");
  }
  function available(link) {
    return !link.dataset.condition || groups.some(function (group) {
      return group.chosen && ids(group.chosen.dataset.tab).indexOf(link.dataset.condition) >= 0;
    });
  }
  function pick(tab) {
    var news = ids(tab);
    picked = news.concat(picked.filter(function (id) {
      return news.indexOf(id) < 0;
    }));
    remember("tabs", picked.slice(0, 20).join(","));
    show();
  }
  function choose(group) {
    var open = group.links.filter(available);
    var best = null;
    picked.some(function (id) {
      return (best = open.find(function (link) {
        return ids(link.dataset.tab).indexOf(id) >= 0;
      }));
    });
    group.chosen = best || open[0] || null;
  }
  function show() {
    groups.forEach(choose);
    groups.forEach(choose); // conditions may name a group further down
    groups.forEach(function (group) {
      group.links.forEach(function (link, i) {
        var is = link === group.chosen;
        link.setAttribute("aria-selected", is);
        link.tabIndex = is ? 0 : -1;
        link.parentElement.classList.toggle("unavailable", !available(link));
        if (!group.panels[i]) return;
        group.panels[i].classList.remove("unavailable");
        group.panels[i].classList.toggle("selected", is);
      });
    });
  }
  if (groups.length) {
    var aim = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    var around = aim && aim.closest(".tab-panel");
    show();
    if (around) {
      if (around.dataset.condition) pick(around.dataset.condition);
      pick(around.dataset.tab);
      aim.scrollIntoView();
    }
  }

  // Pivots and versions: one choice for the page, from what its parts name.
  ["pivot", "moniker"].forEach(function (kind) {
    var parts = all("[data-" + kind + "]");
    var names = [];
    parts.forEach(function (part) {
      part.dataset[kind].split(" ").forEach(function (name) {
        if (name && names.indexOf(name) < 0) names.push(name);
      });
    });
    if (names.length < 2) return;
    var labels = JSON.parse((document.querySelector("[data-" + kind + "-labels]") || { dataset: {} }).dataset[kind + "Labels"] || "{}");
    var bar = document.createElement("label");
    var select = document.createElement("select");
    bar.className = "pivots";
    bar.append(labels[""] || kind);
    names.forEach(function (name) {
      select.add(new Option(labels[name] || name, name));
    });
    function apply() {
      parts.forEach(function (part) {
        part.classList.toggle("off", part.dataset[kind].split(" ").indexOf(select.value) < 0);
      });
      remember(kind, select.value);
    }
    var asked = new URLSearchParams(location.search).get(kind === "pivot" ? "pivots" : "view") || remember(kind);
    if (names.indexOf(asked) >= 0) select.value = asked;
    select.addEventListener("change", apply);
    bar.append(select);
    document.querySelector(".prose").prepend(bar);
    apply();
  });

  // Originals beside a translation. The sheet shows all or none; here each sentence
  // gets a button that opens its own. A link takes its button behind it.
  var choice = document.querySelector(".originals");
  if (choice) {
    all("input", choice).forEach(function (input) {
      input.parentElement.hidden = false;
      if (input.value === remember("originals")) input.checked = true;
    });
    choice.addEventListener("change", chosen);
    chosen();
  }
  function chosen() {
    var mode = choice.querySelector(":checked").value;
    remember("originals", mode);
    if (mode === "one" && !document.querySelector(".peek")) all(".original").forEach(peek);
  }
  function peek(text, i) {
    var button = document.createElement("button");
    var link = text.closest("a");
    text.id = "original-" + i;
    button.type = "button";
    button.className = "peek quiet";
    button.textContent = choice.dataset.peek;
    button.setAttribute("aria-controls", text.id);
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", function () {
      text.hidden = !text.hidden;
      button.setAttribute("aria-expanded", !text.hidden);
    });
    if (link) link.after(button);
    else text.before(button);
  }

  // Lines of code that the text speaks of. A mark takes whole lines with whatever
  // colours them; a range is "2", "2-4", or "7-" up to the end.
  all("code[data-highlight-lines]").forEach(function (code) {
    var starts = [0];
    code.textContent.replace(/\n/g, function (_, at) {
      starts.push(at + 1);
    });
    function find(offset) {
      var nodes = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
      for (var node; (node = nodes.nextNode()); offset -= node.length) {
        if (offset < node.length) return [node, offset];
      }
      return [code, code.childNodes.length];
    }
    code.dataset.highlightLines.split(",").forEach(function (part) {
      var lines = /^\s*(\d+)\s*(-?)\s*(\d*)\s*$/.exec(part);
      if (!lines || starts[lines[1] - 1] === undefined) return;
      var from = find(starts[lines[1] - 1]);
      var to = find(starts[lines[2] ? lines[3] || starts.length : lines[1]] || Infinity);
      var range = document.createRange();
      var mark = document.createElement("mark");
      range.setStart(from[0], from[1]);
      range.setEnd(to[0], to[1]);
      if (range.collapsed) return;
      mark.append(range.extractContents());
      range.insertNode(mark);
    });
  });

  // Copying code.
  var words = (document.querySelector("[data-copy]") || document.body).dataset;
  if (words.copy && navigator.clipboard) {
    all(".prose pre").forEach(function (pre) {
      var button = document.createElement("button");
      var box = document.createElement("div");
      button.type = "button";
      button.className = "copy quiet";
      button.textContent = words.copy;
      box.className = "code";
      pre.replaceWith(box);
      box.append(pre, button);
      button.addEventListener("click", function () {
        navigator.clipboard.writeText(pre.textContent).then(function () {
          button.textContent = words.copied;
          setTimeout(function () {
            button.textContent = words.copy;
          }, 2000);
        });
      });
    });
  }

  // Pictures at full size, in a dialog that Escape and a click close.
  all("a.lightbox").forEach(function (link) {
    link.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || !window.HTMLDialogElement) return;
      event.preventDefault();
      var dialog = document.createElement("dialog");
      var small = link.querySelector("img");
      var image = document.createElement("img");
      image.src = link.href;
      image.alt = small ? small.alt : "";
      dialog.className = "zoomed";
      dialog.setAttribute("aria-label", image.alt || link.textContent);
      dialog.tabIndex = -1;
      dialog.append(image);
      dialog.addEventListener("click", function () {
        dialog.close();
      });
      dialog.addEventListener("close", function () {
        dialog.remove();
        link.focus();
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  });
})();
