import type { Clock } from "../../core/clock.ts";
import type { ChatEvent } from "../../core/events.ts";
import type { Hub } from "../../core/hub.ts";
import type { Engine } from "./engine.ts";
import type { Commits } from "./probe.ts";
import type { Append } from "./store.ts";

interface Waiting {
  readonly append: Append;
  /** When it came, on the clock of `performance.now()`. */
  readonly since: number;
  readonly resolve: (events: readonly ChatEvent[]) => void;
  readonly reject: (error: unknown) => void;
}

/** Enough for a burst, small enough that one commit does not hold the event loop for long. */
const MAX_BATCH = 1000;

/**
 * Appends that arrive within the same tick share one commit. Acknowledgements and wake-ups follow the commit, in the
 * order of their `seq`.
 */
export class GroupCommit {
  readonly #engine: Engine;
  readonly #clock: Clock;
  readonly #hub: Hub;
  readonly #commits: Commits;
  #queue: Waiting[] = [];
  #flushing: Promise<void> | undefined;

  constructor(engine: Engine, clock: Clock, hub: Hub, commits: Commits) {
    this.#engine = engine;
    this.#clock = clock;
    this.#hub = hub;
    this.#commits = commits;
  }

  append(append: Append): Promise<readonly ChatEvent[]> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ append, since: performance.now(), resolve, reject });
      this.#flushing ??= this.#flush();
    });
  }

  /** Resolves when nothing waits for a commit. */
  async idle(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
  }

  async #flush(): Promise<void> {
    // One turn of the event loop, so that everything asked for in this tick is in the batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) await this.#commit();
    this.#flushing = undefined;
  }

  /** Whoever comes while the database is still waited for is in the batch too. */
  async #commit(): Promise<void> {
    let batch: readonly Waiting[] | undefined;
    let committed: (() => void) | undefined;
    const take = (): readonly Append[] => {
      batch ??= this.#queue.splice(0, MAX_BATCH);
      const appends = batch.map((member) => member.append);
      committed ??= this.#commits.begin(appends.reduce((sum, { events }) => sum + events.length, 0));
      return appends;
    };
    try {
      const outcomes = await this.#retrying(() => this.#engine.appendBatch(take, this.#clock.now(), this.#waitedMs()));
      committed?.();
      const members = batch ?? [];
      outcomes.forEach((outcome, i) => {
        if (!(outcome instanceof Error)) this.#hub.publish(members[i]!.append.chatId, outcome.wire);
      });
      outcomes.forEach((outcome, i) => {
        if (outcome instanceof Error) members[i]!.reject(outcome);
        else members[i]!.resolve(outcome.events);
      });
    } catch (error) {
      for (const member of batch ?? this.#tooLate()) member.reject(error);
    }
  }

  /** How long the first in the queue has waited. */
  #waitedMs(): number {
    return performance.now() - (this.#queue[0]?.since ?? performance.now());
  }

  /** Nothing was begun: those whose patience is at its end leave the queue; the first one in any case. */
  #tooLate(): readonly Waiting[] {
    const since = performance.now() - this.#engine.patienceMs;
    const left = this.#queue.findIndex((member, i) => i > 0 && member.since > since);
    return this.#queue.splice(0, left === -1 ? this.#queue.length : left);
  }

  async #retrying<T>(work: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried++) {
      try {
        return await work();
      } catch (error) {
        if (tried >= 5 || !this.#engine.isRetryable(error)) throw error;
      }
    }
  }
}
