// The public page's map: the precinct's outline, the house and the station; nothing else.
import { cityMap, collection, colour, fetched, point, sorry } from "./citymap.js";

const holder = document.getElementById("map");

async function draw() {
  const [{ map }, outline] = await Promise.all([cityMap(holder, "/my-inspector/layers"), fetched(`/my-inspector/outline/${encodeURIComponent(holder.dataset.precinct)}.geojson`)]);
  const home = holder.dataset.home.split(",").map(Number);
  const station = holder.dataset.station?.split(",").map(Number);
  map.addSource("outline", { type: "geojson", data: outline });
  map.addLayer({ id: "outline", type: "fill", source: "outline", paint: { "fill-color": colour("accent"), "fill-opacity": 0.16 } });
  const places = [point(home, { home: true }), ...(station ? [point(station, { home: false })] : [])];
  map.addSource("places", { type: "geojson", data: collection(places) });
  map.addLayer({ id: "places", type: "circle", source: "places", paint: { "circle-radius": 8, "circle-color": ["case", ["get", "home"], colour("accent"), colour("bad")], "circle-stroke-color": "#fff", "circle-stroke-width": 2.5 } });
  const all = [...outline.features.flatMap((one) => one.geometry.coordinates[0]), home, ...(station ? [station] : [])];
  const [xs, ys] = [all.map(([x]) => x), all.map(([, y]) => y)];
  map.fitBounds([Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)], { padding: 36, duration: 0, maxZoom: 16 });
  map.once("idle", () => (holder.dataset.ready = "true"));
}
draw().catch((error) => sorry(holder, error));
