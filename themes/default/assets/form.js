// What forms do better with a script: questions that don't apply are hidden, what
// was typed is kept on the device, a second click sends nothing, and the work
// that tells people from machines is done meanwhile. Without it all forms work.
(function () {
  "use strict";
  var kept = 7 * 24 * 3600 * 1000;

  // Errors: the summary has the focus, its links lead into the controls.
  var summary = document.querySelector("[data-sum]");
  if (summary) {
    summary.focus();
    summary.addEventListener("click", function (event) {
      var link = event.target.closest("a");
      var control = link && document.getElementById(link.hash.slice(1));
      if (!control) return;
      event.preventDefault();
      (control.closest(".field") || control).scrollIntoView();
      control.focus({ preventScroll: true });
    });
  }

  function values(form, name) {
    return new FormData(form).getAll(name);
  }

  // Questions with a condition. A condition on what only the relay knows (the
  // severity) can't be judged here: the question stays.
  function conditions(form) {
    form.querySelectorAll("[data-when]").forEach(function (field) {
      var when = JSON.parse(field.dataset.when);
      field.hidden = !Object.keys(when).every(function (name) {
        if (!form.elements[name]) return true;
        return values(form, name).some(function (value) {
          return when[name].indexOf(value) >= 0;
        });
      });
    });
  }

  // Characters left, counted as the relay does. A screen reader is told when the
  // writer pauses.
  function counters(form, texts) {
    form.querySelectorAll("[data-max]").forEach(function (area) {
      var hint = document.getElementById(area.id + "-count");
      var timer;
      function count() {
        var left = area.dataset.max - Array.from(area.value).length;
        hint.textContent = (left < 0 ? texts.over : texts.left).replace("{n}", Math.abs(left));
      }
      area.addEventListener("input", function () {
        hint.removeAttribute("role");
        count();
        clearTimeout(timer);
        timer = setTimeout(function () {
          hint.setAttribute("role", "status");
          count();
        }, 1000);
      });
    });
  }

  // The draft: what was typed, until it is sent, for a week at most.
  function drafts(form) {
    var key = "annai:draft:" + form.dataset.draft;
    var message = form.querySelector("[data-draft-msg]");
    var clear = form.querySelector("[data-draft-clear]");
    var off = false;
    var timer;
    function fields() {
      return Array.from(form.elements).filter(function (e) {
        return e.name && e.name[0] !== "_" && e.closest(".field") && !e.closest("[data-nodraft]");
      });
    }
    function show() {
      message.hidden = clear.hidden = false;
    }
    function save() {
      if (off) return;
      var data = {};
      fields().forEach(function (e) {
        if (/^(radio|checkbox)$/.test(e.type) ? e.checked : e.value) (data[e.name] = data[e.name] || []).push(e.value);
      });
      try {
        localStorage.setItem(key, JSON.stringify({ at: Date.now(), data: data }));
        show();
      } catch (e) {
        off = true;
      }
    }
    function restore() {
      var draft = JSON.parse(localStorage.getItem(key) || "null");
      if (!draft) return;
      if (Date.now() - draft.at > kept || (draft.sent && Date.now() - draft.sent > 1800000)) {
        localStorage.removeItem(key);
        return;
      }
      fields().forEach(function (e) {
        var saved = draft.data[e.name];
        if (!saved) return;
        if (/^(radio|checkbox)$/.test(e.type)) e.checked = saved.indexOf(e.value) >= 0;
        else if (!e.value || e.tagName === "SELECT") e.value = saved[0];
      });
      show();
    }
    try {
      if (!summary) restore();
    } catch (e) {
      off = true;
    }
    form.addEventListener("input", function () {
      clearTimeout(timer);
      timer = setTimeout(save, 150);
    });
    form.addEventListener("submit", function () {
      try {
        var draft = JSON.parse(localStorage.getItem(key) || "null");
        if (draft) localStorage.setItem(key, JSON.stringify({ at: draft.at, data: draft.data, sent: Date.now() }));
      } catch (e) {
        // a full or forbidden storage: there is no draft to mark
      }
    });
    clear.addEventListener("click", function () {
      off = true;
      clearTimeout(timer);
      localStorage.removeItem(key);
      message.hidden = clear.hidden = true;
    });
  }

  // A second click while the first is on its way sends nothing. Coming back to
  // the page frees the form again.
  function once(form) {
    var sent = 0;
    form.addEventListener("submit", function (event) {
      if (Date.now() - sent < 5000) event.preventDefault();
      else sent = Date.now();
    });
    window.addEventListener("pageshow", function () {
      sent = 0;
    });
  }

  function hidden(form, name, value) {
    var input = form.querySelector('input[name="' + name + '"]') || document.createElement("input");
    input.type = "hidden";
    input.name = name;
    input.value = value;
    form.append(input);
  }

  // Proof of work, ALTCHA version 1: the number n with SHA-256(salt + n) =
  // challenge. The browser hashes beside the page; what is left for the page comes
  // in slices of a few milliseconds, with a turn for input and drawing after each.
  async function solve(c) {
    var encoder = new TextEncoder();
    var turn = new MessageChannel();
    var pairs = c.challenge.match(/[0-9a-f]{2}/g);
    function hit(digest) {
      var bytes = new Uint8Array(digest);
      return pairs.every(function (pair, i) {
        return bytes[i] === parseInt(pair, 16);
      });
    }
    try {
      for (var from = 0; from <= c.maxnumber; from += 24) {
        var batch = [];
        for (var n = from; n < from + 24 && n <= c.maxnumber; n++) batch.push(crypto.subtle.digest("SHA-256", encoder.encode(c.salt + n)));
        var at = (await Promise.all(batch)).findIndex(hit);
        if (at >= 0) return from + at;
        await new Promise(function (go) {
          turn.port1.onmessage = go;
          turn.port2.postMessage(0);
        });
      }
      return -1;
    } finally {
      turn.port1.close();
    }
  }
  async function prove(form) {
    try {
      var reply = await (await fetch(form.dataset.token, { credentials: "omit" })).json();
      if (reply.token) hidden(form, "_token", reply.token);
      var c = reply.altcha;
      if (!c || c.algorithm !== "SHA-256") return;
      var number = await solve(c);
      if (number < 0) return;
      hidden(form, "_proof", btoa(JSON.stringify({
        algorithm: c.algorithm, challenge: c.challenge, number: number, salt: c.salt, signature: c.signature
      })));
    } catch (e) {
      // offline, or no relay: the form is sent without, and judged more carefully
    }
  }

  document.querySelectorAll("form[data-draft]").forEach(function (form) {
    // The article that led here; a form inside an article has it already.
    var page = form.elements._page;
    var from = new URLSearchParams(location.search).get("page") || document.referrer.split(location.origin)[1] || "";
    if (page && page.value === location.pathname && from.startsWith(page.value.slice(0, 4))) page.value = from.split("?")[0];
    conditions(form);
    counters(form, JSON.parse(form.dataset.texts));
    drafts(form);
    conditions(form);
    form.addEventListener("change", function () {
      conditions(form);
    });
    form.addEventListener("input", function () {
      prove(form);
    }, { once: true });
  });
  document.querySelectorAll("form[data-draft], form[data-once]").forEach(once);

  // A receipt on the site's own origin: what is sent needs no draft any more.
  if (document.querySelector("[data-receipt]")) {
    try {
      Object.keys(localStorage).forEach(function (key) {
        if (key.indexOf("annai:draft:") === 0 && JSON.parse(localStorage.getItem(key)).sent) localStorage.removeItem(key);
      });
    } catch (e) {
      // no storage, no drafts
    }
  }
})();
