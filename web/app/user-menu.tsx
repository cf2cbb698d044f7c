import { useQuery } from "@tanstack/react-query";
import { CircleUser, Contrast, LogOut, Monitor, Moon, Sun, type LucideIcon } from "lucide-react";
import { useEffect, useRef } from "react";
import { anything } from "../live/http.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { meQuery } from "./queries.ts";
import { useServices } from "./services.tsx";
import { setHighContrast, setTheme, THEMES, useLook, type Theme } from "./theme.ts";

const ICONS: Readonly<Record<Theme, LucideIcon>> = { light: Sun, dark: Moon, system: Monitor };
const LABELS: Readonly<Record<Theme, string>> = { light: "Light", dark: "Dark", system: "As the system" };

/** Who is signed in, the theme, sign out: a popover, which closes by itself on Escape and on a click elsewhere. */
export function UserMenu() {
  const { http, socket } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const { theme, isHighContrast } = useLook();
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const close = (): void => menu.current?.hidePopover();
    addEventListener("popstate", close);
    return () => removeEventListener("popstate", close);
  }, []);
  const signOut = async (): Promise<void> => {
    menu.current?.hidePopover();
    await http.send("POST", "/api/sign-out", {}, anything).catch(() => undefined);
    socket.signedOut();
  };
  return (
    <div className="shrink-0 wide:w-full">
      <IconButton
        label={`${me?.name ?? "…"}: account and theme`}
        popoverTarget="user-menu"
        className="gap-2 md:w-full wide:justify-start"
      >
        <CircleUser aria-hidden="true" className="size-5 shrink-0" />
        <span className="hidden truncate text-sm font-medium wide:inline">{me?.name ?? "…"}</span>
      </IconButton>
      <div
        ref={menu}
        id="user-menu"
        popover="auto"
        className="fixed inset-auto m-2 w-60 rounded-lg border border-line bg-page p-3 text-ink shadow-lg max-md:top-12 max-md:right-0 md:bottom-12 md:left-0"
      >
        <p className="text-sm">
          Signed in as <strong>{me?.name ?? "…"}</strong>
        </p>
        <fieldset className="mt-3">
          <legend className="text-xs font-medium text-muted">Theme</legend>
          {THEMES.map((choice) => {
            const Icon = ICONS[choice];
            return (
              <label key={choice} className="tap flex items-center gap-2 rounded-md px-2 py-1 text-sm hover:bg-sunken">
                <input
                  type="radio"
                  name="theme"
                  className="accent-accent"
                  checked={theme === choice}
                  onChange={() => setTheme(choice)}
                />
                <Icon aria-hidden="true" className="size-4 text-muted" />
                {LABELS[choice]}
              </label>
            );
          })}
        </fieldset>
        <label className="tap mt-1 flex items-center gap-2 rounded-md border-t border-line px-2 py-1 text-sm hover:bg-sunken">
          <input
            type="checkbox"
            className="accent-accent"
            checked={isHighContrast}
            onChange={({ target }) => setHighContrast(target.checked)}
          />
          <Contrast aria-hidden="true" className="size-4 text-muted" />
          High contrast
        </label>
        <Button className="mt-3 w-full" onClick={() => void signOut()}>
          <LogOut aria-hidden="true" className="size-4" />
          Sign out
        </Button>
      </div>
    </div>
  );
}
