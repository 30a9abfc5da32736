// One live picture: fMP4 pieces from a WebSocket into MediaSource, boxes drawn over it, and the
// truth about its age: a picture that stands still is greyed and says for how long.

const data = JSON.parse(document.getElementById("live-data").textContent);
export const cameras = data.cameras;
export const texts = data.texts;

// The picture plays this far behind the newest piece; more is caught up gently, much more at once.
const NEAR_S = 0.09;
const FAR_S = 0.8;
const STALE_MS = 1500;
const BOXES_S = 0.9;
const COLOURS = { car: "#27c4e8", van: "#27c4e8", truck: "#f5c542", bus: "#f5c542", motorcycle: "#ff8fd0", bicycle: "#ff8fd0" };

// Who signs out here is on the way already; only a session that ended elsewhere asks to sign in.
let signingOut = false;
addEventListener("submit", (event) => (signingOut ||= event.target.matches('form[action="/sign-out"]')));

const element = (tag, name, parent) => {
  const made = document.createElement(tag);
  made.className = name;
  parent?.append(made);
  return made;
};
const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => values[key]);
const hex = (byte) => byte.toString(16).padStart(2, "0");

// The codec's name (RFC 6381) out of an initialisation segment: H.264 tells profile and level.
export function codecOf(segment) {
  const tags = { avcC: 0x61766343, hvcC: 0x68766343 };
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  for (let at = 0; at + 8 < view.byteLength; at++) {
    const tag = view.getUint32(at);
    if (tag === tags.avcC) return `avc1.${hex(segment[at + 5])}${hex(segment[at + 6])}${hex(segment[at + 7])}`;
    if (tag === tags.hvcC) {
      const tier = segment[at + 5] & 0x20 ? "H" : "L";
      return `hvc1.${segment[at + 5] & 0x1f}.4.${tier}${segment[at + 16]}.b0`;
    }
  }
  return "avc1.640028";
}

export class Live {
  constructor(root, camera) {
    this.root = root;
    this.camera = camera;
    this.boxesOn = true;
    this.history = [];
    this.video = element("video", "", root);
    Object.assign(this.video, { muted: true, playsInline: true, autoplay: true, disablePictureInPicture: true });
    this.canvas = element("canvas", "", root);
    this.veil = element("div", "veil", root);
    this.since = performance.now();
    this.shownAt = 0;
    this.frames = 0;
    this.behind = 0;
    this.retryMs = 500;
    this.say("waiting");
    this.timer = setInterval(() => this.judge(), 250);
    this.onVisibility = () => this.attend();
    document.addEventListener("visibilitychange", this.onVisibility);
    this.connect();
  }

  close() {
    this.closed = true;
    clearInterval(this.timer);
    clearTimeout(this.retry);
    document.removeEventListener("visibilitychange", this.onVisibility);
    this.socket?.close();
    this.drop();
    this.root.replaceChildren();
  }

  // A hidden page asks for no video; a shown one begins anew at the live edge.
  attend() {
    if (document.hidden) this.socket?.close();
    else if (!this.socket || this.socket.readyState > WebSocket.OPEN) this.connect();
  }

