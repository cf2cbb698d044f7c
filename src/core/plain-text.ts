import { spelledOut } from "./exact.ts";

/** Text on its way to a terminal, a column or a document, in which nothing acts or hides. Pure. */

/**
 * Terminal sequences (CSI, OSC and the short ones), whole, so that no remainder of one is shown. One that is meant to have an
 * end and has none in its line takes nothing with it.
 */
const SEQUENCES =
  /\u001b(?:\[[0-?]*[ -/]*[@-~]?|\][^\u0007\u001b\n]*(?:\u0007|\u001b\\)|[PX^_][^\u001b\n]*\u001b\\|[ -/]*[0-OQ-WYZ\\`-~])/g;
/** C0 without tab and newline, DEL, C1, and the characters that reorder a line. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

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

/** JSON that is safe to look at: the same value, with every character that is not seen as itself escaped. */
export const jsonText = (value: unknown): string => spelledOut(JSON.stringify(value));

/** `40ms`, `0.2s`, `8s`, `1m24s`, `3h4m`, `3d4h`: to the nearest of what it ends with. */
export function duration(ms: number): string {
  if (ms > 0 && ms < 95) return `${Math.round(ms)}ms`;
  const tenths = Math.max(0, Math.round(ms / 100));
  if (tenths < 100) return tenths % 10 === 0 ? `${tenths / 10}s` : `${(tenths / 10).toFixed(1)}s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return inTwo(seconds, 60, "m", "s");
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1440) return inTwo(minutes, 60, "h", "m");
  return inTwo(Math.round(ms / 3_600_000), 24, "d", "h");
}

const inTwo = (count: number, size: number, big: string, small: string): string =>
  count % size === 0 ? `${count / size}${big}` : `${Math.floor(count / size)}${big}${count % size}${small}`;
