import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { requestApprovals } from "../approvals/approvals.ts";
import type { Store } from "../database/store.ts";
import { endRun, waitForOthers } from "../endings/run.ts";
import { taskActivity } from "../overview/activity.ts";
import { away } from "../overview/away.ts";
import { activeRuns } from "../overview/status.ts";
import { getRun } from "../overview/run.ts";
import { workNow } from "../overview/work.ts";
import { claimRuns, type Claimed } from "../runs/claim.ts";
import type { Ending } from "../runs/ending.ts";
import { fenceOf } from "../runs/record.ts";
import { createSchedule, runScheduleNow } from "../schedules/change.ts";
import { scheduleHistory } from "../schedules/read.ts";
import { cancelTask } from "./change.ts";
import { getTask, listTaskRuns, listTasks } from "./read.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const FLAWED: Ending = {
  state: "completed",
  message: "Task completed, one tool failed",
  result: "42",
  flaws: "one tool failed",
};

async function claim(store: Store): Promise<Claimed> {
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  if (claimed === undefined) throw new Error("nothing to claim");
  return claimed;
}

const end = (store: Store, claimed: Claimed, ending: Ending) =>
  store.transact((tx) => endRun(tx, claimed.run.id, ending, { readSeq: Number.MAX_SAFE_INTEGER, raise: true }));

eachEngine("how a task is told of", (engine) => {
  test("what a person takes is not work, and what waits for one says so, wherever it is told of", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { owner } = await people(store);
    await createSchedule(store, owner, { name: "s", when: "every(1 day)", prompt: "Look" });
    const task = await runScheduleNow(store, owner, "s");
    const claimed = await claim(store);
    const began = new Date(clock.now()).toISOString();
    expect(await getTask(store, owner, task.id)).toMatchObject({ workingSince: began, workedMs: 0, waitsFor: null });

    clock.step(27 * SECOND);
    const args = { command: "ls" };
    const call = { callId: "c1", tool: "shell", effect: "external", summary: "ls", args } as const;
    await requestApprovals(store, claimed, [call], 60 * MINUTE);
    await store.transact((tx) => waitForOthers(tx, claimed.run.id, fenceOf(claimed)));
    clock.step(19 * MINUTE);
    const waits = { workingSince: null, workedMs: 27 * SECOND, waitsFor: "approval" };
    const places = async () => [
      await getTask(store, owner, task.id),
      (await listTasks(store, owner)).items[0],
      (await listTaskRuns(store, owner, task.id)).items[0],
      await getRun(store, owner, claimed.run.id),
      (await taskActivity(store, owner, {})).items[0],
      (await scheduleHistory(store, owner, "s", {})).items[0],
    ];
    for (const told of await places()) expect(told).toMatchObject(waits);
    expect(await activeRuns(store, owner)).toMatchObject([waits]);
    expect(await workNow(store, owner)).toMatchObject([{ state: "waiting", waitsFor: "approval" }]);

    await cancelTask(store, owner, task.id);
    for (const told of await places()) expect(told).toMatchObject({ ...waits, waitsFor: null });
  });

  test("what was completed with a failed call says so, and what went well does not", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    await createSchedule(store, owner, { name: "s", when: "every(1 day)", prompt: "Look" });
    const flawed = await runScheduleNow(store, owner, "s");
    await end(store, await claim(store), FLAWED);
    const fine = await runScheduleNow(store, owner, "s");
    await end(store, await claim(store), { state: "completed", message: "Task completed", result: "42" });

    expect([await getTask(store, owner, flawed.id), await getTask(store, owner, fine.id)]).toMatchObject([
      { status: "completed", flaws: "one tool failed" },
      { status: "completed", flaws: null },
    ]);
    const reasons = (items: readonly { readonly taskId: string | null; readonly reason: string | null }[]) =>
      Object.fromEntries(items.map(({ taskId, reason }) => [taskId, reason]));
    const all = { [flawed.id]: "one tool failed", [fine.id]: null };
    expect(reasons((await taskActivity(store, owner, {})).items)).toEqual(all);
    expect(reasons((await scheduleHistory(store, owner, "s", {})).items)).toEqual(all);
    expect(reasons((await away(store, owner)).items)).toEqual(all);
    expect(reasons((await listTaskRuns(store, owner, flawed.id)).items)).toEqual({ [flawed.id]: "one tool failed" });
  });
});
