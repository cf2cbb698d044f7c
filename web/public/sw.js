// Makes Sparky installable, and says so when it cannot be reached. Nothing that the server says is ever kept: what is
// shown is live, or it is the page that says that it is not.
const KEPT = "sparky-offline-1";
const PARTS = ["/offline.html", "/theme.js"];

addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(KEPT)
      .then((cache) => cache.addAll(PARTS.map((path) => new Request(path, { cache: "reload" }))))
      .then(() => skipWaiting()),
  );
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== KEPT).map((name) => caches.delete(name)))),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const isPage = request.mode === "navigate" && request.method === "GET";
  const isPart = new URL(request.url).pathname === "/theme.js";
  if (!isPage && !isPart) return;
  event.respondWith(
    fetch(request).catch(async () => {
      const kept = await caches.match(isPage ? "/offline.html" : "/theme.js");
      return kept ?? Response.error();
    }),
  );
});
