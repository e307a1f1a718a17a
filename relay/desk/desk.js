// Copy buttons and running clocks. Without it a click selects a field, and the
// clocks show the time at which the page was drawn.
"use strict";
const said = document.body.dataset;
for (const field of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  const text = field.textContent;
  button.type = "button";
  button.className = "copy";
  button.textContent = "⧉";
  button.setAttribute("aria-label", said.copyLabel);
  button.addEventListener("click", async () => {
    try { await navigator.clipboard.writeText(text); } catch { getSelection().selectAllChildren(field); document.execCommand("copy"); }
    button.textContent = "✓";
    button.setAttribute("aria-label", said.copied);
    setTimeout(() => { button.textContent = "⧉"; }, 2000);
  });
  field.after(button);
  if (field.tagName === "DD") field.append(button);
}
const two = (n) => String(n).padStart(2, "0");
function tick() {
  for (const clock of document.querySelectorAll("[data-due]")) {
    const left = Math.round((new Date(clock.dateTime) - Date.now()) / 1000);
    const s = Math.abs(left), d = Math.floor(s / 86400);
    clock.textContent = (d ? d + said.days + " " : "") + two(Math.floor(s / 3600) % 24) + ":" + two(Math.floor(s / 60) % 60) + ":" + two(s % 60) + " " + (left < 0 ? said.late : said.left);
    clock.classList.toggle("late", left < 0);
  }
}
if (document.querySelector("[data-due]")) { tick(); setInterval(tick, 1000); }
// A queue that nobody is working with shows what has come since.
if (document.querySelector("[data-refresh]")) setInterval(() => { if (!document.hidden && document.activeElement === document.body) location.reload(); }, 60000);
