import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { taskActivity } from "./activity.ts";
import type { Ending } from "../runs/ending.ts";
import { claimRuns, type Claimed } from "../runs/claim.ts";
import { endRun } from "../endings/run.ts";
import { fenceOf } from "../runs/record.ts";
import type { Store } from "../database/store.ts";
import { addTask } from "../tasks/add.ts";
import { deleteTask, retryTask } from "../tasks/change.ts";

const DONE: Ending = { state: "completed", message: "Task completed", result: "42" };
const FAILED: Ending = { state: "failed", message: "Task failed", reason: "no key", code: "model_auth" };

async function claim(store: Store): Promise<Claimed> {
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  if (claimed === undefined) throw new Error("nothing to claim");
  return claimed;
}

const end = (store: Store, claimed: Claimed, ending: Ending) =>
  store.transact((tx) =>
    endRun(tx, claimed.run.id, ending, { fence: fenceOf(claimed), readSeq: Number.MAX_SAFE_INTEGER }),
  );

eachEngine("the activity", (engine) => {
  test("each run that was at work since then is told to whom its task is visible, the one that began last first", async () => {
    const store = await engine.store();
    const { ann, bob } = await people(store);
    const { task } = await addTask(store, ann, { instruction: "Try it" });
    await end(store, await claim(store), FAILED);
    await retryTask(store, ann, task.id);
    const second = await claim(store);
    await addTask(store, ann, { instruction: "Wait for later", runAt: "2999-01-01T00:00:00Z" });

    const seen = await taskActivity(store, ann, {});
    expect(seen.items.map(({ title, state, reason }) => ({ title, state, reason }))).toEqual([
      { title: "Try it", state: "working", reason: null },
      { title: "Try it", state: "failed", reason: "no key" },
    ]);
    expect(seen.total).toBe(2);
    expect(await taskActivity(store, bob, {})).toEqual({ items: [], next: null, total: 0 });

    // What ended before is out; what still works is in, whenever it began.
    const later = new Date(store.clock.now() + 60_000).toISOString();
    expect((await taskActivity(store, ann, { since: later })).items.map(({ runId }) => runId)).toEqual([second.run.id]);
    await end(store, second, DONE);
    expect((await taskActivity(store, ann, { since: later })).items).toEqual([]);
    expect(await taskActivity(store, ann, { limit: 1 })).toMatchObject({ items: [{ state: "completed" }], total: 2 });
    await deleteTask(store, ann, task.id);
    expect((await taskActivity(store, ann, {})).total).toBe(0);
  });
});
