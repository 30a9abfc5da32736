// Keeps the form on the phone: its page and files come from here, data never does.
const CACHE = `survey-${VERSION}`;

self.addEventListener("install", (event) => {
  const fresh = FILES.map((path) => new Request(path, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = async () => {
    for (const name of await caches.keys()) if (name.startsWith("survey-") && name !== CACHE) await caches.delete(name);
    await self.clients.claim();
  };
  event.waitUntil(old());
});

self.addEventListener("fetch", (event) => {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  const page = event.request.mode === "navigate" && address.pathname === "/survey/";
  if (!page && !FILES.includes(address.pathname)) return;
  const kept = async () => (await (await caches.open(CACHE)).match(address.pathname)) ?? fetch(event.request);
  event.respondWith(kept());
});
