import { roughTime } from "../../src/core/rough-time.ts";
import { shorten } from "../../src/core/text.ts";
import { WORDS } from "../words/ui.ts";
import { clock, dayNumber } from "./clock.ts";

/** `6 ms`, `0.4 s`, `12 s`, `1:24`, `2:03:09`. */
export function duration(ms: number): string {
  if (ms < 50) return WORDS.milliseconds(Math.max(0, Math.round(ms)));
  if (ms < 10_000) return WORDS.seconds((ms / 1000).toFixed(1));
  const seconds = Math.round(ms / 1000);
  return seconds < 60 ? WORDS.seconds(String(seconds)) : onClock(seconds);
}

/** Of a wait, which needs no seconds: `40 s`, `19 min`, `3 h`, `2 d`. */
export function roughly(ms: number): string {
  const { n, unit } = roughTime(ms);
  return `${n} ${unit}`;
}

/** A running timer: `0:07`, `1:24`, `2:03:09`. */
export function timer(ms: number): string {
  return onClock(Math.max(0, Math.floor(ms / 1000)));
}

function onClock(seconds: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}

/** `950 B`, `2.1 KB`, `3.4 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return WORDS.bytes(bytes);
  if (bytes < 1_000_000) return WORDS.kilobytes((bytes / 1000).toFixed(1));
  return WORDS.megabytes((bytes / 1_000_000).toFixed(1));
}

/** `412`, `12.4k`. */
export function count(n: number): string {
  return n < 1000 ? String(n) : `${(n / 1000).toFixed(1)}k`;
}

/** `$0.03`; of less than a cent that much is said. */
export function dollars(usd: number): string {
  return usd > 0 && usd < 0.005 ? WORDS.underACent : `$${usd.toFixed(2)}`;
}

/** `now`, `5 min ago`, `3 h ago`, then the date. */
export function ago(at: string, now: number): string {
  const ms = now - Date.parse(at);
  if (ms < 45_000) return WORDS.now;
  if (ms < 86_400_000) return WORDS.ago(roughly(Math.max(ms, 60_000)));
  return clock().date.format(Date.parse(at));
}

/** Within a sentence: `just now`, `5 min ago`. */
export function agoInWords(at: string, now: number): string {
  const words = ago(at, now);
  return words === WORDS.now ? WORDS.justNow : words;
}

/** `Today`, `Yesterday`, `This week`, `Earlier`, by the reader's own calendar. */
export function dayName(at: string, now: number): string {
  const days = dayNumber(now) - dayNumber(Date.parse(at));
  if (days <= 0) return WORDS.days.today;
  if (days === 1) return WORDS.days.yesterday;
  return days < 7 ? WORDS.days.thisWeek : WORDS.days.earlier;
}

export function timeOfDay(at: string): string {
  return clock().time.format(Date.parse(at));
}

/** With its seconds. */
export function exactTime(at: string): string {
  return clock().exact.format(Date.parse(at));
}

export function fullTime(at: string): string {
  return clock().full.format(Date.parse(at));
}

/** Markdown as plain words, for a line that has no room for more. */
export function plain(markdown: string): string {
  return (
    markdown
      .replace(/^\s*((#{1,6}|>|[-*+])\s|```.*$)/gm, "")
      .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/^[\s|:-]+$/gm, "")
      .replace(/\*\*|`/g, "")
      .replace(/(^|\s)_(\S[\s\S]*?)_(?=\W|$)/gm, "$1$2")
      // Cut off before its end.
      .replace(/(^|\s)_(?=[^\s_][^_]*…$)/, "$1")
      .replace(/\|/g, " ")
  );
}

/** One line, cut to `most` characters. */
export function oneLine(text: string, most: number): string {
  return shorten(text.replace(/\s+/g, " ").trim(), most);
}

/** How long until then: `40 s`, `12 min`, `5 h`, `6 d`; null when it is over. */
export function until(at: string, now: number): string | null {
  const left = Date.parse(at) - now;
  return left <= 0 ? null : roughly(Math.max(left, 1000));
}
