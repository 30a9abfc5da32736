// Calibration by clicks: points on the frame, metres in the table, the grid drawn on the road.
const root = document.getElementById("calibrating");
const { site, camera, csrf, frame: address } = root.dataset;
const width = Number(root.dataset.width);
const height = Number(root.dataset.height);
const words = JSON.parse(root.dataset.words);
const given = JSON.parse(root.dataset.given);
const by = (id) => document.getElementById(id);
const [canvas, image, over] = [by("canvas"), by("frame"), by("over")];
const points = given.points.map((p) => ({ name: p.name, x: p.pixel[0], y: p.pixel[1], ground: p.ground_m.map(String), off: null, expected: null }));
const distances = given.distances.map((d) => ({ one: d.between[0], other: d.between[1], metres: String(d.metres) }));
let grid = [];
let chosen = -1;
let fit = null;

const svg = (name, attributes) => {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};
const number = (text) => Number(String(text).replace(",", "."));

function draw() {
  over.replaceChildren();
  const unit = width / 100;
  for (const line of grid) {
    over.append(svg("polyline", { class: line.strong ? "grid-line strong" : "grid-line", points: line.points.map((p) => p.join(",")).join(" ") }));
    const last = line.points.at(-1);
    if (line.label && last && last[0] < width && last[1] < height && last[0] > 0) {
      const label = svg("text", { x: last[0] + unit / 2, y: last[1], "font-size": unit * 1.3 });
      label.textContent = line.label;
      over.append(label);
    }
  }
  points.forEach((point, place) => {
    if (point.expected) over.append(svg("circle", { class: "ring", cx: point.expected[0], cy: point.expected[1], r: unit * 0.7 }));
    const { x, y } = point;
    const mark = place === chosen ? "cross chosen" : "cross";
    over.append(svg("path", { class: mark, d: `M${x - unit} ${y}H${x + unit}M${x} ${y - unit}V${y + unit}` }));
    const name = svg("text", { x: x + unit * 0.7, y: y - unit * 0.7, "font-size": unit * 1.3 });
    name.textContent = point.name;
    over.append(name, svg("circle", { class: "grip", cx: x, cy: y, r: unit * 1.2, "data-place": place }));
  });
}

function field(value, label, change) {
  const cell = document.createElement("td");
  const input = document.createElement("input");
  input.value = value;
  input.setAttribute("aria-label", label);
  input.addEventListener("input", () => { change(input.value); stale(); });
  cell.append(input);
  return cell;
}
function cross(act, label) {
  const cell = document.createElement("td");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "×";
  button.setAttribute("aria-label", label);
  button.addEventListener("click", act);
  cell.append(button);
  return cell;
}
function list() {
  by("points").replaceChildren(...points.map((point, place) => {
    const row = document.createElement("tr");
    row.className = place === chosen ? "chosen" : "";
    row.addEventListener("focusin", () => choose(place, false));
    row.append(
      field(point.name, words.name, (value) => { point.name = value; draw(); }),
      field(point.ground[0] ?? "", `x ${point.name}`, (value) => { point.ground[0] = value; }),
      field(point.ground[1] ?? "", `y ${point.name}`, (value) => { point.ground[1] = value; }),
    );
    const off = document.createElement("td");
    off.className = point.off > 3 ? "sum bad" : "sum";
    off.textContent = point.off === null ? "" : `${point.off.toFixed(2)} px`;
    row.append(off, cross(() => { points.splice(place, 1); chosen = -1; stale(); list(); draw(); }, `${words.remove} ${point.name}`));
    return row;
  }));
  by("distances").replaceChildren(...distances.map((each, place) => {
    const row = document.createElement("tr");
    row.append(
      field(each.one, words.from, (value) => { each.one = value; }),
      field(each.other, words.to, (value) => { each.other = value; }),
      field(each.metres, words.metres, (value) => { each.metres = value; }),
      cross(() => { distances.splice(place, 1); stale(); list(); }, words.remove),
    );
    return row;
  }));
}
function choose(place, focus = true) {
  if (chosen === place) return;
  chosen = place;
  [...by("points").rows].forEach((row, at) => row.classList.toggle("chosen", at === place));
  if (focus) by("points").rows[place]?.querySelectorAll("input")[1]?.focus();
  draw();
}
// What was computed belongs to other points: nothing may be kept before it is computed anew.
function stale() {
  fit = null;
  if (by("keep")) by("keep").disabled = true;
}

