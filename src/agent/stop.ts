import { forceCancel, requestStop, type StopOutcome, type StopTarget } from "../store/endings/stop.ts";
import { cancelTask } from "../store/tasks/change.ts";
import type { Store } from "../store/database/store.ts";
import type { User } from "../store/people/user.ts";
import type { Log } from "../core/log.ts";

/** A worker has this long to end a stopped run itself; then the node that took the command does. */
const FORCE_AFTER_MS = 1500;

/** Stops runs for people, and sees to it that each ends within 2 s whatever its worker does. */
export class Stopper implements Disposable {
  readonly #store: Store;
  readonly #log: Log;
  readonly #timers = new Map<string, () => void>();

  constructor(store: Store, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  async stop(viewer: User, target: StopTarget): Promise<{ readonly runId: string | null }> {
    return this.#watch(await requestStop(this.#store, viewer, target));
  }

  async cancelTask(viewer: User, taskId: string): Promise<{ readonly runId: string | null }> {
    return this.#watch(await cancelTask(this.#store, viewer, taskId));
  }

  [Symbol.dispose](): void {
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
  }

  #watch({ runId, working }: StopOutcome): { readonly runId: string | null } {
    if (runId !== null && working && !this.#timers.has(runId)) {
      const cancel = this.#store.clock.after(FORCE_AFTER_MS, () => {
        this.#timers.delete(runId);
        void this.#force(runId);
      });
      this.#timers.set(runId, cancel);
    }
    return { runId };
  }

  async #force(runId: string): Promise<void> {
    try {
      await forceCancel(this.#store, runId);
    } catch (error) {
      this.#log.error({ err: error, runId }, "a stopped run could not be ended");
    }
  }
}
