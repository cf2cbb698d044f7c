// Checks are not compiled: the page's security policy forbids `eval`, and asking whether it does is a breach of its own.
globalThis.__zod_globalConfig = { jitless: true };

// Runs before the first paint, so that no wrong theme flashes; a file of its own, so that no inline script is needed.
(function () {
  var choice = "system";
  try {
    choice = localStorage.getItem("sparky.theme") || "system";
  } catch {
    // Storage is closed to us: follow the system.
  }
  var dark = choice === "dark" || (choice === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
