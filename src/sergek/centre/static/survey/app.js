// The form: what is seen, what is written down, and how much of it the centre has already.
import { SurveyMap } from "./map.js";
import { prepared } from "./photo.js";
import * as store from "./store.js";
import { SignInNeeded, fetchStreets, sync } from "./sync.js";

const at = (id) => document.getElementById(id);
const TEXTS = JSON.parse(at("texts").textContent);
const RETRY_MS = [2_000, 5_000, 15_000, 30_000, 60_000];
const POOR_M = 50;
let language = localStorage.getItem("language") ?? document.documentElement.lang;
let home = null;
let pictures = [];
let position = null;
let byHand = null;
let failures = 0;
let timer = 0;
let signInNeeded = false;
let sending = false;

const t = (key, values = {}) => TEXTS[language][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
const option = (value, text) => Object.assign(document.createElement("option"), { value, textContent: text });

function segments(id, values, texts, chosen) {
  const legend = at(id).querySelector("legend");
  const kept = at(id).querySelector("input:checked")?.value ?? chosen;
  const made = values.map((value) => {
    const label = document.createElement("label");
    const input = Object.assign(document.createElement("input"), { type: "radio", name: id, value, checked: value === kept });
    label.append(input, Object.assign(document.createElement("span"), { textContent: t(`${texts}.${value}`) }));
    return label;
  });
  at(id).replaceChildren(legend, ...made);
}

function fill(id, options) {
  const kept = at(id).value;
  at(id).replaceChildren(...options);
  if ([...at(id).options].some((one) => one.value === kept)) at(id).value = kept;
}

function show() {
  document.documentElement.lang = language;
  for (const each of document.querySelectorAll("[data-t]")) each.textContent = t(each.dataset.t);
  at("sign-in").hidden = !signInNeeded;
  if (home) {
    fill("act", home.acts.map((act) => option(act.act_id, `${act.number} · ${act.route}`)));
    if (!at("act").options.length) at("act").append(option("", t("no_act")));
    fill("kind", [option("", t("choose")), ...home.kinds.map((kind) => option(kind.id, kind.name[language]))]);
    fill("owner", [option("", t("unknown")), ...home.owners.map((owner) => option(owner.owner_id, owner.name))]);
    segments("side", home.sides, "sides", "");
    segments("severity", home.severities, "severities", "serious");
  }
  at("save").disabled = !home;
  showPlace();
}

function showPlace() {
  const place = byHand ? t("by_hand") : position ? t(position.accuracy_m > POOR_M ? "gps_poor" : "gps", { metres: Math.round(position.accuracy_m) }) : t("gps_none");
  const left = map.route.length ? ` · ${t("route_left", { km: (map.leftMetres() / 1000).toFixed(1) })}` : "";
  at("where-am-i").textContent = place + left;
  map.point = byHand;
  map.draw();
}

const map = new SurveyMap(at("map"), (place) => {
  byHand = place;
  showPlace();
});

async function follow() {
  const act = home?.acts.find((one) => one.act_id === at("act").value);
  map.setRoute(act?.line, act ? ((await store.fact(`done-${act.act_id}`)) ?? 0) : 0);
  showPlace();
}

async function showQueue() {
  const entries = (await store.all()).sort((a, b) => (a.at < b.at ? 1 : -1));
  const waiting = entries.filter((entry) => entry.state === "queued").length;
  const refused = entries.filter((entry) => entry.state === "refused").length;
  const word = sending ? "sending" : navigator.onLine && !failures ? "online" : "offline";
  const state = at("state");
  state.textContent = waiting || refused ? t("waiting", { count: waiting + refused, state: t(word) }) : t("all_sent", { state: t(word) });
  state.className = refused ? "bad" : waiting ? "waits" : "good";
  state.dataset.waiting = waiting;
  state.dataset.refused = refused;
  map.marks = entries.filter((entry) => entry.body.place).map((entry) => entry.body.place);
  map.draw();
  at("queue").replaceChildren(...entries.slice(0, 50).map(row));
  return waiting;
}

function row(entry) {
  const item = document.createElement("li");
  item.className = entry.state;
  const kind = home?.kinds.find((one) => one.id === entry.body.kind)?.name[language] ?? entry.body.kind;
  const when = new Date(entry.at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const text = Object.assign(document.createElement("span"), { textContent: `${when} ${kind}${entry.body.where ? `, ${entry.body.where}` : ""}` });
  const stranger = entry.state === "queued" && home && entry.body.found_by !== home.person.name;
  const said = stranger ? t("of_another", { name: entry.body.found_by }) : t(`state.${entry.state}`) + (entry.sentence ? `: ${entry.sentence}` : "");
  item.append(text, Object.assign(document.createElement("small"), { textContent: said }));
  if (entry.state === "refused") {
    const again = Object.assign(document.createElement("button"), { type: "button", textContent: t("again") });
    again.addEventListener("click", async () => {
      await store.change({ ...entry, state: "queued", sentence: "" });
      send();
    });
    const drop = Object.assign(document.createElement("button"), { type: "button", textContent: t("drop") });
    drop.addEventListener("click", async () => {
      if (!confirm(t("drop_sure"))) return;
      await store.forget(entry);
      showQueue();
    });
    item.append(again, drop);
  }
  return item;
}

async function send() {
  clearTimeout(timer);
  sending = true;
  await showQueue();
  try {
    home = await sync(showQueue);
    failures = 0;
    signInNeeded = false;
    if (!(await store.fact("streets"))) await streets();
  } catch (error) {
    failures += 1;
    if (error instanceof SignInNeeded) signInNeeded = true;
    else console.info("sync waits:", error.message);
  }
  sending = false;
  show();
  const waiting = await showQueue();
  if (waiting && !signInNeeded) timer = setTimeout(send, RETRY_MS[Math.min(failures, RETRY_MS.length - 1)]);
}

async function streets() {
  await fetchStreets();
  map.setStreets(await store.fact("streets"));
}

const whole = (id) => {
  const typed = at(id).value.trim();
  if (typed && !/^\d{1,6}$/.test(typed)) throw new Error(t("not_whole"));
  return typed ? Number(typed) : null;
};

// The defect as the centre wants it; throws the sentence that says what is missing.
function written() {
  const kind = at("kind").value;
  if (!kind) throw new Error(t("no_kind"));
  const place = byHand ?? position?.place ?? null;
  if (!place && !at("where").value.trim()) throw new Error(t("no_place"));
  return {
    defect_id: crypto.randomUUID().replaceAll("-", ""),
    act_id: at("act").value || null,
    kind,
    place,
    accuracy_m: byHand || !position ? null : position.accuracy_m,
    where: at("where").value.trim(),
    side: at("side").querySelector("input:checked")?.value || null,
    length_cm: whole("length_cm"),
    width_cm: whole("width_cm"),
    depth_cm: whole("depth_cm"),
    severity: at("severity").querySelector("input:checked").value,
    owner_id: at("owner").value || null,
    note: at("note").value.trim(),
    photos: pictures.map((picture) => picture.digest),
    found_at: new Date().toISOString(),
    found_by: home.person.name,
  };
}

function clear() {
  pictures = [];
  byHand = null;
  at("thumbs").replaceChildren();
  // The next defect has its own side and weight.
  for (const id of ["side", "severity"]) for (const one of at(id).querySelectorAll("input")) one.checked = one.value === "serious";
  for (const id of ["where", "length_cm", "width_cm", "depth_cm", "note", "photo", "kind"]) at(id).value = "";
  showPlace();
}

function trouble(sentence) {
  at("trouble").textContent = sentence ?? "";
  at("trouble").hidden = !sentence;
}

at("form").addEventListener("submit", async (event) => {
  event.preventDefault();
  if (at("save").disabled) return;
  at("save").disabled = true;
  try {
    const body = written();
    await store.record({ defect_id: body.defect_id, at: body.found_at, state: "queued", sentence: "", body }, pictures);
    clear();
    trouble();
  } catch (error) {
    trouble(error.name === "QuotaExceededError" ? t("full") : error.message);
  }
  at("save").disabled = false;
  await showQueue();
  if (navigator.onLine && !sending) send();
});

at("photo").addEventListener("change", async () => {
  at("save").disabled = true;
  for (const file of at("photo").files) {
    try {
      if (pictures.length >= 8) throw new Error("many");
      const picture = await prepared(file);
      pictures.push(picture);
      const image = Object.assign(document.createElement("img"), { src: URL.createObjectURL(new Blob([picture.bytes], { type: "image/jpeg" })), alt: t("photo") });
      at("thumbs").append(image);
      trouble();
    } catch {
      trouble(t("bad_photo"));
    }
  }
  at("photo").value = "";
  at("save").disabled = !home;
});

at("language").addEventListener("change", () => {
  language = at("language").value;
  localStorage.setItem("language", language);
  show();
  showQueue();
});
at("act").addEventListener("change", follow);
at("state").addEventListener("click", send);
at("closer").addEventListener("click", () => map.zoom(1.5));
at("farther").addEventListener("click", () => map.zoom(1 / 1.5));
at("here").addEventListener("click", () => {
  byHand = null;
  if (position) map.lookAt(position.place);
  showPlace();
});
addEventListener("online", send);
addEventListener("offline", showQueue);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && send());

function watch() {
  if (!navigator.geolocation) return;
  let first = true;
  navigator.geolocation.watchPosition(
    async ({ coords }) => {
      position = { place: [Number(coords.longitude.toFixed(7)), Number(coords.latitude.toFixed(7))], accuracy_m: Math.round(coords.accuracy * 10) / 10 };
      if (first) map.lookAt(position.place);
      first = false;
      if (map.arrive(position.place)) await store.keep(`done-${at("act").value}`, map.done);
      showPlace();
    },
    () => {
      position = null;
      showPlace();
    },
    { enableHighAccuracy: true, maximumAge: 5_000 },
  );
}

async function begin() {
  at("language").value = language;
  home = (await store.fact("home")) ?? null;
  show();
  map.setStreets(await store.fact("streets"));
  await follow();
  watch();
  if (navigator.serviceWorker) await navigator.serviceWorker.register("/survey/worker.js", { scope: "/survey/" });
  navigator.storage?.persist?.();
  await send();
  await follow();
  document.documentElement.dataset.ready = "true";
}

if (window.isSecureContext) begin().catch((error) => trouble(error.message));
else {
  show();
  trouble(t("not_secure"));
}
