import { useSyncExternalStore } from "react";

/** `public/theme.js` does the same before the first paint. */

export const THEMES = ["light", "dark", "system"] as const;
export type Theme = (typeof THEMES)[number];

export interface Look {
  readonly theme: Theme;
  /** Asked for here, or by the system where nothing was chosen here. */
  readonly isHighContrast: boolean;
}

const THEME = "sparky.theme";
const CONTRAST = "sparky.contrast";
const CHANGED = "sparky-look";
const systemIsDark = (): MediaQueryList => matchMedia("(prefers-color-scheme: dark)");
const systemWantsContrast = (): MediaQueryList => matchMedia("(prefers-contrast: more)");

function stored(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

function read(): Look {
  const contrast = stored(CONTRAST);
  return {
    theme: THEMES.find((theme) => theme === stored(THEME)) ?? "system",
    isHighContrast: contrast === "more" || (contrast !== "usual" && systemWantsContrast().matches),
  };
}

let look = read();

function apply(): void {
  look = read();
  const isDark = look.theme === "dark" || (look.theme === "system" && systemIsDark().matches);
  const { dataset } = document.documentElement;
  dataset["theme"] = isDark ? "dark" : "light";
  dataset["contrast"] = look.isHighContrast ? "more" : "usual";
}

function choose(name: string, value: string): void {
  try {
    localStorage.setItem(name, value);
  } catch {
    // The choice cannot be kept.
  }
  dispatchEvent(new Event(CHANGED));
}

export const setTheme = (theme: Theme): void => choose(THEME, theme);
export const setHighContrast = (isHigh: boolean): void => choose(CONTRAST, isHigh ? "more" : "usual");

/** From here on the page looks as was chosen: here, in another tab, or by the system. Called once, on every screen. */
export const followLook = (): void => void onLook(apply);

export function useLook(): Look {
  return useSyncExternalStore(onLook, () => look);
}

function onLook(listener: () => void): () => void {
  const system = [systemIsDark(), systemWantsContrast()];
  addEventListener(CHANGED, listener);
  addEventListener("storage", listener);
  for (const query of system) query.addEventListener("change", listener);
  return () => {
    removeEventListener(CHANGED, listener);
    removeEventListener("storage", listener);
    for (const query of system) query.removeEventListener("change", listener);
  };
}
