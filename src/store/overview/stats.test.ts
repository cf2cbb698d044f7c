import { expect, test } from "vitest";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { testClock } from "../../../test/kit/clock.ts";
import { createChat, deleteChat } from "../chats/chats.ts";
import { postMessage } from "../chats/messages.ts";
import { claimRuns } from "../runs/claim.ts";
import { endRun } from "../endings/run.ts";
import { createSchedule, runScheduleNow } from "../schedules/change.ts";
import { stats } from "./stats.ts";
import type { Ending } from "../runs/ending.ts";
import { addTask } from "../tasks/add.ts";

const DONE: Ending = { state: "completed", message: "Done", result: "42" };
const FAILED: Ending = { state: "failed", message: "Failed", reason: "no key", code: "test" };
const START = Date.parse("2026-12-01T10:00:00Z");

eachEngine("statistics", (engine) => {
  test("count what ended in the span, with waits and durations, for those who may see it", async () => {
    const clock = testClock(START);
    const store = await engine.store({ clock });
    const { owner, ann } = await people(store);
    const work = async (kind: "task" | "turn", ending: Ending, waitMs: number, tookMs: number) => {
      await clock.advance(waitMs);
      const [claimed] = await claimRuns(store, { kind, limit: 1 });
      if (claimed === undefined) throw new Error("nothing to claim");
      const usage = { input_tokens: 100, output_tokens: 10, cached_tokens: 80, cost_usd: 0.5 };
      await store.db.updateTable("runs").set(usage).where("id", "=", claimed.run.id).execute();
      await clock.advance(tookMs);
      const fence = { runId: claimed.run.id, lease: claimed.lease };
      await store.transact((tx) => endRun(tx, claimed.run.id, ending, { fence, readSeq: Number.MAX_SAFE_INTEGER }));
    };
    const first = await addTask(store, owner, { instruction: "x" });
    await addTask(store, owner, { instruction: "after", dependsOn: [first.task.id] });
    await work("task", FAILED, 1000, 5000);
    await createSchedule(store, owner, { name: "s", when: "every(1 hour)", prompt: "Look" });
    await runScheduleNow(store, owner, "s");
    await work("task", DONE, 2000, 7000);
    const { chat } = await createChat(store, ann, { title: "Ann's" });
    await postMessage(store, ann, chat.id, { text: "Hello" });
    await work("turn", DONE, 0, 3000);
    await clock.advance(1);

    const told = await stats(store, owner, { zone: "Asia/Tokyo" });
    expect(told).toMatchObject({
      since: "2026-11-24T10:00:18.001Z",
      until: "2026-12-01T10:00:18.001Z",
      zone: "Asia/Tokyo",
      tasks: {
        completed: 1,
        failed: 2,
        cancelled: 0,
        inputTokens: 200,
        outputTokens: 20,
        cachedTokens: 160,
        costUsd: 1,
      },
      answers: { completed: 0, wait: null },
      all: { wait: { p50: 1000, p95: 2000, max: 2000 }, took: { p50: 5000, p95: 7000 } },
    });
    expect(told.days).toHaveLength(8);
    expect(told.days.at(-1)).toMatchObject({ day: "2026-12-01", completed: 1, failed: 2 });
    expect(told.origins.find((each) => each.origin === "schedule")).toMatchObject({
      schedule: "s",
      completed: 1,
      costUsd: 0.5,
    });
    expect(told.failures.map((each) => each.count)).toEqual([1, 1]);
    expect(told.failures.map((each) => each.reason)).toContain("no key");
    expect((await stats(store, ann, {})).all).toMatchObject({ completed: 1, failed: 0, took: { max: 3000 } });
    const before = { until: "2026-12-01T10:00:06Z", since: "2026-12-01T09:00:00Z" };
    expect((await stats(store, owner, before)).all).toMatchObject({ completed: 0, failed: 0 });
    await deleteChat(store, ann, chat.id);
    expect((await stats(store, ann, {})).all.completed).toBe(0);
  });

  test.each([
    { query: { since: "2026-12-02T00:00:00Z", until: "2026-12-01T00:00:00Z" }, says: "before" },
    { query: { since: "2020-12-02T00:00:00Z", until: "2026-12-01T00:00:00Z" }, says: "366 days" },
    { query: { zone: "Mars/Olympus" }, says: "no zone" },
  ])("$query is refused", async ({ query, says }) => {
    const store = await engine.store();
    const { owner } = await people(store);
    await expect(stats(store, owner, query)).rejects.toThrow(says);
    await expect(stats(store, owner, query)).rejects.toMatchObject({ code: "invalid_input" });
  });
});
