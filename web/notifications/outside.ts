import type { Told } from "./news.ts";

/** What the browser shows outside of the page. */

export type Permission = NotificationPermission | "unsupported";

/** Browsers have it only where a page is secure: at this machine, and over HTTPS. */
export const permission = (): Permission =>
  typeof Notification === "undefined" ? "unsupported" : Notification.permission;

/** Gives what takes it away again; null: it may not be shown. The same `id` is shown once, whichever tab shows it. */
export function showOutside(told: Told, id: string, onClick: () => void): (() => void) | null {
  if (permission() !== "granted") return null;
  try {
    const shown = new Notification(told.title, {
      body: told.text,
      tag: `sparky ${id}`,
      silent: true,
      icon: "/icon-192.png",
    });
    shown.onclick = () => {
      window.focus();
      shown.close();
      onClick();
    };
    return () => shown.close();
  } catch {
    // Phones show such only by a service worker.
    return null;
  }
}
