// Shows the offline page where the network fails. It keeps that page and its files only: no page of anybody is stored.
// There is no navigation preload: every address that is passed by would be asked for twice.

const cacheName = "offline-{{ version }}";
// The start of an address with the page its readers get; the longer start comes first.
const pages = {{ pages|safe }};
const files = {{ files|safe }};
const passedBy = {{ passed_by|safe }};

async function keep() {
  const cache = await caches.open(cacheName);
  const paths = [...pages.map(([, page]) => page), ...files];
  // As guests get them, and as they are on the site now.
  await cache.addAll(paths.map((path) => new Request(path, { cache: "no-cache", credentials: "omit" })));
}

async function forgetOthers() {
  const others = (await caches.keys()).filter((name) => name.startsWith("offline-") && name !== cacheName);
  await Promise.all(others.map((name) => caches.delete(name)));
}

async function fetchOr(request, path, options) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(cacheName)).match(path);
    if (!kept) throw error;
    return new Response(kept.body, { headers: kept.headers, ...options });
  }
}

function offlinePage(path) {
  return pages.find(([start]) => `${path}/`.startsWith(start))[1];
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => event.waitUntil(forgetOthers()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || request.headers.has("range")) return;
  if (files.includes(pathname)) {
    event.respondWith(fetchOr(request, pathname));
  } else if (request.destination === "document" && !passedBy.some((start) => pathname.startsWith(start))) {
    event.respondWith(fetchOr(request, offlinePage(pathname), { status: 503, statusText: "Service Unavailable" }));
  }
});
