// The signer's look: every masked picture has to have been on the screen, the clip to its end,
// before the case can be signed. A rectangle drawn on a picture is hidden by the centre.
const look = document.getElementById("look");
const by = (id) => document.getElementById(id);
const [form, why] = [by("signing"), by("why")];
const boxes = [...look.querySelectorAll("svg[data-boxes]")];
const drawn = Object.fromEntries(boxes.map((svg) => [svg.dataset.boxes, JSON.parse(svg.dataset.given)]));
const seen = new Set();
const tabs = [...look.querySelectorAll("[data-show]")];
const order = []; // the parts drawn on this page, the last one last
const mayNot = by("sign").dataset.own || !tabs.length;

function refuse(message) {
  by("said-no").textContent = message;
  by("said-no").hidden = false;
}

function tell() {
  const rest = tabs.filter((tab) => !seen.has(tab.dataset.show));
  const names = rest.map((tab) => tab.textContent.replace(/^\s*\d/, "").trim()).join(", ");
  by("hide").disabled = by("undo").disabled = !order.length;
  by("sign").disabled = mayNot || rest.length > 0 || order.length > 0;
  if (mayNot) return;
  const text = by("what").dataset;
  by("what").textContent = order.length ? text.unsent : rest.length ? text.look.replace("#", names) : "";
}

function saw(role) {
  seen.add(role);
  tabs.find((tab) => tab.dataset.show === role).classList.add("was-seen");
  tell();
}

function show(role) {
  for (const view of look.querySelectorAll("[data-view]")) {
    view.hidden = view.dataset.view !== role;
    const clip = view.querySelector("video");
    if (clip) view.hidden ? clip.pause() : clip.play().catch(() => 0);
    const image = view.querySelector("img");
    if (!view.hidden && image) image.decode().then(() => saw(role)).catch(() => refuse(look.dataset.lost));
  }
  for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.show === role));
  lay();
}

// --- drawing -------------------------------------------------------------------------------
// The drawing lies exactly on the picture, wherever the page has put that.
function lay() {
  const view = look.querySelector("[data-view]:not([hidden])");
  const media = view?.querySelector("img, video");
  const [wide, high] = media ? [media.naturalWidth ?? media.videoWidth, media.naturalHeight ?? media.videoHeight] : [0, 0];
  if (!wide) return;
  const scale = Math.min(media.clientWidth / wide, media.clientHeight / high);
  const svg = view.querySelector("svg");
  svg.style.width = `${wide * scale}px`;
  svg.style.height = `${high * scale}px`;
  svg.style.left = `${(media.clientWidth - wide * scale) / 2}px`;
  svg.style.top = `${(media.clientHeight - high * scale) / 2}px`;
}

function paint(svg, extra = null) {
  const made = [...drawn[svg.dataset.boxes], ...(extra ? [extra] : [])].map((box) => {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    for (const [name, value] of Object.entries({ x: box.x1, y: box.y1, width: box.x2 - box.x1, height: box.y2 - box.y1 })) rect.setAttribute(name, value);
    return rect;
  });
  svg.replaceChildren(...made);
}

for (const svg of boxes) {
  let from = null;
  const place = (event) => {
    const { left, top, width, height } = svg.getBoundingClientRect();
    const share = (value) => Math.min(1, Math.max(0, value));
    return [share((event.clientX - left) / width), share((event.clientY - top) / height)];
  };
  const boxTo = ([x, y]) => ({ x1: Math.min(x, from[0]), y1: Math.min(y, from[1]), x2: Math.max(x, from[0]), y2: Math.max(y, from[1]) });
  svg.addEventListener("pointerdown", (event) => { from = place(event); svg.setPointerCapture(event.pointerId); });
  svg.addEventListener("pointermove", (event) => { if (from) paint(svg, boxTo(place(event))); });
  svg.addEventListener("pointerup", (event) => {
    if (!from) return;
    const box = boxTo(place(event));
    from = null;
    if (box.x2 - box.x1 > 0.004 && box.y2 - box.y1 > 0.004) {
      drawn[svg.dataset.boxes].push(box);
      order.push(svg.dataset.boxes);
    } else {
      const clip = svg.parentElement.querySelector("video"); // a click on the clip
      if (clip) clip.paused ? clip.play() : clip.pause();
    }
    paint(svg);
    tell();
  });
  svg.addEventListener("pointercancel", () => { from = null; paint(svg); });
  paint(svg);
}

function undo() {
  const role = order.pop();
  if (!role) return;
  drawn[role].pop();
  paint(boxes.find((svg) => svg.dataset.boxes === role));
  tell();
}

async function hide() {
  if (!order.length) return;
  by("hide").disabled = true;
  by("what").textContent = by("what").dataset.making;
  const headers = { "X-CSRF-Token": look.dataset.csrf, "HX-Request": "true", "Content-Type": "application/json" };
  try {
    const answer = await fetch(`/signing/${look.dataset.case}/masks`, { method: "POST", headers, body: JSON.stringify({ boxes: drawn }) });
    if (answer.ok) return location.reload();
    const made = document.createElement("template");
    made.innerHTML = await answer.text();
    refuse(made.content.textContent.trim());
  } catch {
    refuse(look.dataset.lost);
  }
  tell();
}

// --- the keyboard --------------------------------------------------------------------------
const sign = () => by("sign").disabled || form.requestSubmit(by("sign"));
const next = (step) => {
  const now = tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
  const other = tabs[now + step];
  if (other) show(other.dataset.show);
};
const commands = {
  s: sign,
  m: hide,
  z: undo,
  b: () => by("back").disabled || why.showModal(),
  n: () => { location.href = by("next").href; },
  ArrowRight: () => next(1),
  ArrowLeft: () => next(-1),
  Escape: () => { location.href = "/signing"; },
};
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || why.open) return;
  const key = /^(Key|Digit)(.)$/.exec(event.code)?.[2].toLowerCase() ?? event.key;
  const tab = tabs[Number(key) - 1];
  if (tab) show(tab.dataset.show);
  else if (commands[key]) commands[key]();
  else return;
  event.preventDefault();
});
for (const tab of tabs) tab.addEventListener("click", () => show(tab.dataset.show));
by("hide").addEventListener("click", hide);
by("undo").addEventListener("click", undo);
by("back").addEventListener("click", () => why.showModal());
const clip = look.querySelector("video");
clip?.addEventListener("ended", () => saw("clip"));
clip?.addEventListener("loadedmetadata", lay);
clip?.addEventListener("error", () => refuse(look.dataset.lost));
new ResizeObserver(lay).observe(look);
if (tabs.length) show(tabs[0].dataset.show);
if (look.dataset.again) setTimeout(() => location.reload(), 3000); // the copy is being made
tell();
