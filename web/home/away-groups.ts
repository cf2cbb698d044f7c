import type { AwayItem } from "../../src/wire/away.ts";

/** What happened again and again in the same way, told once. */
export interface AwayGroup {
  /** The newest of them. */
  readonly item: AwayItem;
  readonly n: number;
}

/** What a person may have to do something about stands above what went its way. */
const FIRST: readonly AwayItem["kind"][] = ["asks", "mentioned", "failed", "paused", "waits", "notice"];

/** Failures, questions, mentions and notices on top; in each part the newest first, alike ones as one. */
export function awayGroups(items: readonly AwayItem[]): readonly AwayGroup[] {
  const groups = new Map<string, AwayGroup>();
  for (const item of items) {
    const alike = isAlone(item) ? `${item.chatId} ${item.seq}` : JSON.stringify([item.kind, item.title, item.reason]);
    const before = groups.get(alike);
    if (before === undefined) groups.set(alike, { item, n: 1 });
    else groups.set(alike, { item: before.item.at >= item.at ? before.item : item, n: before.n + 1 });
  }
  const place = ({ item }: AwayGroup): number => (FIRST.includes(item.kind) ? 0 : 1);
  return [...groups.values()].toSorted((a, b) => place(a) - place(b) || (a.item.at < b.item.at ? 1 : -1));
}

const isAlone = ({ kind }: AwayItem): boolean => kind === "asks" || kind === "notice" || kind === "mentioned";
