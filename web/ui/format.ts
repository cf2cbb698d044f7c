import { shorten } from "../../src/core/text.ts";

/** `6 ms`, `0.4 s`, `12 s`, `1:24`, `2:03:09`. */
export function duration(ms: number): string {
  if (ms < 50) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return clock(seconds);
}

/** Of a wait, which needs no seconds: `40 s`, `19 min`, `3 h`, `2 d`. */
export function roughly(ms: number): string {
  if (ms < 60_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 5_400_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 129_600_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}

/** A running timer: `0:07`, `1:24`, `2:03:09`. */
export function timer(ms: number): string {
  return clock(Math.max(0, Math.floor(ms / 1000)));
}

function clock(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `950 B`, `2.1 KB`, `3.4 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} KB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}

/** `412`, `12.4k`. */
export function count(n: number): string {
  return n < 1000 ? String(n) : `${(n / 1000).toFixed(1)}k`;
}

/** `now`, `5 min ago`, `3 h ago`, then the date. */
export function ago(at: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(at)) / 1000);
  if (seconds < 45) return "now";
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`;
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`;
  return new Date(at).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}

/** `Today`, `Yesterday`, `This week`, `Earlier`, by the reader's own calendar. */
export function dayName(at: string, now: number): string {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const days = Math.ceil((midnight - Date.parse(at)) / 86_400_000);
  if (days <= 0) return "Today";
  if (days === 1) return "Yesterday";
  return days < 7 ? "This week" : "Earlier";
}

export function timeOfDay(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, { hour: "numeric", minute: "2-digit" });
}

export function fullTime(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" });
}

/** Markdown as plain words, for a line that has no room for more. */
export function plain(markdown: string): string {
  return markdown
    .replace(/^\s*((#{1,6}|>|[-*+])\s|```.*$)/gm, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^[\s|:-]+$/gm, "")
    .replace(/\*\*|`/g, "")
    .replace(/(^|\s)_(\S[\s\S]*?)_(?=\W|$)/gm, "$1$2")
    .replace(/\|/g, " ");
}

/** One line, cut to `most` characters. */
export function oneLine(text: string, most: number): string {
  return shorten(text.replace(/\s+/g, " ").trim(), most);
}

/** How long until then: `40 s`, `12 min`, `5 h`, `6 d`; null when it is over. */
export function until(at: string, now: number): string | null {
  const seconds = Math.ceil((Date.parse(at) - now) / 1000);
  if (seconds <= 0) return null;
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return seconds < 129_600 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} d`;
}
