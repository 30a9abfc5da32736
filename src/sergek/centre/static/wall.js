// The live wall: 1, 4, 9 or 16 tiles, each with a camera of one's choice, remembered here.
import { Live, cameras, texts } from "./live.js";
import { typing } from "./keys.js";

const wall = document.getElementById("wall");
const ids = Object.keys(cameras);
const COUNTS = [1, 4, 9, 16];
const STORE = "wall";
const kept = (() => {
  try {
    return JSON.parse(localStorage.getItem(STORE)) ?? {};
  } catch {
    return {};
  }
})();
const fitting = COUNTS.find((count) => count >= Math.min(ids.length, 16)) ?? 16;
const wish = {
  count: COUNTS.includes(kept.count) ? kept.count : fitting,
  boxes: kept.boxes ?? true,
  chosen: Array.from({ length: 16 }, (_, at) => {
    const old = kept.chosen?.[at];
    return old !== undefined && (old === "" || ids.includes(old)) ? old : (ids[at] ?? "");
  }),
};
const save = () => localStorage.setItem(STORE, JSON.stringify(wish));
let tiles = [];

function tile(at) {
  const root = document.createElement("section");
  root.className = "tile";
  root.tabIndex = 0;
  const screen = document.createElement("div");
  screen.className = "screen";
  const head = document.createElement("header");
  const number = document.createElement("kbd");
  number.textContent = at < 9 ? String(at + 1) : "";
  const select = document.createElement("select");
  select.setAttribute("aria-label", texts.wall.camera);
  select.append(new Option(texts.wall.nothing, ""));
  for (const id of ids) select.append(new Option(cameras[id], id));
  select.value = wish.chosen[at];
  const state = document.createElement("span");
  state.className = "state";
  head.append(number, select, state);
  root.append(screen, head);
  const made = { root, live: null };
  const show = () => {
    made.live?.close();
    made.live = null;
    state.replaceChildren();
    screen.classList.toggle("nothing", !select.value);
    screen.removeAttribute("data-state");
    screen.classList.remove("stale");
    if (select.value) {
      made.live = new Live(screen, select.value);
      made.live.boxesOn = wish.boxes;
    }
    root.dataset.camera = select.value;
  };
  select.addEventListener("change", () => {
    wish.chosen[at] = select.value;
    save();
    show();
  });
  screen.addEventListener("live:state", ({ detail }) => {
    state.className = `state ${detail.state}`;
    state.replaceChildren(document.createElement("i"), texts.state[detail.state]);
  });
  screen.addEventListener("dblclick", () => enlarge(wall.classList.contains("one") ? null : at));
  show();
  return made;
}

function build() {
  for (const { live } of tiles) live?.close();
  wall.className = `wall n${wish.count}`;
  tiles = Array.from({ length: wish.count }, (_, at) => tile(at));
  wall.replaceChildren(...tiles.map(({ root }) => root));
  for (const button of document.querySelectorAll("#layout button")) {
    button.setAttribute("aria-pressed", String(Number(button.dataset.count) === wish.count));
  }
  document.getElementById("boxes").setAttribute("aria-pressed", String(wish.boxes));
}

function enlarge(at) {
  wall.classList.toggle("one", at !== null);
  tiles.forEach(({ root }, index) => root.classList.toggle("large", index === at));
  if (at !== null) tiles[at].root.focus();
}
const lay = (count) => {
  wish.count = count;
  save();
  build();
};
function boxes() {
  wish.boxes = !wish.boxes;
  save();
  for (const { live } of tiles) if (live) live.boxesOn = wish.boxes;
  document.getElementById("boxes").setAttribute("aria-pressed", String(wish.boxes));
}
const full = () => (document.fullscreenElement ? document.exitFullscreen() : wall.requestFullscreen()).catch(() => {});

document.getElementById("layout").addEventListener("click", ({ target }) => {
  if (target.dataset.count) lay(Number(target.dataset.count));
});
document.getElementById("boxes").addEventListener("click", boxes);
document.getElementById("full").addEventListener("click", full);
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || typing(event)) return;
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (digit && event.shiftKey) {
    const count = COUNTS[Number(digit[1]) - 1];
    if (count) lay(count);
  } else if (digit) {
    const at = Number(digit[1]) - 1;
    if (at < tiles.length) enlarge(tiles[at].root.classList.contains("large") ? null : at);
  } else if (event.key === "Escape") enlarge(null);
  else if (event.key === "b") boxes();
  else if (event.key === "f") full();
});
build();
// For the bench and the tests: the pictures as they are.
window.sergekTiles = () => tiles.map(({ live }) => live);
