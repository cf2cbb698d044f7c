import { expect, onTestFinished, test, vi } from "vitest";
import { SparkyError } from "../../src/core/errors.ts";
import { claimRuns, nextRunDue } from "../../src/store/runs/claim.ts";
import type { Store } from "../../src/store/database/store.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { Loop } from "../../src/worker/loop.ts";
import { startAgent } from "../kit/agent.ts";
import { eachEngine, postgres } from "../kit/databases.ts";
import { people } from "../kit/members.ts";
import { say, scriptedModel } from "../kit/scripted-model.ts";
import { ended, until } from "../kit/worker.ts";

vi.setConfig({ testTimeout: 300_000 });

/** So far off that no test lives to see a poll. */
const NEVER_MS = 3_600_000;

test.each([45, -45, 49, 2000, -2000, 7_200_000, 365 * 86_400_000])(
  "F66 a node whose clock is %i ms off serves each task at its time, not at the next poll",
  async (off) => {
    const place = await postgres.place();
    const right = await postgres.open(place);
    const machine = {
      now: () => Date.now() + off,
      after: (ms: number, fn: () => void) => right.clock.after(ms, fn),
    };
    const store = await postgres.open(place, { machine });
    const { owner } = await people(store);
    await startAgent(store, { model: scriptedModel(() => [say("Done.")]), pollMs: NEVER_MS });
    const now = Date.now();
    const tasks = await Promise.all(
      [150, 300, 450].map((ms) =>
        addTask(store, owner, { instruction: "x", runAt: new Date(now + ms).toISOString() }).then(({ task }) => task),
      ),
    );
    for (const task of tasks) {
      await ended(store, task.runId);
      const run = await store.db
        .selectFrom("runs")
        .selectAll()
        .where("id", "=", task.runId ?? "")
        .executeTakeFirst();
      expect(run?.started_at).toBeGreaterThanOrEqual(Date.parse(task.runAt ?? "") - 60);
    }
  },
);

eachEngine("one pass", (engine) => {
  test("F66 what becomes due after the instant of a pass is not claimed in it, and is what the next one is armed for", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const due = Date.now() + 30;
    await addTask(store, owner, { instruction: "x", runAt: new Date(due).toISOString() });
    const now = due - 1;
    await until("its time to pass", () => Date.now() > due + 100);
    expect(await claimRuns(store, { kind: "task", limit: 4, now })).toEqual([]);
    expect(await nextRunDue(store, now)).toBe(due);
    expect(await nextRunDue(store, due)).toBeNull();
    expect((await claimRuns(store, { kind: "task", limit: 4, now: due })).length).toBe(1);
  });

  test("F67 a run that is claimed is worked on though a later round of the same call fails", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { task } = await addTask(store, owner, { instruction: "first" });
    // In one chat: the first round finds more than it may take, so there is another.
    for (const instruction of ["second", "third"]) await addTask(store, owner, { instruction, chatId: task.chatId });
    const worked: (string | null)[] = [];
    let failed = false;
    const failing: Store = {
      ...store,
      transact: (body) => {
        if (worked.length === 0 || failed) return store.transact(body);
        failed = true;
        return Promise.reject(new SparkyError("unavailable", "away"));
      },
    };
    const errors: unknown[] = [];
    const loop = new Loop({
      store: failing,
      work: async ({ run }) => void worked.push(run.id),
      tasks: true,
      concurrency: 2,
      pollMs: NEVER_MS,
      log: { debug: () => {}, info: () => {}, warn: () => {}, error: (fields) => void errors.push(fields) },
    });
    onTestFinished(() => loop[Symbol.asyncDispose]());
    await loop.start();
    await until("the failure", () => errors.length > 0);
    expect(worked).toEqual([task.runId]);
  });

  test("F67 tasks that cannot be claimed keep no answer to a person waiting, and are claimed at their time", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    let fails = false;
    const failing: Store = {
      ...store,
      transact: (body) => {
        if (!fails) return store.transact(body);
        fails = false;
        return Promise.reject(new SparkyError("unavailable", "away"));
      },
    };
    const agent = await startAgent(failing, { model: scriptedModel(() => [say("Done.")]), pollMs: NEVER_MS });
    const runAt = new Date(Date.now() + 500).toISOString();
    const { task } = await addTask(store, owner, { instruction: "x", runAt });
    await until("the loop to rest", () => agent.loop.size === 0);
    fails = true;
    await addTask(store, owner, { instruction: "y" });
    await until("the failure", () => agent.errors.length > 0);
    await ended(store, task.runId);
    expect(agent.errors.length).toBe(1);
  });
});
