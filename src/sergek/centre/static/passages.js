// The live list: the chosen row's passage beside it, boxes drawn on overviews, a bounded list.
const KEPT = 400;
const rows = document.getElementById("rows");
const detail = document.getElementById("detail");

function box(frame) {
  const image = frame.querySelector("img");
  const [x1, y1, x2, y2] = frame.dataset.box.split(" ").map(Number);
  const draw = () => {
    const { naturalWidth: wide, naturalHeight: high } = image;
    // A crop is smaller than the box's place on the main picture: nothing to draw on it.
    if (!wide || x2 > wide + 1 || y2 > high + 1 || frame.querySelector("svg.mark")) return;
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    svg.setAttribute("class", "mark");
    svg.setAttribute("viewBox", `0 0 ${wide} ${high}`);
    svg.setAttribute("preserveAspectRatio", "xMidYMid meet");
    const rect = document.createElementNS(ns, "rect");
    for (const [key, value] of Object.entries({ x: x1, y: y1, width: x2 - x1, height: y2 - y1 })) rect.setAttribute(key, value);
    svg.append(rect);
    frame.append(svg);
  };
  if (image.complete) draw();
  else image.addEventListener("load", draw, { once: true });
}
const boxes = (root) => {
  for (const frame of root.querySelectorAll(".overview .frame[data-box]")) box(frame);
};
boxes(document);

if (rows) {
  let wait = 0;
  document.addEventListener("row:chosen", (event) => {
    clearTimeout(wait);
    // Running down the list opens only where one stops: each opening is recorded.
    wait = setTimeout(() => event.target.querySelector("a")?.click(), 300);
  });
  rows.addEventListener("click", (event) => {
    const row = event.target.closest(".row");
    if (!row) return;
    for (const other of rows.querySelectorAll(".row.chosen")) other.classList.remove("chosen");
    row.classList.add("chosen");
  });
  new MutationObserver((changes) => {
    // What was recorded while the page was made may come twice: in the list and as news.
    for (const row of changes.flatMap((change) => [...change.addedNodes])) {
      if (row.id && rows.querySelectorAll(`#${row.id}`).length > 1) row.remove();
    }
    if (rows.querySelector(".row")) document.getElementById("empty")?.remove();
    const panel = rows.closest(".panel");
    // Only while the top is looked at: rows do not vanish under somebody who scrolled down.
    if (panel.scrollTop < 50) {
      const all = rows.querySelectorAll(".row");
      for (let at = KEPT; at < all.length; at++) all[at].remove();
    }
  }).observe(rows, { childList: true });
  new MutationObserver(() => boxes(detail)).observe(detail, { childList: true });

  const liveness = document.getElementById("liveness");
  const say = (whole) => {
    liveness.classList.toggle("broken", !whole);
    liveness.textContent = whole ? liveness.dataset.on : liveness.dataset.lost;
  };
  document.addEventListener("htmx:sse:error", () => say(false));
  document.addEventListener("htmx:sse:after:connection", () => say(true));
}
