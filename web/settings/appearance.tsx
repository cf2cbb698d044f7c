import { Contrast, Monitor, Moon, Sun, type LucideIcon } from "lucide-react";
import { setHighContrast, setTheme, THEMES, useLook, type Theme } from "../app/theme.ts";
import { WORDS } from "../words/settings.tsx";

const ICONS: Readonly<Record<Theme, LucideIcon>> = { light: Sun, dark: Moon, system: Monitor };

/** Of this browser: another screen may want another theme. */
export function Appearance() {
  const { theme, isHighContrast } = useLook();
  return (
    <>
      <fieldset>
        <legend className="text-sm font-medium">{WORDS.theme}</legend>
        {THEMES.map((choice) => {
          const Icon = ICONS[choice];
          return (
            <label key={choice} className="tap choice rounded-md px-1 py-1 text-sm hover:bg-panel">
              <input
                type="radio"
                name="theme"
                className="accent-accent"
                checked={theme === choice}
                onChange={() => setTheme(choice)}
              />
              <span>
                <Icon aria-hidden="true" className="mr-2 inline size-4 text-muted" />
                {WORDS.themes[choice]}
              </span>
            </label>
          );
        })}
      </fieldset>
      <label className="tap choice rounded-md px-1 py-1 text-sm hover:bg-panel">
        <input
          type="checkbox"
          className="accent-accent"
          checked={isHighContrast}
          onChange={({ target }) => setHighContrast(target.checked)}
        />
        <span>
          <Contrast aria-hidden="true" className="mr-2 inline size-4 text-muted" />
          {WORDS.highContrast}
        </span>
      </label>
      <p className="text-sm text-muted">{WORDS.ofThisBrowser}</p>
    </>
  );
}
