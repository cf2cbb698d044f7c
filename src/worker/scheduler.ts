import type { Clock } from "../core/clock.ts";
import { tickSchedules, untilNextDue } from "../store/schedules/tick.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import type { Log } from "../core/log.ts";

export interface SchedulerOptions {
  readonly store: Store;
  /** Sees to it that a run which overlap ended stops in time. */
  readonly stop: (viewer: User, target: { readonly runId: string }) => Promise<unknown>;
  /** The fallback behind the timer and the wake-ups. */
  readonly pollMs: number;
  readonly log: Log;
}

/** Ticks when something is due: a timer to the next instant, armed again when a schedule changes here or on another node. */
export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions;
  readonly #clock: Clock;
  #cancelTimer: (() => void) | undefined;
  #unsubscribe: (() => void) | undefined;
  #ticking: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#clock = options.store.clock;
  }

  start(): void {
    this.#unsubscribe = this.#options.store.hub.onChanged(({ topic }) => {
      if (topic === "schedules") this.#tick();
    });
    this.#tick();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#unsubscribe?.();
    this.#cancelTimer?.();
    await this.#ticking;
    this.#cancelTimer?.();
  }

  /** One pass at a time; what comes meanwhile starts another. */
  #tick(): void {
    if (this.#stopped) return;
    this.#again = true;
    this.#ticking ??= this.#passes().finally(() => {
      this.#ticking = undefined;
      if (this.#again) this.#tick();
    });
  }

  async #passes(): Promise<void> {
    const { store, log, pollMs } = this.#options;
    let wait: number | null = null;
    while (this.#again && !this.#stopped) {
      this.#again = false;
      try {
        wait = await untilNextDue(store, await this.#pass());
      } catch (error) {
        log.error({ err: error }, "schedules could not be looked at; it is tried again");
        wait = null;
      }
    }
    this.#cancelTimer?.();
    if (this.#stopped) return;
    // A schedule that failed stays due: it is tried at the next poll, not at once and for ever.
    const ms = Math.min(wait ?? pollMs, pollMs);
    this.#cancelTimer = this.#clock.after(ms, () => this.#tick());
  }

  async #pass(): Promise<number> {
    const { store, stop, log } = this.#options;
    const { now, stopping, failed } = await tickSchedules(store);
    for (const { id, error } of failed)
      log.error({ err: error, schedule: id }, "a schedule failed; the others went on");
    for (const { viewer, runId } of stopping) {
      await stop(viewer, { runId }).catch((error: unknown) =>
        log.error({ err: error, runId }, "a run could not be stopped"),
      );
    }
    return now;
  }
}
