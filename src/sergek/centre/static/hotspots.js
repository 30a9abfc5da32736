// Accidents as dots, hot spots as discs: red where chance alone would hardly make them.
import { cityMap, collection, colour, fetched, point, popup, sorry } from "./citymap.js";

const holder = document.getElementById("map");

async function draw() {
  const { map, library } = await cityMap(holder);
  map.addSource("accidents", { type: "geojson", data: "/plans/layers/accidents.geojson" });
  map.addLayer({ id: "accidents", type: "circle", source: "accidents", paint: { "circle-radius": 1.8, "circle-color": colour("muted"), "circle-opacity": 0.6 } });
  if (!holder.dataset.study) {
    holder.dataset.ready = "true";
    return;
  }
  const plan = await fetched(`/plans/studies/${holder.dataset.study}/result`);
  const spots = plan.spots.map((one) => point([one.lng, one.lat], { number: one.number, accidents: one.accidents, beyond: one.p_value <= 0.05 }));
  map.addSource("spots", { type: "geojson", data: collection(spots) });
  map.addLayer({
    id: "spots",
    type: "circle",
    source: "spots",
    layout: { "circle-sort-key": ["get", "accidents"] },
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["get", "accidents"], 3, 5, 20, 16],
      "circle-color": ["case", ["get", "beyond"], "#d7263d", "#f2a33a"],
      "circle-opacity": ["case", ["get", "beyond"], 0.75, 0.4],
      "circle-stroke-color": colour("text"),
      "circle-stroke-width": ["case", ["get", "beyond"], 1.2, 0.4],
    },
  });
  const byNumber = Object.fromEntries(plan.spots.map((one) => [one.number, one]));
  const tell = (number) => {
    const one = byNumber[number];
    const years = Object.entries(one.by_year).map(([year, count]) => `${year}: ${count}`).join(", ");
    popup(library, map, [one.lng, one.lat], [`№ ${one.number} · ${one.street}`, `${one.rule} · ${one.accidents} · p = ${one.p_value.toFixed(3)}`, years]);
  };
  map.on("click", "spots", (event) => tell(event.features[0].properties.number));
  for (const row of document.querySelectorAll("[data-spot]")) {
    row.addEventListener("click", () => {
      const one = byNumber[row.dataset.spot];
      holder.scrollIntoView({ block: "nearest" });
      map.easeTo({ center: [one.lng, one.lat], zoom: Math.max(map.getZoom(), 14) });
      tell(one.number);
    });
  }
  map.once("idle", () => (holder.dataset.ready = "true"));
}
draw().catch((error) => sorry(holder, error));
