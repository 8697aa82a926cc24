/**
 * A page that is to open without a network: what it is made of is kept as it comes, and shown where nothing comes.
 *
 * Each page that asks for it (`js/offline.js`) has this worker for itself alone, and a cache named by its own address.
 * What the API answers is never kept here.
 */

const PAGE = new URL(self.registration.scope).pathname;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method === "GET" && origin === location.origin && !pathname.startsWith("/api/")) event.respondWith(answer(event));
});

async function answer(event) {
  const cache = await caches.open(PAGE);
  try {
    const given = await fetch(event.request);
    if (given.ok) event.waitUntil(cache.put(event.request, given.clone()));
    return given;
  } catch (error) {
    const kept = await cache.match(event.request, { ignoreSearch: true, ignoreVary: true });
    if (kept) return kept;
    throw error;
  }
}
