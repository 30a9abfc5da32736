// Divisions on the map: load in colour, borders drawn from the blocks themselves, blocks dragged
// from precinct to precinct with load and gap measured anew after each move.
import { cityMap, collection, colour, fetched, popup, sorry } from "./citymap.js";

const holders = [...document.querySelectorAll("[data-division]")];
const steps = [40, "#2166ac", 70, "#67a9cf", 100, "#f7f3d0", 130, "#f4a582", 170, "#d6604d", 220, "#8e0f24"];
const blocks = fetched("/plans/layers/blocks.geojson");
let maps = [];

const key = ([x1, y1], [x2, y2]) => (x1 < x2 || (x1 === x2 && y1 < y2) ? `${x1},${y1},${x2},${y2}` : `${x2},${y2},${x1},${y1}`);

// Every side of every block once, with the blocks on it.
function sides(features) {
  const found = new Map();
  for (const one of features) {
    const ring = one.geometry.coordinates[0];
    for (let k = 1; k < ring.length; k += 1) {
      const name = key(ring[k - 1], ring[k]);
      const side = found.get(name) ?? { line: [ring[k - 1], ring[k]], ids: [] };
      side.ids.push(one.properties.id);
      found.set(name, side);
    }
  }
  return [...found.values()];
}

function borders(every, owner) {
  const lines = every.filter(({ ids }) => ids.length === 1 || owner[ids[0]] !== owner[ids[1]]).map(({ line }) => line);
  return collection([{ type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines } }]);
}

class Division {
  constructor(holder, map, library, city, found) {
    Object.assign(this, { holder, map, library, owner: found.owner, measures: found.measures });
    this.features = city.features.map((one) => ({ ...one, id: Number(one.properties.id.replace(/\D/g, "")) }));
    this.numbers = Object.fromEntries(this.features.map((one) => [one.properties.id, one.id]));
    this.sides = sides(this.features);
    this.norm = Number(holder.dataset.norm) || 0;
    map.addSource("blocks", { type: "geojson", data: collection(this.features) });
    map.addSource("borders", { type: "geojson", data: borders(this.sides, this.owner) });
    const load = ["coalesce", ["feature-state", "load"], 100];
    map.addLayer({ id: "blocks", type: "fill", source: "blocks", paint: { "fill-color": ["interpolate", ["linear"], load, ...steps], "fill-opacity": ["case", ["boolean", ["feature-state", "chosen"], false], 0.95, 0.62], "fill-antialias": false } }, "rail");
    map.addLayer({ id: "chosen", type: "line", source: "blocks", paint: { "line-color": colour("accent"), "line-width": 2.5, "line-opacity": ["case", ["boolean", ["feature-state", "chosen"], false], 1, 0] } });
    map.addLayer({ id: "borders", type: "line", source: "borders", paint: { "line-color": colour("text"), "line-width": ["interpolate", ["linear"], ["zoom"], 10, 0.7, 15, 2.4] } });
    map.addSource("stations", { type: "geojson", data: "/plans/layers/stations.geojson" });
    map.addLayer({ id: "stations", type: "circle", source: "stations", paint: { "circle-radius": 4, "circle-color": colour("text"), "circle-stroke-color": colour("ground"), "circle-stroke-width": 1.5 } });
    this.paint();
  }

  paint() {
    const of = Object.fromEntries(this.measures.precincts.map((one) => [one.name, one]));
    this.of = of;
    for (const one of this.features) {
      const precinct = of[this.owner[one.properties.id]];
      const load = precinct ? (this.norm ? precinct.residents / this.norm : precinct.load / this.measures.mean) * 100 : 100;
      this.map.setFeatureState({ source: "blocks", id: one.id }, { load });
    }
    this.map.getSource("borders").setData(borders(this.sides, this.owner));
  }

  tell(at, id) {
    const one = this.of[this.owner[id]];
    popup(this.library, this.map, at, [one.name, `${one.residents.toLocaleString("ru")} · ${Math.round(one.load).toLocaleString("ru")}`, one.station]);
  }
}

class Editor {
  constructor(division) {
    this.division = division;
    this.moves = {};
    this.past = [];
    this.chosen = new Set();
    this.target = document.getElementById("target");
    for (const one of division.measures.precincts) this.target.append(new Option(`${one.name} · ${one.residents}`, one.name));
    for (const name of ["move", "balance", "undo"]) document.getElementById(name).addEventListener("click", () => this[name]());
    const { map } = division;
    let from = null;
    map.on("mousedown", "blocks", (event) => this.begin(event, (id) => (from = id)));
    map.on("touchstart", "blocks", (event) => event.points.length === 1 && this.begin(event, (id) => (from = id)));
    const end = (event) => {
      map.dragPan.enable();
      if (!from) return;
      const [there] = map.queryRenderedFeatures(event.point, { layers: ["blocks"] });
      const id = from;
      from = null;
      if (!there) return;
      const [a, b] = [division.owner[id], division.owner[there.properties.id]];
      if (there.properties.id === id) this.choose(id, event);
      else if (a !== b) this.give(this.chosen.has(id) ? [...this.chosen] : [id], b);
    };
    map.on("mouseup", end);
    map.on("touchend", end);
    map.on("mousemove", "blocks", () => (map.getCanvas().style.cursor = from ? "grabbing" : "grab"));
    map.on("mouseleave", "blocks", () => (map.getCanvas().style.cursor = ""));
  }

