import { useSyncExternalStore } from "react";

/** `public/theme.js` does the same before the first paint. */

export const THEMES = ["light", "dark", "system"] as const;
export type Theme = (typeof THEMES)[number];

const STORED_AS = "sparky.theme";
const CHANGED = "sparky-theme";
const systemIsDark = (): MediaQueryList => matchMedia("(prefers-color-scheme: dark)");

function stored(): Theme {
  try {
    return THEMES.find((theme) => theme === localStorage.getItem(STORED_AS)) ?? "system";
  } catch {
    return "system";
  }
}

function apply(): void {
  const theme = stored();
  const isDark = theme === "dark" || (theme === "system" && systemIsDark().matches);
  document.documentElement.dataset["theme"] = isDark ? "dark" : "light";
}

export function setTheme(theme: Theme): void {
  try {
    localStorage.setItem(STORED_AS, theme);
  } catch {
    // The choice cannot be kept.
  }
  dispatchEvent(new Event(CHANGED));
}

export function useTheme(): Theme {
  return useSyncExternalStore((listener) => {
    const changed = (): void => {
      apply();
      listener();
    };
    const system = systemIsDark();
    addEventListener(CHANGED, changed);
    addEventListener("storage", changed);
    system.addEventListener("change", changed);
    return () => {
      removeEventListener(CHANGED, changed);
      removeEventListener("storage", changed);
      system.removeEventListener("change", changed);
    };
  }, stored);
}
