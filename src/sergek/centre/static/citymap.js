// The city model under every map of the plans: our own lines, nothing from the network.
export const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

export async function fetched(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

export const collection = (features) => ({ type: "FeatureCollection", features });
export const point = (at, properties) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: at } });

const width = (base) => ["interpolate", ["exponential", 1.6], ["zoom"], 10, base * 0.35, 14, base * 1.6, 18, base * 9];

// A map over streets and barriers; `layers` is called with the map once it is loaded.
export async function cityMap(holder, root = "/plans/layers") {
  const library = await import("./vendor/maplibre-gl.mjs");
  const [west, south, east, north] = holder.dataset.view.split(",").map(Number);
  const main = ["==", ["get", "class"], "primary"];
  const map = new library.Map({
    container: holder,
    style: {
      version: 8,
      sources: {
        roads: { type: "geojson", data: `${root}/roads.geojson`, tolerance: 0.6 },
        barriers: { type: "geojson", data: `${root}/barriers.geojson` },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": colour("ground") } },
        { id: "roads", type: "line", source: "roads", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": ["case", main, colour("strong"), colour("road")], "line-width": ["interpolate", ["exponential", 1.6], ["zoom"], 10, ["case", main, 1.1, 0.4], 14, ["case", main, 3, 1.4], 18, ["case", main, 14, 9]] } },
        { id: "rail", type: "line", source: "barriers", filter: ["==", ["get", "kind"], "rail"], paint: { "line-color": colour("gone"), "line-width": 2, "line-dasharray": [3, 2] } },
        { id: "river", type: "line", source: "barriers", filter: ["==", ["get", "kind"], "river"], paint: { "line-color": "#3a86c8", "line-width": width(2.4), "line-opacity": 0.8 } },
      ],
    },
    bounds: [west, south, east, north],
    fitBoundsOptions: { padding: 12 },
    maxZoom: 18,
    locale: JSON.parse(document.body.dataset.mapWords),
    attributionControl: false,
    dragRotate: false,
    fadeDuration: 0,
    renderWorldCopies: false,
  });
  map.touchZoomRotate?.disableRotation();
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new library.ScaleControl({ unit: "metric" }), "bottom-left");
  await new Promise((done, failed) => {
    map.once("load", done);
    map.once("error", (event) => failed(event.error));
  });
  return { map, library };
}

export function popup(library, map, at, lines) {
  const box = document.createElement("div");
  for (const line of lines) box.append(Object.assign(document.createElement("p"), { textContent: line }));
  new library.Popup({ closeButton: false, maxWidth: "22rem" }).setLngLat(at).setDOMContent(box).addTo(map);
}

export function sorry(holder, error) {
  console.warn(error);
  holder.replaceChildren(Object.assign(document.createElement("p"), { className: "empty", textContent: holder.dataset.noWebgl }));
  holder.dataset.ready = "true";
}
