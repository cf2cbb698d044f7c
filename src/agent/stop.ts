import { isSparkyError } from "../core/errors.ts";
import { stopDelegated } from "../store/delegated/tend.ts";
import { forceCancel, requestStop, stopWorkOf, type StopOutcome, type StopTarget } from "../store/endings/stop.ts";
import { cancelTask } from "../store/tasks/change.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import type { Log } from "../core/log.ts";

/** A worker has this long to end a stopped run itself; then the node that took the command does. */
const FORCE_AFTER_MS = 1500;
/** While the database cannot be used. */
const AGAIN_MS = 1000;

/** Stops runs, and sees to it that each ends within 2 s whatever its worker does. */
export class Stopper implements Disposable {
  readonly #store: Store;
  readonly #log: Log;
  readonly #timers = new Map<string, () => void>();
  #disposed = false;

  constructor(store: Store, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  async stop(viewer: User, target: StopTarget): Promise<{ readonly runId: string | null }> {
    return this.#stopped(await requestStop(this.#store, viewer, target));
  }

  /** All work of somebody, for a reason that is told with it. */
  async stopWorkOf(by: User, userId: string, why: string): Promise<void> {
    for (const outcome of await stopWorkOf(this.#store, by, userId, why)) await this.#stopped(outcome);
  }

  async cancelTask(viewer: User, taskId: string): Promise<{ readonly runId: string | null }> {
    return this.#stopped(await cancelTask(this.#store, viewer, taskId));
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  /** What the run has delegated is stopped with it; if that fails now, the loop's next look finds it. */
  async #stopped(outcome: StopOutcome): Promise<{ readonly runId: string | null }> {
    const stopped = this.watch(outcome);
    try {
      for (const child of await stopDelegated(this.#store)) this.watch(child);
    } catch (error) {
      this.#log.warn({ err: error }, "what a stopped run has delegated could not be stopped yet");
    }
    return stopped;
  }

  /** Ends what somebody else has told to stop, if it has not ended in time. */
  watch({ runId, working }: StopOutcome): { readonly runId: string | null } {
    if (runId !== null && working && !this.#timers.has(runId)) this.#forceIn(FORCE_AFTER_MS, runId);
    return { runId };
  }

  #forceIn(ms: number, runId: string): void {
    const cancel = this.#store.clock.after(ms, () => {
      this.#timers.delete(runId);
      void this.#force(runId);
    });
    this.#timers.set(runId, cancel);
  }

  async #force(runId: string): Promise<void> {
    try {
      await forceCancel(this.#store, runId);
    } catch (error) {
      if (this.#disposed) return;
      const again = isSparkyError(error, "unavailable");
      this.#log[again ? "warn" : "error"]({ err: error, runId }, "a stopped run could not be ended");
      if (again) this.#forceIn(AGAIN_MS, runId);
    }
  }
}