const at = (event) => {
  const box = over.getBoundingClientRect();
  return [((event.clientX - box.left) / box.width) * width, ((event.clientY - box.top) / box.height) * height];
};
let held = null;
let zoom = null;
function magnify(event) {
  if (!image.naturalWidth) return;
  if (!zoom) { zoom = document.createElement("div"); zoom.className = "zoom"; canvas.append(zoom); }
  const box = over.getBoundingClientRect();
  const times = 4;
  const [x, y] = [event.clientX - box.left, event.clientY - box.top];
  const size = zoom.offsetWidth;
  zoom.style.backgroundImage = `url("${image.src}")`;
  zoom.style.backgroundSize = `${box.width * times}px ${box.height * times}px`;
  zoom.style.backgroundPosition = `${size / 2 - x * times}px ${size / 2 - y * times}px`;
  zoom.style.left = `${x > box.width / 2 ? 8 : box.width - size - 8}px`;
  zoom.style.top = "8px";
}
over.addEventListener("pointerdown", (event) => {
  if (!image.naturalWidth) return;
  const place = event.target.dataset?.place;
  const [x, y] = at(event);
  if (place === undefined) {
    points.push({ name: String(points.length + 1), x, y, ground: ["", ""], off: null, expected: null });
    held = points.length - 1;
    list();
  } else {
    held = Number(place);
  }
  over.setPointerCapture(event.pointerId);
  chosen = held;
  stale();
  magnify(event);
  draw();
  event.preventDefault();
});
over.addEventListener("pointermove", (event) => {
  if (image.naturalWidth) magnify(event);
  if (held === null) return;
  [points[held].x, points[held].y] = at(event);
  draw();
});
over.addEventListener("pointerup", () => {
  if (held === null) return;
  const place = held;
  held = null;
  chosen = -1;
  list();
  choose(place);
});
over.addEventListener("pointerleave", () => { if (held === null) { zoom?.remove(); zoom = null; } });

function typed() {
  const focal = by("focal").value.trim();
  return JSON.stringify({
    points: points.map((p) => ({ name: p.name.trim(), pixel: [p.x, p.y], ground_m: p.ground.map(number) })),
    distances: distances.filter((d) => d.metres).map((d) => ({ between: [d.one.trim(), d.other.trim()], metres: number(d.metres) })),
    sigma_px: number(by("sigma-px").value),
    sigma_m: number(by("sigma-m").value),
    focal_px: focal ? number(focal) : null,
    valid_from: new Date(by("from").value).toISOString(),
  });
}
async function send(what) {
  const answer = await fetch(`/api/v1/sites/${site}/cameras/${camera}/${what}`, { method: "POST", body: typed(), headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf } });
  const said = await answer.json();
  by("problem").hidden = answer.ok;
  if (!answer.ok) by("problem").textContent = said.sentence ?? words.failed;
  return answer.ok ? said : null;
}
by("compute").addEventListener("click", async () => {
  if (points.some((p) => p.ground.some((value) => value === "" || Number.isNaN(number(value))))) {
    by("problem").hidden = false;
    by("problem").textContent = words.metres_missing;
    return;
  }
  fit = await send("calibration");
  by("verdict").hidden = !fit;
  grid = fit?.grid ?? [];
  for (const point of points) {
    const found = fit?.points.find((each) => each.name === point.name.trim());
    point.off = found?.off_px ?? null;
    point.expected = found?.expected ?? null;
  }
  if (fit) {
    by("rms").textContent = `${fit.rms_px.toFixed(2)} px`;
    by("scale").textContent = `± ${fit.scale_u_percent.toFixed(2)} %`;
    by("toml").value = fit.toml;
    by("pose").replaceChildren(...fit.pose.flatMap((each) => {
      const [name, value] = [document.createElement("dt"), document.createElement("dd")];
      name.textContent = each.name;
      value.textContent = `${each.value.toFixed(4)} ± ${each.u.toFixed(4)}`;
      return [name, value];
    }));
  }
  if (by("keep")) by("keep").disabled = !fit;
  list();
  draw();
});
by("keep")?.addEventListener("click", async () => {
  const kept = await send("survey");
  if (kept) location.href = kept.where;
});
by("add-distance").addEventListener("click", () => { distances.push({ one: points[0]?.name ?? "", other: points[1]?.name ?? "", metres: "" }); list(); });
by("file").addEventListener("change", (event) => {
  const file = event.target.files[0];
  if (file) image.src = URL.createObjectURL(file);
});
image.addEventListener("load", draw);
if (address) image.src = address;
list();
draw();
