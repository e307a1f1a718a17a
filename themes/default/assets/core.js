// The one script of every page: it says who answers now, and loads the other
// scripts when a page needs them. Their names and hashes are written in when the
// theme is opened, so this script vouches for them.
(function () {
  "use strict";
  var parts = "PARTS";
  var root = document.documentElement;
  var me = document.currentScript;
  var base = me.src.replace(/[^/]*$/, "");
  var done = {};

  function load(name) {
    var part = parts[name];
    if (!part || done[name]) return;
    done[name] = true;
    var script = document.createElement("script");
    script.src = base + part[0];
    if (me.integrity) script.integrity = part[1];
    document.head.append(script);
    if (parts[name + ".css"]) style(parts[name + ".css"]);
  }
  function style(part) {
    var link = document.createElement("link");
    link.rel = "stylesheet";
    link.href = base + part[0];
    if (me.integrity) link.integrity = part[1];
    document.head.append(link);
  }
  function find(selector) {
    return document.querySelector(selector);
  }
  function marked() {
    try {
      return sessionStorage.getItem("annai-mark");
    } catch (e) {
      return null;
    }
  }

  root.classList.add("js");
  if (find("form[data-draft], form[data-once], [data-sum], [data-receipt]")) load("form");
  if (find(".tabs, [data-pivot], [data-target], [data-moniker], .originals, pre, a.lightbox")) load("article");
  if (find("[data-more]")) load("side");
  if (marked() || (/[?&]q=/.test(location.search) && find("[data-search-results]"))) load("search");
  document.addEventListener("focusin", function (event) {
    if (event.target.matches("form[data-search] input, [data-search-suggest]")) load("search");
  });

  // An open list of languages closes on Escape and on a click elsewhere.
  var langs = find(".langs");
  if (langs) {
    document.addEventListener("click", function (event) {
      if (!langs.contains(event.target)) langs.open = false;
    });
    langs.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !langs.open) return;
      langs.open = false;
      langs.firstElementChild.focus();
    });
  }

  // Hours: "always", or "mon-fri 09:00 18:00 Asia/Shanghai;…", with the days on
  // which a channel is closed in data-closed.
  var week = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
  function now(zone) {
    var at = {};
    new Intl.DateTimeFormat("en-CA", {
      timeZone: zone, weekday: "short", year: "numeric", month: "2-digit", day: "2-digit",
      hour: "2-digit", minute: "2-digit", hourCycle: "h23"
    }).formatToParts(new Date()).forEach(function (p) {
      at[p.type] = p.value;
    });
    return {
      day: week.indexOf(at.weekday.slice(0, 3).toLowerCase()),
      date: at.year + "-" + at.month + "-" + at.day,
      time: at.hour + ":" + at.minute
    };
  }
  function on(days, day) {
    return days.split(",").some(function (part) {
      var ends = part.trim().split("-").map(function (d) {
        return week.indexOf(d);
      });
      var from = ends[0];
      var to = ends[ends.length - 1];
      return from <= to ? day >= from && day <= to : day >= from || day <= to;
    });
  }
  function open(hours, closed) {
    if (hours === "always") return true;
    return hours.split(";").some(function (range) {
      var r = range.split(" ");
      var at = now(r[3]);
      if (closed.indexOf(at.date) >= 0) return false;
      if (r[1] <= r[2]) return on(r[0], at.day) && at.time >= r[1] && at.time < r[2];
      return (on(r[0], at.day) && at.time >= r[1]) || (on(r[0], (at.day + 6) % 7) && at.time < r[2]);
    });
  }
  document.querySelectorAll(".channels [data-hours]").forEach(function (item) {
    var list = item.parentElement.dataset;
    if (!item.dataset.hours) return;
    try {
      var is = open(item.dataset.hours, item.dataset.closed || "");
      var badge = document.createElement("span");
      badge.className = "now";
      badge.dataset.open = is ? "yes" : "no";
      badge.textContent = is ? list.openText : list.closedText;
      item.firstElementChild.append(badge);
    } catch (e) {
      // a zone that this browser doesn't know: the hours in words are enough
    }
  });
})();
