import type { Claimed } from "../../src/store/runs/claim.ts";
import { endRun } from "../../src/store/endings/run.ts";
import { fenceOf } from "../../src/store/runs/record.ts";
import type { Store } from "../../src/store/database/store.ts";
import { Loop } from "../../src/worker/loop.ts";

/** The real loop, with workers that end their run at once. Its poll is too slow to help. */
export function quickLoop(store: Store, onStart: (claimed: Claimed) => void | Promise<void>): Loop {
  const silent = (): void => {};
  return new Loop({
    store,
    tasks: true,
    concurrency: 4,
    pollMs: 60_000,
    log: { debug: silent, info: silent, warn: console.warn, error: console.error },
    async work(claimed) {
      await onStart(claimed);
      const ending = { state: "completed", message: "Task completed", result: "" } as const;
      await store.transact((tx) => endRun(tx, claimed.run.id, ending, { fence: fenceOf(claimed), readSeq: 1000 }));
    },
  });
}
