/** Text on its way to a terminal or a column. Pure. */

/**
 * Terminal sequences (CSI, OSC and the short ones), whole, so that no remainder of one is shown. One that is meant to have an
 * end and has none in its line takes nothing with it.
 */
const SEQUENCES =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]?|\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[PX^_][^\u001b\n]*\u001b\\|[ -/]*[0-OQ-WYZ\\`-~])/g;
/** C0 without tab and newline, DEL, C1, and the characters that reorder a line. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** What a model, a tool or a log says, without anything that could move the cursor or hide text. Keeps tabs and newlines. */
export function clean(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(SEQUENCES, "").replace(CONTROLS, "");
}

/** The same as one line: for columns and tab-separated fields. */
export function oneLine(text: string): string {
  return clean(text.replace(/[\n\r\t\u2028\u2029]/g, " "))
    .replace(/ {2,}/g, " ")
    .trim();
}

/** What JSON leaves as it is though a terminal acts on it, or turns the line around by it. */
const UNESCAPED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** JSON that is safe to look at: the same value, with every control character escaped. */
export function jsonText(value: unknown): string {
  const json = JSON.stringify(value);
  return json.replace(UNESCAPED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** `40ms`, `0.2s`, `8s`, `1m24s`, `3h4m`, `3d4h`. */
export function duration(ms: number): string {
  if (ms > 0 && ms < 95) return `${Math.round(ms)}ms`;
  const tenths = Math.max(0, Math.round(ms / 100));
  if (tenths < 100) return tenths % 10 === 0 ? `${tenths / 10}s` : `${(tenths / 10).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  return hours % 24 === 0 ? `${Math.floor(hours / 24)}d` : `${Math.floor(hours / 24)}d${hours % 24}h`;
}

/** `just now`, `5m ago`, `in 12m`: the largest unit only. */
export function ago(iso: string, now: number): string {
  const ms = now - Date.parse(iso);
  const size = Math.abs(ms);
  if (size < 5000) return "just now";
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "m"],
    [1000, "s"],
  ];
  const [unit, letter] = units.find(([length]) => size >= length) ?? [1000, "s"];
  const words = `${Math.floor(size / unit)}${letter}`;
  return ms >= 0 ? `${words} ago` : `in ${words}`;
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
