// The phone's own memory: defects and photos that wait, and what was taken along from the centre.
const NAME = "sergek-survey";
let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      asked.result.createObjectStore("defects", { keyPath: "defect_id" });
      asked.result.createObjectStore("photos", { keyPath: "digest" });
      asked.result.createObjectStore("facts");
    };
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  return opened;
}

// One transaction; resolves once it is on the disk, with what `work` asked for.
async function within(stores, mode, work) {
  const base = await database();
  return new Promise((resolve, reject) => {
    const transaction = base.transaction(stores, mode, { durability: "strict" });
    let asked;
    transaction.oncomplete = () => resolve(asked?.result);
    transaction.onerror = () => reject(transaction.error);
    transaction.onabort = () => reject(transaction.error);
    asked = work(...stores.map((name) => transaction.objectStore(name)));
  });
}

export const fact = (key) => within(["facts"], "readonly", (facts) => facts.get(key));
export const keep = (key, value) => within(["facts"], "readwrite", (facts) => facts.put(value, key));
export const photo = (digest) => within(["photos"], "readonly", (photos) => photos.get(digest));
export const all = () => within(["defects"], "readonly", (defects) => defects.getAll());
export const change = (entry) => within(["defects"], "readwrite", (defects) => defects.put(entry));

// A defect and its photos, together or not at all.
export const record = (entry, pictures) =>
  within(["defects", "photos"], "readwrite", (defects, photos) => {
    for (const picture of pictures) photos.put(picture);
    return defects.put(entry);
  });

// A defect that the centre has: its photos leave the phone, a line of it stays to be seen.
export const sent = (entry) =>
  within(["defects", "photos"], "readwrite", (defects, photos) => {
    for (const digest of entry.body.photos) photos.delete(digest);
    return defects.put({ ...entry, state: "sent", sentence: "" });
  });

export const forget = (entry) =>
  within(["defects", "photos"], "readwrite", (defects, photos) => {
    for (const digest of entry.body.photos) photos.delete(digest);
    return defects.delete(entry.defect_id);
  });

// Of what was sent only the newest lines stay.
export async function tidy(keepLines = 100) {
  const old = (await all()).filter((entry) => entry.state === "sent").sort((a, b) => (a.at < b.at ? 1 : -1));
  if (old.length <= keepLines) return;
  await within(["defects"], "readwrite", (defects) => {
    for (const entry of old.slice(keepLines)) defects.delete(entry.defect_id);
  });
}
