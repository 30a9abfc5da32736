// The map: our own style and lines, nothing from the network; states every two seconds.
import { colour } from "./citymap.js";
import { Live, cameras, texts } from "./live.js";

const holder = document.getElementById("map");
const card = document.getElementById("card");
const list = document.getElementById("list");
const shade = { live: colour("ok"), connecting: colour("warn"), lost: colour("bad"), failed: colour("bad"), silent: colour("gone") };
const states = {};
const labels = {};
let map = null;
let live = null;

async function fetched(path) {
  const answer = await fetch(path, { headers: { Accept: "application/json" } });
  if (answer.status === 401) location.reload();
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

// A net of meridians and parallels gives a sense of place where no roads are known.
function grid([west, south, east, north]) {
  const step = 0.005;
  const lines = [];
  for (let x = Math.floor(west / step) * step; x <= east; x += step) lines.push([[x, south], [x, north]]);
  for (let y = Math.floor(south / step) * step; y <= north; y += step) lines.push([[west, y], [east, y]]);
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines } };
}

function style(roads, things, net) {
  const byState = ["match", ["coalesce", ["feature-state", "state"], "silent"], ...Object.entries(shade).flat(), shade.silent];
  const width = (base) => ["interpolate", ["exponential", 1.6], ["zoom"], 11, base * 0.4, 15, base * 2, 18, base * 9];
  const main = ["in", ["get", "class"], ["literal", ["motorway", "trunk", "primary", "secondary"]]];
  const surface = ["case", main, colour("strong"), colour("road")];
  return {
    version: 8,
    sources: {
      net: { type: "geojson", data: net },
      roads: { type: "geojson", data: roads },
      sectors: { type: "geojson", promoteId: "id", data: { ...things, features: things.features.filter((f) => f.properties.is === "sector") } },
    },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colour("ground") } },
      { id: "net", type: "line", source: "net", paint: { "line-color": colour("line"), "line-width": 0.6, "line-opacity": 0.6 } },
      { id: "roads-edge", type: "line", source: "roads", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": colour("kerb"), "line-width": width(2.2) } },
      { id: "roads", type: "line", source: "roads", layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": surface, "line-width": width(1.6) } },
      { id: "sectors", type: "fill", source: "sectors", paint: { "fill-color": byState, "fill-opacity": 0.28 } },
      { id: "sectors-edge", type: "line", source: "sectors", paint: { "line-color": byState, "line-width": 1.6 } },
    ],
  };
}

function bounds(points) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const pad = 0.0018;
  return [Math.min(...xs) - pad * 1.5, Math.min(...ys) - pad, Math.max(...xs) + pad * 1.5, Math.max(...ys) + pad];
}

function label(library, feature) {
  const { id } = feature.properties;
  const root = document.createElement("button");
  root.type = "button";
  root.className = "pin state silent";
  // The label lies behind the camera, so that it does not cover what the camera sees.
  const bearing = feature.properties.bearing_deg;
  const east = bearing !== null && bearing > 0 && bearing < 180;
  root.classList.toggle("west", east);
  root.append(document.createElement("i"), cameras[id]);
  root.addEventListener("click", () => choose(id));
  labels[id] = root;
  new library.Marker({ element: root, anchor: east ? "right" : "left", offset: [east ? 12 : -12, 0] }).setLngLat(feature.geometry.coordinates).addTo(map);
  return feature.geometry.coordinates;
}

// A road's name stands at its middle, as our own mark: the style needs no font from anywhere.
function name(library, road) {
  const line = road.geometry.type === "LineString" ? road.geometry.coordinates : road.geometry.coordinates?.[0];
  if (!road.properties?.name || !line?.length) return;
  const root = Object.assign(document.createElement("span"), { className: "road", textContent: road.properties.name });
  const at = Math.max(1, Math.floor(line.length / 2));
  const [[x1, y1], [x2, y2]] = [line[at - 1], line[at] ?? line[at - 1]];
  const turn = (Math.atan2(-(y2 - y1), (x2 - x1) * Math.cos((y1 * Math.PI) / 180)) * 180) / Math.PI;
  new library.Marker({ element: root, rotation: turn > 90 ? turn - 180 : turn < -90 ? turn + 180 : turn })
    .setLngLat([(x1 + x2) / 2, (y1 + y2) / 2])
    .addTo(map);
}

async function draw() {
  const [roads, things] = await Promise.all([fetched("/map/roads.geojson"), fetched("/map/cameras.geojson")]);
  const points = things.features.filter((f) => f.properties.is === "camera");
  if (!points.length) {
    holder.append(Object.assign(document.createElement("p"), { className: "empty", textContent: holder.dataset.noPlaces }));
    return;
  }
  const library = await import("./vendor/maplibre-gl.mjs");
  const around = bounds(points.map((f) => f.geometry.coordinates));
  const [west, south, east, north] = around;
  const net = grid([west - 0.2, south - 0.15, east + 0.2, north + 0.15]);
  map = new library.Map({
    container: holder,
    style: style(roads, things, net),
    bounds: around,
    maxZoom: 19,
    locale: JSON.parse(document.body.dataset.mapWords),
    attributionControl: false,
    dragRotate: false,
    fadeDuration: 0,
  });
  map.addControl(new library.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new library.ScaleControl({ unit: "metric" }), "bottom-left");
  for (const road of roads.features) name(library, road);
  const places = Object.fromEntries(points.map((f) => [f.properties.id, label(library, f)]));
  map.on("click", "sectors", (event) => choose(event.features[0].properties.id));
  map.on("load", () => {
    paint();
    holder.dataset.ready = "true";
  });
  holder.addEventListener("map:go", ({ detail }) => places[detail] && map.easeTo({ center: places[detail], zoom: Math.max(map.getZoom(), 17), duration: 500 }));
}

function paint() {
  for (const [id, state] of Object.entries(states)) {
    const text = texts.state[state];
    if (labels[id]) {
      labels[id].classList.remove(...Object.keys(shade));
      labels[id].classList.add(state);
      labels[id].title = text;
    }
    const row = list.querySelector(`[data-camera="${CSS.escape(id)}"] .state`);
    if (row && row.className !== `state ${state}`) {
      row.className = `state ${state}`;
      row.replaceChildren(document.createElement("i"), text);
    }
    if (map?.isStyleLoaded() && map.getSource("sectors")) map.setFeatureState({ source: "sectors", id }, { state });
  }
}

function choose(id) {
  live?.close();
  for (const row of list.children) row.classList.toggle("chosen", row.dataset.camera === id);
  const title = Object.assign(document.createElement("a"), { href: `/cameras/${id}`, textContent: cameras[id] });
  const screen = Object.assign(document.createElement("div"), { className: "screen" });
  card.replaceChildren(screen, title);
  card.hidden = false;
  live = new Live(screen, id);
  holder.dispatchEvent(new CustomEvent("map:go", { detail: id }));
}
list.addEventListener("row:chosen", ({ target }) => choose(target.dataset.camera));
list.addEventListener("click", (event) => {
  const row = event.target.closest("[data-row]");
  if (!row || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  choose(row.dataset.camera);
});

async function refresh() {
  try {
    for (const camera of (await fetched("/api/v1/cameras")).cameras) states[camera.id] = camera.state;
  } catch {
    // The bar says what is away; what is not known any more is not shown as known.
    for (const id of Object.keys(states)) states[id] = "silent";
  }
  paint();
  setTimeout(refresh, 2000);
}
draw().catch((error) => {
  console.warn(error);
  holder.replaceChildren(Object.assign(document.createElement("p"), { className: "empty", textContent: holder.dataset.noWebgl }));
});
refresh();
