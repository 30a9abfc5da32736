// A map that needs no network: streets, the survey's route, where the phone is, and the point.
const METRES_PER_DEGREE = 111_320;
const REACHED_M = 40;
const AHEAD = 40;

function lines(collection) {
  const found = [];
  for (const { geometry } of collection?.features ?? []) {
    if (geometry?.type === "LineString") found.push(geometry.coordinates);
    if (geometry?.type === "MultiLineString") found.push(...geometry.coordinates);
  }
  return found;
}

export class SurveyMap {
  constructor(canvas, chosen) {
    this.canvas = canvas;
    this.chosen = chosen;
    this.streets = [];
    this.route = [];
    this.done = 0;
    this.marks = [];
    this.here = null;
    this.point = null;
    this.centre = [71.3667, 42.9];
    this.pixelsPerMetre = 0.35;
    this.fingers = new Map();
    canvas.addEventListener("pointerdown", (event) => this.down(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => this.up(event));
    canvas.addEventListener("wheel", (event) => { event.preventDefault(); this.zoom(event.deltaY < 0 ? 1.25 : 0.8); }, { passive: false });
    new ResizeObserver(() => this.draw()).observe(canvas);
  }

  setStreets(collection) {
    this.streets = lines(collection);
    if (!this.here && !this.route.length && this.streets.length) this.lookAt(this.streets[Math.floor(this.streets.length / 2)][0]);
    this.draw();
  }

  setRoute(line, done) {
    this.route = line?.type === "MultiLineString" ? line.coordinates.flat() : line?.coordinates ?? [];
    this.done = Math.min(done, this.route.length);
    if (this.route.length && !this.here) this.lookAt(this.route[this.done] ?? this.route[0]);
    this.draw();
  }

  // Metres between two points, near enough within a city.
  distance([x1, y1], [x2, y2]) {
    const across = Math.cos((((y1 + y2) / 2) * Math.PI) / 180);
    return Math.hypot((x2 - x1) * across, y2 - y1) * METRES_PER_DEGREE;
  }

  // The route is followed in order: a point counts when the phone comes near it or one soon after.
  arrive(place) {
    this.here = place;
    const before = this.done;
    for (let at = Math.min(this.done + AHEAD, this.route.length) - 1; at >= this.done; at--) {
      if (this.distance(place, this.route[at]) <= REACHED_M) {
        this.done = at + 1;
        break;
      }
    }
    this.draw();
    return this.done !== before;
  }

  leftMetres() {
    let metres = 0;
    for (let at = Math.max(1, this.done); at < this.route.length; at++) metres += this.distance(this.route[at - 1], this.route[at]);
    return metres;
  }

  lookAt(place) {
    this.centre = [...place];
    this.draw();
  }

  zoom(factor) {
    this.pixelsPerMetre = Math.min(8, Math.max(0.01, this.pixelsPerMetre * factor));
    this.draw();
  }

  scale() {
    const north = METRES_PER_DEGREE * this.pixelsPerMetre;
    return [north * Math.cos((this.centre[1] * Math.PI) / 180), north];
  }

  onCanvas([lng, lat]) {
    const [east, north] = this.scale();
    return [this.canvas.clientWidth / 2 + (lng - this.centre[0]) * east, this.canvas.clientHeight / 2 - (lat - this.centre[1]) * north];
  }

  onEarth(x, y) {
    const [east, north] = this.scale();
    return [this.centre[0] + (x - this.canvas.clientWidth / 2) / east, this.centre[1] - (y - this.canvas.clientHeight / 2) / north];
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.fingers.set(event.pointerId, [event.offsetX, event.offsetY]);
    this.moved = this.fingers.size > 1;
  }

  move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const now = [event.offsetX, event.offsetY];
    if (Math.hypot(now[0] - before[0], now[1] - before[1]) < 4 && !this.moved) return;
    this.moved = true;
    const others = [...this.fingers.entries()].filter(([id]) => id !== event.pointerId);
    if (others.length) {
      const [, other] = others[0];
      const apart = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]);
      this.pixelsPerMetre *= Math.max(1, apart(now, other)) / Math.max(1, apart(before, other));
    } else {
      const [east, north] = this.scale();
      this.centre = [this.centre[0] - (now[0] - before[0]) / east, this.centre[1] + (now[1] - before[1]) / north];
    }
    this.fingers.set(event.pointerId, now);
    this.zoom(1);
  }

  up(event) {
    const known = this.fingers.delete(event.pointerId);
    if (known && !this.moved && event.type === "pointerup") this.chosen(this.onEarth(event.offsetX, event.offsetY));
  }

  path(pen, line, style, width) {
    if (line.length < 2) return;
    pen.beginPath();
    for (const place of line) pen.lineTo(...this.onCanvas(place));
    pen.strokeStyle = style;
    pen.lineWidth = width;
    pen.stroke();
  }

  dot(pen, place, style, radius) {
    pen.beginPath();
    pen.arc(...this.onCanvas(place), radius, 0, 2 * Math.PI);
    pen.fillStyle = style;
    pen.fill();
    pen.lineWidth = 2;
    pen.strokeStyle = "#fff";
    pen.stroke();
  }

  draw() {
    const { canvas } = this;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.lineJoin = pen.lineCap = "round";
    for (const line of this.streets) this.path(pen, line, "#4a5d70", 3);
    this.path(pen, this.route.slice(Math.max(0, this.done - 1)), "#27c4e8", 5);
    this.path(pen, this.route.slice(0, this.done), "#3fd295", 5);
    for (const mark of this.marks) this.dot(pen, mark, "#f7c04a", 4);
    if (this.here) this.dot(pen, this.here, "#2f7bff", 7);
    if (this.point) this.dot(pen, this.point, "#ff7b72", 8);
  }
}
