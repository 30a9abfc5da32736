// Each crew's day as a line of its own colour; choosing one in the list brings it out.
import { cityMap, collection, colour, fetched, sorry } from "./citymap.js";

const holder = document.getElementById("map");
// The same eight colours as the swatches of the list.
const COLOURS = ["#27a0e8", "#f2a33a", "#3fbf7f", "#d7263d", "#b07cf2", "#e0d34a", "#38c7c7", "#f27cb4"];

async function draw() {
  const { map } = await cityMap(holder);
  if (!holder.dataset.study) {
    holder.dataset.ready = "true";
    return;
  }
  const plan = await fetched(`/plans/studies/${holder.dataset.study}/result`);
  const lines = plan.routes.map((one, place) => ({ type: "Feature", properties: { place, colour: COLOURS[place % COLOURS.length] }, geometry: { type: "LineString", coordinates: one.line } }));
  map.addSource("routes", { type: "geojson", data: collection(lines) });
  const layout = { "line-cap": "round", "line-join": "round" };
  const width = ["interpolate", ["linear"], ["zoom"], 10, 1.6, 15, 5];
  map.addLayer({ id: "routes", type: "line", source: "routes", layout, paint: { "line-color": ["get", "colour"], "line-width": width, "line-opacity": 0.45 } });
  map.addLayer({ id: "chosen", type: "line", source: "routes", layout, filter: ["==", ["get", "place"], 0], paint: { "line-color": ["get", "colour"], "line-width": ["interpolate", ["linear"], ["zoom"], 10, 2, 15, 7] } });
  const yard = plan.routes[0]?.line[0];
  if (yard) {
    map.addSource("yard", { type: "geojson", data: { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: yard } } });
    map.addLayer({ id: "yard", type: "circle", source: "yard", paint: { "circle-radius": 7, "circle-color": colour("text"), "circle-stroke-color": colour("ground"), "circle-stroke-width": 2 } });
  }
  for (const radio of document.querySelectorAll("[name=route]")) {
    radio.addEventListener("change", () => map.setFilter("chosen", ["==", ["get", "place"], Number(radio.value)]));
  }
  map.once("idle", () => (holder.dataset.ready = "true"));
}
draw().catch((error) => sorry(holder, error));
