import type { Clock } from "../core/clock.ts";
import type { ChatEvent } from "../core/events.ts";
import type { ConversationDigest } from "./digest.ts";
import type { Telling } from "./telling.ts";
import type { RecordedStep } from "./told-steps.ts";

/** A stretch of a chat's log up to its head, as a run has read it. */
export interface ReadLog {
  /** The first `seq` that may be in it, and the last. */
  readonly from: number;
  readonly head: number;
  /** How many events are read at most, and where so many began when there were older ones; null: there were none to be read. */
  readonly most: number;
  readonly newest: number | null;
  /** Of the types that a run reads, ascending. */
  readonly events: readonly ChatEvent[];
  /** The recorded steps that they belong to. */
  readonly steps: readonly RecordedStep[];
  /** What was last told of it. */
  readonly telling: Telling;
  readonly digest: ConversationDigest;
  /** Characters of JSON that were read for it: what it holds, and what has gone out of it at its beginning since. */
  readonly size: number;
  /** Characters of what is written in its files, which is told of it. */
  readonly texts: number;
}

const sizeOf = ({ size, texts }: ReadLog): number => size + texts;

/** For so long after a run, and so many characters in all. */
const KEPT_MS = 60_000;
const MAX_SIZE = 8_000_000;

/**
 * What runs have read of the logs of chats, for the runs that follow soon: each reads only what was added, however long its chat
 * is. Events and steps never change once they are committed, so what is kept can be behind its chat, but not wrong.
 */
export class KeptLogs {
  readonly #clock: Clock;
  /** The one that was kept first comes first. */
  readonly #logs = new Map<string, { readonly log: ReadLog; readonly at: number }>();
  #size = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  keep(chatId: string, log: ReadLog): void {
    this.take(chatId);
    if (sizeOf(log) > MAX_SIZE) return;
    this.#logs.set(chatId, { log, at: this.#clock.now() });
    this.#size += sizeOf(log);
    for (const oldest of this.#logs.keys()) {
      if (this.#size <= MAX_SIZE) break;
      this.take(oldest);
    }
  }

  /** It is the caller's from then on: two runs never add to the same one. */
  take(chatId: string): ReadLog | undefined {
    const kept = this.#logs.get(chatId);
    if (kept === undefined) return undefined;
    this.#logs.delete(chatId);
    this.#size -= sizeOf(kept.log);
    return kept.log;
  }

  /** Gives back the memory of what nobody has asked for. */
  sweep(): void {
    const now = this.#clock.now();
    // A clock that was set back keeps nothing for longer.
    for (const [chatId, { at }] of this.#logs) if (now - at >= KEPT_MS || at > now) this.take(chatId);
  }
}
