import type { Entry } from "../../src/core/transcript.ts";

interface Target {
  readonly chatId: string;
  readonly at: number;
}

/** At a message: the chat that this one was made from there, and the newest that was made from this one. */
export interface Place {
  readonly before: Target | null;
  readonly after: Target | null;
  /** How many chats go on from here, with this one. */
  readonly count: number;
}

/** By the `seq` of the first message behind each place where chats part. */
export function placesOf(entries: readonly Entry[]): ReadonlyMap<number, Place> {
  const places = new Map<number, Place>();
  const firstAfter = (seq: number): number | undefined =>
    entries.find(
      (entry) =>
        entry.seq > seq && entry.kind === "event" && entry.event.type === "message" && entry.event.data.role === "user",
    )?.seq;
  for (const entry of entries) {
    if (entry.kind !== "event" || entry.event.type !== "chat") continue;
    const { data, seq } = entry.event;
    if (data.change !== "forked" && data.change !== "fork") continue;
    const at = firstAfter(data.change === "forked" ? seq : data.seq);
    if (at === undefined) continue;
    const known = places.get(at) ?? { before: null, after: null, count: 1 };
    const target = { chatId: data.change === "forked" ? data.from : data.to, at: data.seq + 1 };
    places.set(at, {
      ...known,
      ...(data.change === "forked" ? { before: target } : { after: target }),
      count: known.count + 1,
    });
  }
  return places;
}
