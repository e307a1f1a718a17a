// The side navigation of a large site: a branch that isn't on the page is fetched
// and opened in place. Without it the branch is a link.
(function () {
  "use strict";
  function list(items) {
    var ul = document.createElement("ul");
    items.forEach(function (item) {
      var li = document.createElement("li");
      var a = document.createElement("a");
      a.textContent = item.t;
      if (item.u) a.href = item.u;
      li.append(a);
      if (item.i && item.i.length) {
        var sub = list(item.i);
        sub.hidden = true;
        li.append(sub);
        toggle(a, sub);
      }
      ul.append(li);
    });
    return ul;
  }
  function toggle(a, sub) {
    a.setAttribute("aria-expanded", !sub.hidden);
    if (!a.href) {
      a.setAttribute("role", "button");
      a.tabIndex = 0;
    }
    a.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || (!sub.hidden && a.href)) return;
      event.preventDefault();
      sub.hidden = !sub.hidden;
      a.setAttribute("aria-expanded", !sub.hidden);
    });
  }
  document.querySelectorAll("[data-more]").forEach(function (a) {
    a.setAttribute("aria-expanded", "false");
    a.addEventListener("click", function (event) {
      if (event.ctrlKey || event.metaKey || event.shiftKey || a.dataset.got) return;
      event.preventDefault();
      a.dataset.got = "1";
      fetch(a.dataset.more).then(function (reply) {
        return reply.json();
      }).then(function (items) {
        var sub = list(items);
        a.after(sub);
        toggle(a, sub);
      }).catch(function () {
        location.href = a.href;
      });
    });
  });
})();
