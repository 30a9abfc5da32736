// Where complexes return: months in colour, another budget by the slider, a reason by a click.
import { cityMap, collection, colour, fetched, point, popup, sorry } from "./citymap.js";

const holder = document.getElementById("map");
const slide = document.getElementById("slide");
const budget = document.getElementById("budget");
const preview = document.getElementById("preview");
const cursor = document.getElementById("cursor");
const shades = ["#fde725", "#a0da39", "#4ac16d", "#1fa187", "#277f8e", "#365c8d", "#46327e", "#440154"];

function picture(shape, fill, edge) {
  const size = 22;
  const canvas = Object.assign(document.createElement("canvas"), { width: size, height: size });
  const pen = canvas.getContext("2d");
  pen.fillStyle = fill;
  pen.strokeStyle = edge;
  pen.lineWidth = 2;
  pen.beginPath();
  if (shape === "square") pen.rect(4, 4, 14, 14);
  else if (shape === "cross") {
    pen.moveTo(5, 5), pen.lineTo(17, 17), pen.moveTo(17, 5), pen.lineTo(5, 17);
    pen.strokeStyle = fill;
    pen.lineWidth = 3;
  } else pen.arc(11, 11, 7, 0, 7);
  pen.fill();
  pen.stroke();
  return pen.getImageData(0, 0, size, size);
}

function features(plan, chosen) {
  const last = Math.max(...plan.complexes.map((one) => one.month ?? 0), 1);
  return plan.complexes.map((one) => {
    const shade = one.month ? Math.min(shades.length - 1, Math.floor(((one.month - 1) / last) * shades.length)) : 3;
    const shape = one.kind === "junction" ? "square" : "circle";
    const taken = chosen ? chosen.has(one.id) : one.chosen;
    return point([one.lng, one.lat], { id: one.id, image: taken ? `${shape}-${chosen && !one.month ? 3 : shade}` : "cross", order: taken ? 1 : 0 });
  });
}

async function draw() {
  const { map, library } = await cityMap(holder);
  if (!holder.dataset.study) {
    holder.dataset.ready = "true";
    return;
  }
  const plan = await fetched(`/plans/studies/${holder.dataset.study}/result`);
  const edge = colour("text");
  shades.forEach((shade, k) => {
    map.addImage(`square-${k}`, picture("square", shade, edge));
    map.addImage(`circle-${k}`, picture("circle", shade, edge));
  });
  map.addImage("cross", picture("cross", colour("gone"), edge));
  map.addImage("standing", picture("circle", colour("ok"), colour("ground")));
  map.addSource("standing", { type: "geojson", data: collection(plan.standing.map((at) => point(at, {}))) });
  map.addSource("complexes", { type: "geojson", data: collection(features(plan)) });
  map.addLayer({ id: "standing", type: "symbol", source: "standing", layout: { "icon-image": "standing", "icon-size": 0.7, "icon-allow-overlap": true } });
  map.addLayer({ id: "complexes", type: "symbol", source: "complexes", layout: { "icon-image": ["get", "image"], "icon-allow-overlap": true, "symbol-sort-key": ["get", "order"] } });
  const byId = Object.fromEntries(plan.complexes.map((one) => [one.id, one]));
  const tell = (id) => {
    const one = byId[id];
    popup(library, map, [one.lng, one.lat], [one.why[holder.dataset.language]]);
  };
  map.on("click", "complexes", (event) => tell(event.features[0].properties.id));
  for (const row of document.querySelectorAll("[data-complex]")) {
    row.addEventListener("click", () => {
      const one = byId[row.dataset.complex];
      holder.scrollIntoView({ block: "nearest" });
      map.easeTo({ center: [one.lng, one.lat], zoom: Math.max(map.getZoom(), 13) });
      tell(one.id);
    });
  }
  slide?.addEventListener("input", () => {
    const best = plan.curve[Number(slide.value)];
    // Millions of tenge, to the thousand: what the field says is what the curve was computed for.
    budget.value = Number((best.budget_kzt_k / 1000).toFixed(3));
    preview.textContent = preview.dataset.words
      .replace("#b", budget.value)
      .replace("#n", best.chosen.length)
      .replace("#v", best.value.toFixed(2))
      .replace("#u", best.bound.toFixed(2));
    map.getSource("complexes").setData(collection(features(plan, new Set(best.chosen))));
    const x = cursor.dataset.at.split(" ")[Number(slide.value)];
    cursor.setAttribute("x1", x);
    cursor.setAttribute("x2", x);
  });
  map.once("idle", () => (holder.dataset.ready = "true"));
}
draw().catch((error) => sorry(holder, error));
