/** Letting a page open without a network. */

/**
 * From its first opening on this page is kept on the device: all that it has loaded, and `more` that it may load later.
 *
 * @param {string[]} [more] addresses, as the page would ask for them
 */
export async function keepPage(more = []) {
  // Where the browser does not let it, the page needs its network, as any other.
  if (!("serviceWorker" in navigator)) return;
  const page = location.pathname;
  try {
    await navigator.serviceWorker.register("offline.js", { scope: page });
    // What came before the worker was there.
    const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
    const own = loaded.filter((name) => name.startsWith(location.origin) && !name.includes("/api/"));
    const cache = await caches.open(page);
    await cache.addAll(new Set([page, ...own, ...more]));
  } catch {
    // There is no network, or no room: what is kept is as it was.
  }
}
