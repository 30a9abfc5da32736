// What every page has: the clock, the keyboard, the list's chosen row.
import { typing } from "./keys.js";

const clock = document.getElementById("clock");
if (clock) {
  const zone = clock.dataset.zone;
  // Month names come with the page: not every browser knows Kazakh ones.
  const months = clock.dataset.months.split(",");
  const date = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "numeric" });
  const day = (now) => {
    const [number, month] = date.format(now).split("/").map(Number);
    return clock.dataset.day.replace("#", number).replace("@", months[month - 1]);
  };
  const time = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const small = document.createElement("small");
  const digits = document.createTextNode("");
  clock.append(small, digits);
  const tick = () => {
    const now = new Date();
    small.textContent = day(now);
    digits.data = time.format(now);
    setTimeout(tick, 1000 - (now.getTime() % 1000));
  };
  tick();
}

// On a phone the rail scrolls: the page one is on stands in sight.
document.querySelector(".rail [aria-current=page]")?.scrollIntoView({ block: "nearest", inline: "center" });

const shortcuts = document.getElementById("shortcuts");
document.getElementById("ask-shortcuts")?.addEventListener("click", () => shortcuts.showModal());

const rows = () => [...document.querySelectorAll("[data-row]")];
function choose(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.classList.contains("chosen") || row.getAttribute("aria-selected") === "true");
  const next = all[Math.min(all.length - 1, Math.max(0, now + step))];
  for (const row of all) row.classList.toggle("chosen", row === next);
  next.scrollIntoView({ block: "nearest" });
  next.dispatchEvent(new CustomEvent("row:chosen", { bubbles: true }));
}

let gone = 0;
const keys = {
  "?": () => shortcuts?.showModal(),
  j: () => choose(1),
  k: () => choose(-1),
  Enter: () => {
    const row = document.querySelector("[data-row].chosen");
    if (!row || document.activeElement?.closest("a, button, summary")) return false;
    location.href = row.dataset.href;
  },
  "/": () => document.querySelector(".filters select, .filters input")?.focus(),
  Escape: () => document.querySelector("details[open]")?.removeAttribute("open"),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event)) return;
  if (Date.now() - gone < 1200) {
    const link = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    gone = 0;
    if (link) {
      event.preventDefault();
      link.click();
      return;
    }
  }
  if (event.key === "g") {
    gone = Date.now();
    return;
  }
  const act = keys[event.key];
  if (act && act() !== false) event.preventDefault();
});
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-row]");
  if (row && !event.target.closest("a, button, input, select")) location.href = row.dataset.href;
  for (const open of document.querySelectorAll("details.menu[open]")) {
    if (!open.contains(event.target)) open.removeAttribute("open");
  }
});