  connect() {
    clearTimeout(this.retry);
    if (this.closed || document.hidden) return;
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/live/${encodeURIComponent(this.camera)}`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => (this.retryMs = 500);
    socket.onmessage = (event) => {
      if (typeof event.data === "string") this.word(JSON.parse(event.data));
      else this.piece(new Uint8Array(event.data));
    };
    socket.onclose = (event) => {
      if (this.socket !== socket || this.closed) return;
      this.socket = null;
      this.state = null;
      if (event.code === 4401 && signingOut) return;
      if (event.code === 4401) return location.assign(`/sign-in?next=${encodeURIComponent(location.pathname)}`);
      this.retry = setTimeout(() => this.connect(), this.retryMs);
      this.retryMs = Math.min(5000, this.retryMs * 2);
    };
    this.socket = socket;
  }

  word(word) {
    if (word.boxes) {
      this.history.push(word);
      if (this.history.length > 8) this.history.shift();
    } else {
      this.state = word;
      this.root.dataset.state = word.state;
      this.root.dispatchEvent(new CustomEvent("live:state", { detail: word, bubbles: true }));
    }
  }

  piece(bytes) {
    const body = bytes.subarray(1);
    if (bytes[0] === 0x49) this.begin(body);
    else if (this.source) {
      this.queue.push(body);
      this.feed();
    }
  }

  // A new initialisation segment begins a new time axis: a fresh MediaSource, no seams to mend.
  begin(initial) {
    this.drop();
    const type = `video/mp4; codecs="${codecOf(initial)}"`;
    if (!window.MediaSource || !MediaSource.isTypeSupported(type)) {
      this.unsupported = type;
      return;
    }
    this.unsupported = null;
    const source = new MediaSource();
    this.queue = [initial];
    this.source = source;
    source.addEventListener("sourceopen", () => {
      if (this.source !== source) return;
      this.buffer = source.addSourceBuffer(type);
      this.buffer.addEventListener("updateend", () => this.updated());
      this.buffer.addEventListener("error", () => this.renew());
      this.feed();
    }, { once: true });
    this.address = URL.createObjectURL(source);
    this.video.src = this.address;
    this.video.play().catch(() => {});
    this.listen();
  }

  drop() {
    this.history = [];
    this.buffer = null;
    this.source = null;
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = null;
    this.video.removeAttribute("src");
    this.video.load();
  }

  renew() {
    this.drop();
    this.socket?.close();
  }

  feed() {
    const buffer = this.buffer;
    if (!buffer || buffer.updating || !this.queue.length) return;
    const pieces = this.queue.splice(0);
    let whole = pieces[0];
    if (pieces.length > 1) {
      whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.byteLength, 0));
      let at = 0;
      for (const piece of pieces) {
        whole.set(piece, at);
        at += piece.byteLength;
      }
    }
    try {
      buffer.appendBuffer(whole);
    } catch {
      this.renew();
    }
  }

  updated() {
    this.chase();
    const { buffer, video } = this;
    const ranges = buffer?.buffered;
    if (ranges?.length && !buffer.updating && video.currentTime - ranges.start(0) > 12) {
      buffer.remove(ranges.start(0), video.currentTime - 4);
      return;
    }
    this.feed();
  }

  chase() {
    const ranges = this.buffer?.buffered;
    if (!ranges?.length) return;
    const { video } = this;
    const edge = ranges.end(ranges.length - 1);
    this.behind = edge - video.currentTime;
    if (this.behind > FAR_S || this.behind < -0.2 || video.currentTime < ranges.start(ranges.length - 1)) {
      video.currentTime = Math.max(ranges.start(ranges.length - 1), edge - 0.02);
    } else {
      const rate = this.behind > 0.3 ? 1.35 : this.behind > NEAR_S ? 1.1 : 1;
      if (video.playbackRate !== rate) video.playbackRate = rate;
    }
    if (video.paused) video.play().catch(() => {});
  }

  listen() {
    const source = this.source;
    const shown = (_now, frame) => {
      if (this.source !== source) return;
      this.shownAt = performance.now();
      this.frames += 1;
      this.mediaTime = frame.mediaTime;
      this.draw();
      this.root.dispatchEvent(new CustomEvent("live:frame"));
      this.video.requestVideoFrameCallback(shown);
    };
    this.video.requestVideoFrameCallback(shown);
  }

  say(key, values = {}) {
    const text = key ? filled(texts.wall[key] ?? key, values) : "";
    if (this.veil.textContent !== text) this.veil.textContent = text;
  }

  judge() {
    const age = performance.now() - (this.shownAt || this.since);
    const stale = age > STALE_MS;
    this.root.classList.toggle("stale", stale);
    // A picture that comes steadily may be old all the same: the edge knows by the camera's clock.
    const late = !stale && this.state?.reason === "late";
    this.root.classList.toggle("late", late);
    if (!stale) return this.say(late ? texts.reason.late : "");
    // Only H.264 is relayed as it comes; every other codec the edge names but does not send.
    const codec = this.state?.codec;
    if (!this.source && codec && !/^(avc|h264)/i.test(codec)) return this.say("unsupported", { codec });
    if (this.unsupported) return this.say("unsupported", { codec: this.unsupported });
    this.draw(true);
    const seconds = Math.floor(age / 1000);
    const parts = [];
    if (this.shownAt) parts.push(filled(texts.wall.stale, { age: filled(texts.age, { seconds }) }));
    else parts.push(texts.wall.waiting);
    if (!this.socket || this.socket.readyState !== WebSocket.OPEN) parts.push(texts.wall.lost);
    else if (this.state && this.state.state !== "live") {
      parts.push(this.state.state === "silent" ? texts.state.silent : texts.reason[this.state.reason]);
    }
    const text = parts.join("\n");
    if (this.veil.textContent !== text) this.veil.textContent = text;
  }

  // Boxes come a little later than the picture they were found on: each is moved on along its own
  // way to where it is now, for less than a second; older ones would lie.
  where(box, last, before, time) {
    const old = before?.boxes.find((other) => other.track_id === box.track_id);
    const span = before ? last.mux_s - before.mux_s : 0;
    if (!old || span <= 0) return box.box;
    const share = Math.min(BOXES_S, Math.max(-span, time - last.mux_s)) / span;
    return box.box.map((value, at) => value + (value - old.box[at]) * share);
  }

  draw(empty = false) {
    const { canvas, video } = this;
    const scale = window.devicePixelRatio || 1;
    const wide = Math.round(canvas.clientWidth * scale);
    const high = Math.round(canvas.clientHeight * scale);
    if (canvas.width !== wide || canvas.height !== high) Object.assign(canvas, { width: wide, height: high });
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, wide, high);
    const last = this.history.at(-1);
    if (empty || !this.boxesOn || !last || !video.videoWidth || Math.abs(this.mediaTime - last.mux_s) > BOXES_S) return;
    const fit = Math.min(wide / video.videoWidth, high / video.videoHeight);
    const [w, h] = [video.videoWidth * fit, video.videoHeight * fit];
    const [left, top] = [(wide - w) / 2, (high - h) / 2];
    const size = Math.max(11 * scale, Math.min(20 * scale, h / 26));
    pen.lineWidth = Math.max(1.5 * scale, h / 320);
    pen.font = `600 ${size}px "DejaVu Sans Mono", ui-monospace, monospace`;
    pen.textBaseline = "middle";
    for (const box of last.boxes) {
      const [x1, y1, x2, y2] = this.where(box, last, this.history.at(-2), this.mediaTime);
      const [x, y] = [left + x1 * w, top + y1 * h];
      pen.strokeStyle = COLOURS[box.vehicle_class] ?? "#fff";
      pen.strokeRect(x, y, (x2 - x1) * w, (y2 - y1) * h);
      if (!box.plate) continue;
      const width = pen.measureText(box.plate).width + size * 0.7;
      const up = y - size * 1.45 > top ? y - size * 1.45 : y;
      pen.fillStyle = "rgb(8 12 17 / 82%)";
      pen.fillRect(x, up, width, size * 1.4);
      pen.fillStyle = "#fff";
      pen.fillText(box.plate, x + size * 0.35, up + size * 0.72);
    }
  }
}
