// Takes the offline page out of browsers that have it, and then itself.

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("activate", (event) => event.waitUntil(leave()));

async function leave() {
  const kept = (await caches.keys()).filter((name) => name.startsWith("offline-"));
  await Promise.all(kept.map((name) => caches.delete(name)));
  await self.registration.unregister();
}
