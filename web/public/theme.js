// Checks are not compiled: the page's security policy forbids `eval`, and asking whether it does is a breach of its own.
globalThis.__zod_globalConfig = { jitless: true };

// Runs before the first paint, so that no wrong theme flashes; a file of its own, so that no inline script is needed.
(function () {
  function stored(name) {
    try {
      return localStorage.getItem("sparky." + name);
    } catch {
      // Storage is closed to us: follow the system.
      return null;
    }
  }
  var theme = stored("theme");
  var contrast = stored("contrast");
  var isDark = theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  var isMore = contrast === "more" || (contrast !== "usual" && matchMedia("(prefers-contrast: more)").matches);
  var root = document.documentElement;
  root.dataset.theme = isDark ? "dark" : "light";
  root.dataset.contrast = isMore ? "more" : "usual";
})();
