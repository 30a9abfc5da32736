// Sends what waits: each photo in pieces first, then the defects. A break costs one piece; what is
// repeated changes nothing at the centre, so that everything may be tried again at any time.
import * as store from "./store.js";

const PIECE = 128 * 1024;
const BATCH = 8;
const TIMEOUT_MS = 20_000;

export class SignInNeeded extends Error {}
class Refused extends Error {}

async function asked(path, options = {}) {
  const answer = await fetch(path, { ...options, cache: "no-store", signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (answer.status === 401) throw new SignInNeeded();
  const said = await answer.json().catch(() => ({}));
  if (answer.ok) return said;
  if (answer.status >= 500 || answer.status === 429) throw new Error(said.sentence ?? `${answer.status}`);
  throw new Refused(said.sentence ?? `${answer.status}`);
}

// What the phone takes along; kept, so that the form opens without a network.
export async function fetchHome() {
  const home = await asked("/api/v1/roads/survey");
  await store.keep("home", { ...home, csrf: undefined });
  return home;
}

export async function fetchStreets() {
  await store.keep("streets", await asked("/map/roads.geojson"));
}

async function sendPhoto(digest, csrf) {
  const path = `/api/v1/roads/photos/${digest}`;
  let { whole, received } = await asked(path);
  const kept = whole ? null : await store.photo(digest);
  if (!whole && !kept) throw new Refused("photo");
  while (!whole) {
    const body = kept.bytes.slice(received, received + PIECE);
    const query = `?start=${received}&total=${kept.bytes.byteLength}`;
    const headers = { "X-CSRF-Token": csrf, "Content-Type": "application/octet-stream" };
    ({ whole, received } = await asked(path + query, { method: "PUT", headers, body }));
  }
}

async function sendBatch(entries, csrf) {
  const headers = { "X-CSRF-Token": csrf, "Content-Type": "application/json" };
  const body = JSON.stringify({ defects: entries.map((entry) => entry.body) });
  const { taken } = await asked("/api/v1/roads/sync", { method: "POST", headers, body });
  for (const each of taken) {
    const entry = entries.find((one) => one.defect_id === each.defect_id);
    if (each.result === "stored") await store.sent(entry);
    if (each.result === "refused") await store.change({ ...entry, state: "refused", sentence: each.sentence });
    // A photo that went astray is asked for again the next time.
  }
}

// Sends everything that this person recorded; throws where the network or the session ends.
async function run(progress) {
  const home = await fetchHome();
  const mine = (await store.all())
    .filter((entry) => entry.state === "queued" && entry.body.found_by === home.person.name)
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  for (let from = 0; from < mine.length; from += BATCH) {
    const batch = [];
    for (const entry of mine.slice(from, from + BATCH)) {
      try {
        for (const digest of entry.body.photos) await sendPhoto(digest, home.csrf);
        batch.push(entry);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        await store.change({ ...entry, state: "refused", sentence: error.message });
      }
    }
    if (batch.length) await sendBatch(batch, home.csrf);
    await progress();
  }
  await store.tidy();
  return home;
}

let running = null;
export function sync(progress) {
  running ??= run(progress).finally(() => (running = null));
  return running;
}
