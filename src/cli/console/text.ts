import { roughTime } from "../../core/rough-time.ts";

/** Text on its way to a terminal or a column. Pure. */

export { clean, duration, jsonText, oneLine } from "../../core/plain-text.ts";

const LETTERS = { s: "s", min: "m", h: "h", d: "d" } as const;

/** `just now`, `5m ago`, `in 12m`: in one unit, to the nearest. */
export function ago(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  if (Math.abs(ms) < 5000) return "just now";
  const { n, unit } = roughTime(Math.abs(ms));
  return ms >= 0 ? `${n}${LETTERS[unit]} ago` : `in ${n}${LETTERS[unit]}`;
}

/** Of an instant that is to come: `in 12m`, or `overdue 5m` where nobody was there to serve it. */
export function due(iso: string, now: number): string {
  return now - Date.parse(iso) < 5000 ? ago(iso, now) : `overdue ${ago(iso, now).replace(" ago", "")}`;
}

/** The time of day on this machine: `14:02:11`. */
export function clock(iso: string): string {
  const at = new Date(iso);
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

/** `950 tok`, `12.4k tok`. */
export function tokens(count: number): string {
  return count < 1000 ? `${count} tok` : `${(count / 1000).toFixed(1)}k tok`;
}

/** As much of an id as people read. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