  // A press on a block drags the block; the ground around it (or the wheel) moves the map.
  begin(event, take) {
    if (event.originalEvent.shiftKey || event.originalEvent.button > 0) return;
    event.preventDefault();
    this.division.map.dragPan.disable();
    take(event.features[0].properties.id);
  }

  choose(id, event) {
    const on = !this.chosen.has(id);
    if (on) this.chosen.add(id);
    else this.chosen.delete(id);
    this.division.map.setFeatureState({ source: "blocks", id: this.division.numbers[id] }, { chosen: on });
    this.division.tell(event.lngLat, id);
    document.getElementById("move").disabled = !this.chosen.size;
  }

  move() {
    this.give([...this.chosen], this.target.value);
  }

  give(ids, precinct) {
    this.keepPast();
    for (const id of ids) {
      this.division.owner[id] = precinct;
      this.moves[id] = precinct;
      this.division.map.setFeatureState({ source: "blocks", id: this.division.numbers[id] }, { chosen: false });
    }
    this.chosen.clear();
    this.division.paint();
    this.ask("measure", { moves: this.moves }).then((measures) => this.show(measures));
  }

  balance() {
    const pinned = Object.keys(this.moves);
    this.keepPast();
    this.ask("balance", { moves: this.moves, pinned }).then((found) => {
      if (!found) return;
      for (const [id, precinct] of Object.entries(found.owner)) {
        if (this.division.owner[id] !== precinct) this.moves[id] = precinct;
      }
      this.division.owner = found.owner;
      this.show(found.measures);
    });
  }

  keepPast() {
    this.past.push([{ ...this.division.owner }, { ...this.moves }]);
  }

  undo() {
    const before = this.past.pop();
    if (!before) return;
    [this.division.owner, this.moves] = before;
    this.division.paint();
    this.ask("measure", { moves: this.moves }).then((measures) => this.show(measures));
  }

  async ask(what, body) {
    const began = performance.now();
    document.body.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(`/precincts/divisions/${this.division.holder.dataset.division}/${what}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": this.division.holder.dataset.csrf, Accept: "application/json" },
        body: JSON.stringify(body),
      });
      this.took = (performance.now() - began) / 1000;
      if (!answer.ok) {
        const words = await answer.text();
        this.faults([new DOMParser().parseFromString(words, "text/html").querySelector("main, body").textContent.trim()]);
        return null;
      }
      return answer.json();
    } finally {
      document.body.removeAttribute("aria-busy");
    }
  }

  faults(sentences) {
    const box = document.getElementById("faults");
    box.hidden = !sentences.length;
    box.querySelector("span").textContent = sentences.slice(0, 4).join("; ");
  }

  show(measures) {
    if (!measures) return;
    this.division.measures = measures;
    this.division.paint();
    const set = (name, value) => (document.querySelector(`[data-${name}]`).textContent = value);
    const spaced = (value) => Math.round(value).toLocaleString("ru").replace(/\u00a0/g, "\u202f");
    set("largest", spaced(measures.largest.value));
    set("bound", spaced(measures.largest.bound));
    set("gap", `${(measures.largest.gap * 100).toFixed(2)} %`);
    set("moved", spaced(measures.moved));
    set("border", Math.round(measures.border_km));
    for (const cell of document.querySelectorAll("[data-service]")) {
      const { mean, low, high } = measures.service[cell.dataset.service];
      const one = (value) => (value * Number(cell.dataset.factor)).toFixed(1);
      const interval = document.createElement("small");
      interval.textContent = `(${one(low)}…${one(high)})`;
      cell.replaceChildren(`${one(mean)}${cell.dataset.unit} `, interval);
    }
    this.faults(measures.problems);
    const count = Object.keys(this.moves).length;
    const changed = document.getElementById("changed");
    changed.textContent = changed.dataset.words.replace("#n", count).replace("#t", this.took.toFixed(2));
    changed.dataset.count = count;
    document.getElementById("moves").value = JSON.stringify(this.moves);
    document.getElementById("keep").disabled = !count;
    document.getElementById("balance").disabled = !count;
    document.getElementById("undo").disabled = !this.past.length;
    document.getElementById("move").disabled = !this.chosen.size;
  }
}

async function draw(holder) {
  const [{ map, library }, city, found] = await Promise.all([cityMap(holder), blocks, fetched(`/precincts/divisions/${holder.dataset.division}/blocks`)]);
  const division = new Division(holder, map, library, city, found);
  maps.push(map);
  holder.map = map;
  if (holder.dataset.map === "edit") new Editor(division);
  else map.on("click", "blocks", (event) => division.tell(event.lngLat, event.features[0].properties.id));
  map.once("idle", () => (holder.dataset.ready = "true"));
  return map;
}

let following = false;
Promise.all(holders.map((holder) => draw(holder).catch((error) => sorry(holder, error)))).then(() => {
  for (const one of maps) {
    one.on("move", () => {
      if (following) return;
      following = true;
      for (const other of maps) if (other !== one) other.jumpTo({ center: one.getCenter(), zoom: one.getZoom() });
      following = false;
    });
  }
});
