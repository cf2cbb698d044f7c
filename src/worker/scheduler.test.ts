import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { startAgent, story } from "../../test/kit/agent.ts";
import { testClock, type TestClock } from "../../test/kit/clock.ts";
import { postgres, sqlite } from "../../test/kit/databases.ts";
import { people } from "../../test/kit/members.ts";
import { say, scriptedModel } from "../../test/kit/scripted-model.ts";
import { until } from "../../test/kit/worker.ts";
import { checkSchedule, getSchedule, scheduleHistory } from "../store/schedules/read.ts";
import { createSchedule } from "../store/schedules/change.ts";
import { claimRuns } from "../store/runs/claim.ts";
import { tickSchedules } from "../store/schedules/tick.ts";
import type { Store } from "../store/database/store.ts";
import { Scheduler } from "./scheduler.ts";

const MINUTE = 60_000;

function startScheduler(
  store: Store,
  stop: ConstructorParameters<typeof Scheduler>[0]["stop"] = async () => {},
): unknown[] {
  const errors: unknown[] = [];
  const log = { debug: () => {}, info: () => {}, warn: () => {}, error: (fields: object) => void errors.push(fields) };
  const scheduler = new Scheduler({ store, stop, pollMs: 10_000, log });
  onTestFinished(() => scheduler[Symbol.asyncDispose]());
  scheduler.start();
  return errors;
}

/** Lets what is under way come to rest: the scheduler has armed its timer again. */
async function settled(clock: TestClock): Promise<void> {
  let before = -1;
  await until("the timers", async () => {
    await wait(60);
    const same = clock.pending === before;
    before = clock.pending;
    return same && before > 0;
  });
}

test("two nodes serve an instant at its time, once, and it runs", async () => {
  const place = await postgres.place();
  const nodes = [await postgres.open(place), await postgres.open(place)] as const;
  const { owner } = await people(nodes[0]);
  const errors = nodes.map((store) => startScheduler(store));
  await startAgent(nodes[1], { model: scriptedModel(() => [say("Done.")]) });
  const due = Math.ceil(Date.now() / 1000 + 1) * 1000;
  const when = `at(${new Date(due).toISOString().slice(0, 19)})`;
  await createSchedule(nodes[0], owner, { name: "once", when, prompt: "Look" });
  const rows = async () => (await scheduleHistory(nodes[0], owner, "once", {})).items;
  await until("its end", async () => (await rows())[0]?.outcome === "ran");
  expect(await rows()).toMatchObject([{ dueAt: new Date(due).toISOString(), outcome: "ran" }]);
  expect(Date.parse((await rows())[0]?.startedAt ?? "")).toBeGreaterThanOrEqual(due);
  expect(await checkSchedule(nodes[1], owner, "once")).toMatchObject({ ok: true, due: 1, recorded: 1 });
  expect(errors).toEqual([[], []]);
});

test("F4 F45 a schedule that is added while it runs is served at its instants, each run told once in one chat", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  const agent = await startAgent(store, { model: scriptedModel(() => [say("All well.")]) });
  const errors = startScheduler(store);
  await createSchedule(store, owner, { name: "look", when: "every(1 minute)", prompt: "Look" });
  const rows = async () => (await scheduleHistory(store, owner, "look", {})).items;
  for (let n = 1; n <= 3; n++) {
    await settled(clock);
    await clock.advance(MINUTE);
    await until(`run ${n}`, async () => (await rows()).length === n && (await rows())[0]?.outcome === "ran");
  }
  const { chatId } = await getSchedule(store, owner, "look");
  const once = ["queued", "user: Look", "starting", "assistant: All well.", "completed"];
  expect(await story(store, chatId ?? "")).toEqual([...once, ...once, ...once]);
  expect(new Set((await rows()).map((row) => row.runId)).size).toBe(3);
  expect(await checkSchedule(store, owner, "look")).toMatchObject({ ok: true, due: 3, recorded: 3 });
  expect([...errors, ...agent.errors]).toEqual([]);
});

test("a run that overlap ends is handed to whoever stops runs in time", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  const stopped: string[] = [];
  startScheduler(store, async (_viewer, { runId }) => void stopped.push(runId));
  await createSchedule(store, owner, { name: "slow", when: "every(1 minute)", prompt: "Wait", overlap: "cancel" });
  const rows = async () => (await scheduleHistory(store, owner, "slow", {})).items;
  await settled(clock);
  await clock.advance(MINUTE);
  await until("the first instant", async () => (await rows()).length === 1);
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  await settled(clock);
  await clock.advance(MINUTE);
  await until("the stop", () => stopped.length > 0);
  expect(stopped).toEqual([claimed?.run.id]);
  expect((await rows()).map((row) => row.outcome)).toEqual(["queued", "running"]);
});

test("a run that a crash took, and that nobody says should go on, fails and says so", async () => {
  const clock = testClock();
  const place = await sqlite.place();
  const before = await sqlite.open(place, { clock });
  const { owner } = await people(before);
  await createSchedule(before, owner, { name: "s", when: "every(1 minute)", prompt: "Look", onCrash: "ask" });
  clock.step(MINUTE);
  await tickSchedules(before);
  expect(await claimRuns(before, { kind: "task", limit: 1 })).toHaveLength(1);
  await before[Symbol.asyncDispose]();
  const store = await sqlite.open(place, { clock });
  await startAgent(store, { model: scriptedModel(() => []) });
  const row = async () => (await scheduleHistory(store, owner, "s", {})).items.at(-1);
  expect(await row()).toMatchObject({ outcome: "running" });
  await settled(clock);
  await clock.advance(24 * 60 * MINUTE);
  await until("its end", async () => (await row())?.outcome === "failed");
  expect(await row()).toMatchObject({
    reason: "it was interrupted by a crash, and nobody said in time that it should go on",
  });
  const states = (await store.db.selectFrom("approvals").select("state").execute()).map(({ state }) => state);
  expect(states).toEqual(["expired"]);
});

test("a schedule that fails is reported, and the others go on", async () => {
  const clock = testClock();
  const store = await sqlite.store({ clock });
  const { owner } = await people(store);
  await createSchedule(store, owner, { name: "bad", when: "every(1 minute)", prompt: "Look" });
  await createSchedule(store, owner, { name: "good", when: "every(1 minute)", prompt: "Look" });
  await store.db.updateTable("schedules").set({ metadata: "{" }).where("name", "=", "bad").execute();
  const errors = startScheduler(store);
  await settled(clock);
  await clock.advance(MINUTE);
  await until("the good one", async () => (await scheduleHistory(store, owner, "good", {})).total === 1);
  expect(errors.length).toBeGreaterThan(0);
  expect((await scheduleHistory(store, owner, "good", {})).total).toBe(1);
});
