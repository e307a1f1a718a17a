// The preview's script: it reloads the page when the content was written, and
// shows what is wrong above it. Scroll position and focus survive by the
// browser's own reload.
"use strict";
(() => {
  const base = new URL(".", document.currentScript.src).pathname;
  let overlay = null;

  const show = (problems) => {
    if (overlay) overlay.remove();
    overlay = null;
    if (!problems.length) return;
    overlay = document.createElement("pre");
    overlay.setAttribute("role", "alert");
    overlay.id = "annai-problems";
    overlay.textContent = problems.join("\n");
    Object.assign(overlay.style, {
      position: "fixed", inset: "auto 0 0 0", zIndex: 9999, margin: 0, padding: "1rem 1.25rem",
      maxHeight: "50vh", overflow: "auto", whiteSpace: "pre-wrap", font: "14px/1.5 monospace",
      color: "#fff", background: "#7a1420", borderTop: "4px solid #ff6b6b",
    });
    document.body.append(overlay);
  };

  const look = () => fetch(base + "problems?page=" + encodeURIComponent(location.pathname), { cache: "no-store" })
    .then((r) => r.json());

  let seen = false;
  const source = new EventSource(base + "events");
  source.addEventListener("hello", () => {
    if (seen) location.reload(); // the preview was started anew
    seen = true;
  });
  source.addEventListener("reload", () => look().then((problems) => {
    if (problems.length) show(problems); else location.reload();
  }));
  look().then(show);
})();
