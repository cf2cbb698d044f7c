import type { Preferences } from "../../src/core/preferences.ts";
import type { AwayItem } from "../../src/wire/away.ts";
import { STATE_WORDS } from "../../src/wire/state-words.ts";
import { oneLine } from "../ui/format.ts";
import { WORDS } from "../words/notifications.ts";

/** What a person is told of, and in which words. Pure. */

/** A run that took so long is told of when it is done, whoever began it. */
const LONG_MS = 30_000;
const LONGEST_TEXT = 200;

/** The same in every tab and on every device. */
export const keyOf = ({ chatId, seq }: AwayItem): string => `${chatId} ${seq}`;

/** What fails, waits for a person or means them is always told of. `isOwn`: it was begun in this tab. */
export function isWorthTelling(
  item: AwayItem,
  finished: Preferences["notify.finished"],
  isOwn: (item: AwayItem) => boolean,
): boolean {
  switch (item.kind) {
    case "failed":
    case "asks":
    case "notice":
    case "paused":
    case "mentioned":
      return true;
    case "completed":
      if (finished !== "usual") return finished === "all";
      if ((item.tookMs ?? 0) >= LONG_MS) return true;
      // What a schedule does every minute is no news.
      return item.schedule === null && !isOwn(item);
    // It goes on by itself.
    case "waits":
    case "cancelled":
    case "recovered":
    case "skipped":
      return false;
  }
}

/** It stays until it is looked at. */
export const isUrgent = ({ kind }: AwayItem): boolean => kind !== "completed";

export interface Told {
  readonly title: string;
  readonly text: string;
}

const kindOf = ({ kind, reason }: AwayItem): string =>
  kind === "completed" && reason !== null ? STATE_WORDS.flawed : WORDS.kinds[kind];

/** One is told of as itself, several as one. */
export function wordsOf(items: readonly AwayItem[]): Told {
  const [first] = items;
  if (first === undefined) return { title: "", text: "" };
  if (items.length === 1) {
    return {
      title: WORDS.one(kindOf(first), oneLine(first.title, 80)),
      text: first.reason === null ? "" : oneLine(first.reason, LONGEST_TEXT),
    };
  }
  const counts = new Map<string, number>();
  for (const item of items) counts.set(kindOf(item), (counts.get(kindOf(item)) ?? 0) + 1);
  return {
    title: WORDS.several(items.length),
    text: [...counts].map(([word, n]) => WORDS.counted(n, word)).join(" · "),
  };
}

/** Whether `time` (`07:30`) lies in hours such as `22:00-07:00`. */
export function isQuiet(hours: string, time: string): boolean {
  const [from = "", to = ""] = hours.split("-");
  if (to === "") return false;
  return from <= to ? from <= time && time < to : from <= time || time < to;
}
