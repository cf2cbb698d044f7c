import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testClock, type TestClock } from "../../../test/kit/clock.ts";
import { eachEngine, type Engine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { away } from "../overview/away.ts";
import { deleteChat } from "../chats/chats.ts";
import { claimRuns } from "../runs/claim.ts";
import { endRun } from "../endings/run.ts";
import { sweepRuns } from "../endings/sweep.ts";
import { tickSchedules } from "./tick.ts";
import { checkSchedule, getSchedule, nextInstants, scheduleHistory } from "./read.ts";
import { createSchedule, deleteSchedule, patchSchedule, runScheduleNow, type NewSchedule } from "./change.ts";
import type { Store } from "../database/store.ts";
import { cancelTask, deleteTask } from "../tasks/change.ts";
import { getTask } from "../tasks/read.ts";
import { verifySchedules } from "../verify/schedules.ts";
import type { User } from "../people/user.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

interface Scene {
  readonly store: Store;
  readonly clock: TestClock;
  readonly owner: User;
  readonly ann: User;
  add(settings?: Partial<NewSchedule>): Promise<void>;
  /** Time goes on so far, then a node ticks. */
  later(ms: number): Promise<void>;
  /** Claims the next run and ends it. */
  work(state?: "completed" | "failed"): Promise<string>;
  /** Outcomes with their reasons, the oldest first. */
  ledger(): Promise<string[]>;
}

async function scene(engine: Engine): Promise<Scene> {
  const clock = testClock();
  const store = await engine.store({ clock });
  const { owner, ann } = await people(store);
  return {
    store,
    clock,
    owner,
    ann,
    async add(settings = {}) {
      await createSchedule(store, owner, { name: "s", when: "every(10 minutes)", prompt: "Look", ...settings });
    },
    async later(ms) {
      clock.step(ms);
      expect((await tickSchedules(store)).failed).toEqual([]);
    },
    async work(state = "completed") {
      const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
      const { run, lease, chat } = claimed!;
      const ending =
        state === "completed"
          ? ({ state, message: "Done", result: "ok" } as const)
          : ({ state, message: "Failed", reason: "no model", code: "model" } as const);
      await store.transact((tx) =>
        endRun(tx, run.id, ending, { readSeq: chat.head + 99, fence: { runId: run.id, lease } }),
      );
      return run.task_id ?? "";
    },
    async ledger() {
      const { items } = await scheduleHistory(store, owner, "s", { limit: 500 });
      const words = items.map(({ outcome, reason, count, manual }) =>
        [outcome, reason ?? "", count > 1 ? `×${count}` : "", manual ? "manual" : ""].filter(Boolean).join(" "),
      );
      return words.reverse();
    },
  };
}

const agrees = async ({ store, owner }: Scene, due: number): Promise<void> =>
  expect(await checkSchedule(store, owner, "s")).toMatchObject({
    ok: true,
    due,
    recorded: due,
    missing: [],
    extra: [],
  });

eachEngine("schedules", (engine) => {
  test("F3 F47 each due instant gets a task of its own in the schedule's one chat, and its end is the outcome", async () => {
    const it = await scene(engine);
    await it.add();
    await it.later(10 * MINUTE - 1);
    expect(await it.ledger()).toEqual([]);
    await it.later(1);
    expect(await it.ledger()).toEqual(["queued"]);
    const first = await it.work();
    await it.later(10 * MINUTE);
    const second = await it.work("failed");
    await it.later(10 * MINUTE);
    expect(await it.ledger()).toEqual(["ran", "failed no model", "queued"]);
    const { items } = await scheduleHistory(it.store, it.owner, "s", {});
    expect(new Set(items.map((item) => item.taskId)).size).toBe(3);
    expect(items[1]).toMatchObject({ taskId: second, dueAt: "2026-01-05T09:20:00.000Z" });
    const tasks = await Promise.all([first, second].map((id) => getTask(it.store, it.owner, id)));
    expect(new Set(tasks.map((task) => task.chatId)).size).toBe(1);
    expect(new Set(tasks.map((task) => task.runId)).size).toBe(2);
    expect(items[1]?.runId).toBe(tasks[1]?.runId);
    await agrees(it, 3);
  });

  test("F40 two nodes that tick together make one row and one task for each instant", async () => {
    const it = await scene(engine);
    const place = await engine.place();
    const a = await engine.open(place, { clock: it.clock });
    // SQLite has one node: there it ticks in its own way.
    const b = engine.kind === "sqlite" ? a : await engine.open(place, { clock: it.clock });
    const { owner } = await people(a);
    const names = Array.from({ length: 8 }, (_, i) => `s${i}`);
    for (const name of names) {
      await createSchedule(a, owner, {
        name,
        when: "every(1 minute)",
        prompt: "Look",
        overlap: "queue",
        catchUp: "all",
      });
    }
    for (let round = 0; round < 3; round++) {
      it.clock.step(MINUTE);
      const ticks = await Promise.all([tickSchedules(a), tickSchedules(b), tickSchedules(a)]);
      expect(ticks.flatMap((tick) => tick.failed)).toEqual([]);
    }
    for (const name of names) {
      expect((await scheduleHistory(b, owner, name, {})).total).toBe(3);
      expect(await checkSchedule(b, owner, name)).toMatchObject({ ok: true, due: 3 });
    }
    const tasks = await a.db.selectFrom("tasks").select("id").execute();
    const linked = await a.db.selectFrom("occurrences").select("task_id").where("task_id", "is not", null).execute();
    expect(new Set(tasks.map((task) => task.id))).toEqual(new Set(linked.map((row) => row.task_id)));
    expect(tasks.length).toBe(8);
  });

  test.each([
    { catchUp: "skip", is: ["skipped down", "skipped down", "skipped down"] },
    { catchUp: "latest", is: ["skipped down", "skipped down", "queued"] },
    { catchUp: "all", is: ["queued", "queued", "queued"] },
  ] as const)(
    "down over several due instants, with catchUp $catchUp every one is accounted for",
    async ({ catchUp, is }) => {
      const it = await scene(engine);
      await it.add({ catchUp });
      await it.later(35 * MINUTE);
      expect(await it.ledger()).toEqual(is);
      for (const word of is) if (word === "queued") await it.work();
      expect(await it.ledger()).toEqual(is.map((word) => (word === "queued" ? "ran late" : word)));
      await it.later(5 * MINUTE);
      expect((await it.ledger()).slice(3)).toEqual(["queued"]);
      await agrees(it, 4);
    },
  );

  test("catching up leaves out what is too old or too many, and says that the policy did", async () => {
    const it = await scene(engine);
    await it.add({ catchUp: "all", catchUpMax: 2, catchUpMaxAgeSeconds: 3600 });
    await it.later(95 * MINUTE);
    expect(await it.ledger()).toEqual([...Array.from({ length: 7 }, () => "skipped policy"), "queued", "queued"]);
    await agrees(it, 9);
  });

  test("a year away is one pass and a handful of rows, and the ledger still adds up", async () => {
    const it = await scene(engine);
    await it.add({ when: "every(20 minutes)" });
    await it.later(365 * 24 * HOUR + 10 * MINUTE);
    expect(await it.ledger()).toEqual([`skipped down ×${365 * 72 - 1}`, "queued"]);
    await agrees(it, 365 * 72);
  });

  test.each([
    { overlap: "skip", is: ["running", "skipped overlap", "skipped overlap"] },
    { overlap: "queue", is: ["running", "queued", "merged overlap"] },
  ] as const)("while the task before has not ended, overlap $overlap holds", async ({ overlap, is }) => {
    const it = await scene(engine);
    await it.add({ overlap });
    await it.later(10 * MINUTE);
    expect(await claimRuns(it.store, { kind: "task", limit: 4 })).toHaveLength(1);
    await it.later(10 * MINUTE);
    await it.later(10 * MINUTE);
    expect(await it.ledger()).toEqual(is);
    await agrees(it, 3);
  });

  test("overlap cancel ends the task before, and names the run that must stop", async () => {
    const it = await scene(engine);
    await it.add({ overlap: "cancel" });
    await it.later(10 * MINUTE);
    const [claimed] = await claimRuns(it.store, { kind: "task", limit: 1 });
    it.clock.step(10 * MINUTE);
    const { stopping } = await tickSchedules(it.store);
    expect(stopping.map(({ runId }) => runId)).toEqual([claimed?.run.id]);
    await it.later(10 * MINUTE);
    expect(await it.ledger()).toEqual(["running", "cancelled by owner", "queued"]);
    await agrees(it, 3);
  });

  test("F43 a due instant gets its row and task while another task runs", async () => {
    const it = await scene(engine);
    await it.add({ overlap: "queue" });
    await createSchedule(it.store, it.owner, { name: "other", when: "every(15 minutes)", prompt: "Work" });
    await it.later(10 * MINUTE);
    expect(await claimRuns(it.store, { kind: "task", limit: 1 })).toHaveLength(1);
    await it.later(5 * MINUTE);
    expect((await scheduleHistory(it.store, it.owner, "other", {})).items[0]?.outcome).toBe("queued");
    expect(await claimRuns(it.store, { kind: "task", limit: 1 })).toHaveLength(1);
  });

  test("F42 clearing tasks, or the chat, makes no schedule fire, and the ledger stays", async () => {
    const it = await scene(engine);
    await it.add();
    await it.later(10 * MINUTE);
    const ran = await it.work();
    await it.later(10 * MINUTE);
    const { chatId } = await getTask(it.store, it.owner, ran);
    await deleteTask(it.store, it.owner, ran);
    await deleteChat(it.store, it.owner, chatId);
    await it.later(1);
    expect(await it.ledger()).toEqual(["ran", "cancelled by owner"]);
    await it.later(10 * MINUTE);
    const { items } = await scheduleHistory(it.store, it.owner, "s", {});
    expect((await getTask(it.store, it.owner, items[0]?.taskId ?? "")).chatId).not.toBe(chatId);
    await agrees(it, 3);
  });

  test("paused instants are rows, disabled ones are none, and a pause with an end goes on by itself", async () => {
    const it = await scene(engine);
    await it.add();
    await it.later(5 * MINUTE);
    const pausedUntil = new Date(it.clock.now() + 20 * MINUTE).toISOString();
    await patchSchedule(it.store, it.owner, "s", { state: "paused", pausedUntil });
    expect(await nextInstants(it.store, it.owner, "s", 1)).toEqual(["2026-01-05T09:30:00.000Z"]);
    await it.later(21 * MINUTE);
    expect(await getSchedule(it.store, it.owner, "s")).toMatchObject({ state: "enabled", pausedUntil: null });
    await it.later(4 * MINUTE);
    expect(await it.ledger()).toEqual(["skipped paused", "skipped paused", "queued"]);
    await it.work();
    await patchSchedule(it.store, it.owner, "s", { state: "disabled" });
    await it.later(HOUR + MINUTE);
    expect(await getSchedule(it.store, it.owner, "s")).toMatchObject({ nextDueAt: null });
    await patchSchedule(it.store, it.owner, "s", { state: "enabled" });
    expect(await nextInstants(it.store, it.owner, "s", 2)).toEqual([
      "2026-01-05T10:40:00.000Z",
      "2026-01-05T10:50:00.000Z",
    ]);
    await it.later(10 * MINUTE);
    expect(await it.ledger()).toHaveLength(4);
    await agrees(it, 4);
  });

  test("F45 an edit counts at once, settles what was due before it by the old rule, and keeps the phase of the rest", async () => {
    const it = await scene(engine);
    await it.add({ catchUp: "skip" });
    it.clock.step(25 * MINUTE);
    await patchSchedule(it.store, it.owner, "s", { prompt: "Look again" });
    expect(await it.ledger()).toEqual(["skipped down", "skipped down"]);
    expect((await getSchedule(it.store, it.owner, "s")).nextDueAt).toBe("2026-01-05T09:30:00.000Z");
    await patchSchedule(it.store, it.owner, "s", { when: "cron(0 12 * * *)", timezone: "Europe/Berlin" });
    await it.later(3 * HOUR);
    expect((await scheduleHistory(it.store, it.owner, "s", {})).items[0]?.dueAt).toBe("2026-01-05T11:00:00.000Z");
    await agrees(it, 3);
  });

  test("failures in a row pause the schedule, with an event in its chat; enabling it starts afresh", async () => {
    const it = await scene(engine);
    await it.add({ maxFailures: 2 });
    for (let i = 0; i < 2; i++) {
      await it.later(10 * MINUTE);
      await it.work("failed");
    }
    const schedule = await getSchedule(it.store, it.owner, "s");
    expect(schedule).toMatchObject({ state: "paused", pauseReason: "failed 2 times in a row", nextDueAt: null });
    const events = await it.store.db
      .selectFrom("events")
      .select("body")
      .where("chat_id", "=", schedule.chatId)
      .execute();
    const told = events.map(({ body }) => JSON.parse(body)).filter((event) => event.type === "schedule");
    expect(told.map((event) => event.data)).toEqual([
      {
        change: "paused",
        schedule: "s",
        reason: "failed 2 times in a row",
        message: 'The schedule "s" was paused: it failed 2 times in a row',
      },
    ]);
    expect((await away(it.store, it.owner)).items[0]).toMatchObject({ kind: "paused", title: "s" });
    await it.later(10 * MINUTE);
    await patchSchedule(it.store, it.owner, "s", { state: "enabled" });
    await it.later(10 * MINUTE);
    await it.work();
    expect(await it.ledger()).toEqual(["failed no model", "failed no model", "skipped paused", "ran"]);
    expect(await getSchedule(it.store, it.owner, "s")).toMatchObject({ failures: 0, state: "enabled" });
    await agrees(it, 4);
  });

  test("what was missed before a failure is caught up with all the same: the rest begins with the failure", async () => {
    const it = await scene(engine);
    await it.add({ when: "every(10 minutes)" });
    await it.later(10 * MINUTE);
    it.clock.step(30 * MINUTE + 1000);
    await it.work("failed");
    await it.later(30_000);
    expect(await it.ledger()).toEqual(["failed no model", "skipped down", "skipped down", "queued"]);
    await agrees(it, 4);
  });

  test("after a failure it rests, longer each time in a row, with a row for what is due meanwhile; a success ends that", async () => {
    const it = await scene(engine);
    await it.add({ when: "every(30 seconds)", maxFailures: 0 });
    const half = MINUTE / 2;
    for (const [failures, rows] of [
      [1, 1],
      [2, 3],
      [3, 7],
    ] as const) {
      await it.later(half);
      it.clock.step(1000);
      await it.work("failed");
      it.clock.step(-1000);
      const { restsUntil, nextDueAt, ...rest } = await getSchedule(it.store, it.owner, "s");
      expect(rest.failures).toBe(failures);
      expect(Date.parse(restsUntil ?? "")).toBe(it.clock.now() + 1000 + 2 ** (failures - 1) * MINUTE);
      expect(Date.parse(nextDueAt ?? "")).toBe(it.clock.now() + (rows + 2) * half);
      for (let i = 0; i <= rows; i++) await it.later(half);
    }
    await it.later(half);
    await it.work();
    expect(await getSchedule(it.store, it.owner, "s")).toMatchObject({ failures: 0, restsUntil: null });
    await it.later(half);
    const skips = (n: number): string[] => Array.from({ length: n }, () => "skipped backoff");
    expect(await it.ledger()).toEqual([
      "failed no model",
      ...skips(2),
      "failed no model",
      ...skips(4),
      "failed no model",
      ...skips(8),
      "ran",
      "queued",
    ]);
    await agrees(it, 19);
    const { items, totals } = await away(it.store, it.owner);
    expect(totals).toMatchObject({ skipped: 14, failed: 3, completed: 1 });
    expect(items.find((item) => item.kind === "skipped")).toMatchObject({
      title: "s",
      reason: expect.stringMatching(/^The run of 2026-01-05T09:.*Z was skipped: it rests after a failure$/),
    });
  });

  test("a prompt's file that is no longer there is a failure with its reason, and counts as one; the others go on", async () => {
    const it = await scene(engine);
    const file = join(await tempHome(), "look.md");
    writeFileSync(file, "Look");
    await it.add({ prompt: `file(${file})`, maxFailures: 2 });
    await createSchedule(it.store, it.owner, { name: "other", when: "every(10 minutes)", prompt: "Look" });
    await it.later(10 * MINUTE);
    await it.work();
    await it.work();
    rmSync(file);
    for (const words of [null, ""]) {
      if (words !== null) writeFileSync(file, words);
      await it.later(10 * MINUTE);
      await it.work();
    }
    expect(await it.ledger()).toEqual([
      "ran",
      `failed ${file} cannot be read: there is no such file`,
      `failed ${file} is empty`,
    ]);
    expect(await getSchedule(it.store, it.owner, "s")).toMatchObject({ state: "paused", nextDueAt: null });
    expect((await scheduleHistory(it.store, it.owner, "other", {})).items.map((row) => row.outcome)).toEqual([
      "ran",
      "ran",
      "ran",
    ]);
    await it.later(10 * MINUTE);
    expect((await it.ledger()).at(-1)).toBe("skipped paused");
    await agrees(it, 4);
  });

  test("what it skipped is told once a pass in its chat, and to whoever was away", async () => {
    const it = await scene(engine);
    await it.add({ catchUp: "skip" });
    await it.later(10 * MINUTE);
    await it.later(10 * MINUTE);
    await it.work();
    await it.later(65 * MINUTE);
    const { items } = await away(it.store, it.owner);
    expect(items.filter((item) => item.kind === "skipped").map((item) => item.reason)).toEqual([
      "6 runs from 2026-01-05T09:30:00.000Z to 2026-01-05T10:20:00.000Z were skipped: Sparky was not running",
      "The run of 2026-01-05T09:20:00.000Z was skipped: the run before had not ended",
    ]);
    expect((await away(it.store, it.ann)).items).toEqual([]);
  });

  test("a pause that is over by itself stands in no other change's way", async () => {
    const it = await scene(engine);
    await it.add();
    const pausedUntil = new Date(it.clock.now() + 5 * MINUTE).toISOString();
    await patchSchedule(it.store, it.owner, "s", { state: "paused", pausedUntil });
    await it.later(6 * MINUTE);
    await patchSchedule(it.store, it.owner, "s", { description: "Looks" });
    await it.later(4 * MINUTE);
    expect(await it.ledger()).toEqual(["queued"]);
    expect(await getSchedule(it.store, it.owner, "s")).toMatchObject({ state: "enabled", description: "Looks" });
    for (const patch of [{ pausedUntil: "2999-01-01T00:00:00Z" }, { state: "paused", pausedUntil } as const]) {
      await expect(patchSchedule(it.store, it.owner, "s", patch)).rejects.toMatchObject({ code: "invalid_input" });
    }
  });

  test("run now is one more row, marked manual, in the same chat, and no instant of the rule", async () => {
    const it = await scene(engine);
    await it.add();
    await it.later(10 * MINUTE);
    const ran = await getTask(it.store, it.owner, await it.work());
    await it.later(1000);
    const task = await runScheduleNow(it.store, it.owner, "s");
    expect(task).toMatchObject({ chatId: ran.chatId, schedule: "s", instruction: "Look" });
    expect(await it.ledger()).toEqual(["ran", "queued manual"]);
    await cancelTask(it.store, it.owner, task.id);
    expect(await it.ledger()).toEqual(["ran", "cancelled by owner manual"]);
    await agrees(it, 1);
  });

  test.each([
    { onCrash: "retry", is: "running", status: "in_progress" },
    {
      onCrash: "leave",
      is: "interrupted its worker was lost in the middle; it is left as it is, and can be retried",
      status: "failed",
    },
  ] as const)("killed in mid-run, with onCrash $onCrash the ledger says $status", async ({ onCrash, is, status }) => {
    const it = await scene(engine);
    const place = await engine.place();
    const first = await engine.open(place, { clock: it.clock });
    const { owner } = await people(first);
    await createSchedule(first, owner, { name: "s", when: "every(10 minutes)", prompt: "Look", onCrash });
    it.clock.step(10 * MINUTE);
    await tickSchedules(first);
    expect(await claimRuns(first, { kind: "task", limit: 1 })).toHaveLength(1);
    await first[Symbol.asyncDispose]();
    const second = await engine.open(place, { clock: it.clock });
    if (engine.kind === "postgres") await second.db.updateTable("runs").set({ lease_until: 1 }).execute();
    expect(await sweepRuns(second)).toBe(1);
    const { items } = await scheduleHistory(second, owner, "s", {});
    expect(items.map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(" "))).toEqual([is]);
    expect(await getTask(second, owner, items[0]?.taskId ?? "")).toMatchObject({ status });
    expect(await checkSchedule(second, owner, "s")).toMatchObject({ ok: true, due: 1 });
  });

  test("the check finds a row that is missing, and one that is too many", async () => {
    const it = await scene(engine);
    await it.add({ catchUp: "skip" });
    await it.later(45 * MINUTE);
    await agrees(it, 4);
    const rows = await it.store.db.selectFrom("occurrences").selectAll().orderBy("due_at").execute();
    await it.store.db
      .deleteFrom("occurrences")
      .where("id", "=", rows[1]?.id ?? "")
      .execute();
    await it.store.db
      .insertInto("occurrences")
      .values({ ...rows[1]!, due_at: rows[1]!.due_at + 1 })
      .execute();
    expect(await checkSchedule(it.store, it.owner, "s")).toMatchObject({
      ok: false,
      missing: ["2026-01-05T09:20:00.000Z"],
      extra: ["2026-01-05T09:20:00.001Z"],
    });
  });

  test("verification finds an instant without a row, and a row that says another end than its task", async () => {
    const it = await scene(engine);
    await it.add();
    for (let i = 0; i < 3; i++) {
      await it.later(10 * MINUTE);
      await it.work(i === 1 ? "failed" : "completed");
    }
    await deleteSchedule(it.store, it.owner, "s");
    await it.add();
    await it.later(10 * MINUTE);
    expect(await verifySchedules(it.store.db, null)).toEqual([]);
    const rows = await it.store.db.selectFrom("occurrences").select(["id", "task_id"]).orderBy("due_at").execute();
    await it.store.db
      .deleteFrom("occurrences")
      .where("id", "=", rows[0]?.id ?? "")
      .execute();
    await it.store.db
      .updateTable("occurrences")
      .set({ outcome: "ran" })
      .where("id", "=", rows[1]?.id ?? "")
      .execute();
    const findings = await verifySchedules(it.store.db, null);
    expect(findings.map(({ kind, what, expected, found }) => [kind, what, expected, found])).toEqual([
      ["schedule", "schedule s: the instant 2026-01-05T09:10:00.000Z", "a row in its ledger", "none"],
      ["schedule", `schedule s: the row of task ${rows[1]?.task_id}`, "failed or interrupted", "ran"],
    ]);
  });

  test("a clock that is set back makes no instant twice", async () => {
    const it = await scene(engine);
    await it.add({ catchUp: "skip" });
    await it.later(45 * MINUTE);
    await it.later(-30 * MINUTE);
    await it.later(10 * MINUTE);
    const taken = "skipped the clock was ahead: it said 2026-01-05T09:45:00.001Z ×4";
    expect(await it.ledger()).toEqual(["skipped down", taken, "skipped down"]);
    await it.later(25 * MINUTE);
    await agrees(it, 5);
  });

  test("what one may not see does not exist: names are one's own", async () => {
    const it = await scene(engine);
    await it.add();
    await expect(it.add()).rejects.toMatchObject({ code: "conflict" });
    await expect(getSchedule(it.store, it.ann, "s")).rejects.toMatchObject({ code: "not_found" });
    await createSchedule(it.store, it.ann, { name: "s", when: "every(10 minutes)", prompt: "Mine" });
    await it.later(10 * MINUTE);
    const mine = await scheduleHistory(it.store, it.ann, "s", {});
    await expect(
      getTask(it.store, it.ann, (await getSchedule(it.store, it.owner, "s")).lastTaskId ?? ""),
    ).rejects.toMatchObject({
      code: "not_found",
    });
    expect((await getTask(it.store, it.ann, mine.items[0]?.taskId ?? "")).ownerId).toBe(it.ann.id);
    await deleteSchedule(it.store, it.ann, "s");
    await expect(getSchedule(it.store, it.ann, "s")).rejects.toMatchObject({ code: "not_found" });
    await createSchedule(it.store, it.ann, { name: "s", when: "every(10 minutes)", prompt: "Anew" });
  });

  test.each([
    [{ when: "cron(61 * * * *)" }, /minute: 61/],
    [{ timezone: "Mars/Olympus" }, /no zone/],
    [{ when: "at(2020-01-01T09:00)" }, /in the past/],
    [{ prompt: "file(notes.md)" }, /from the root/],
    [{ prompt: "file(/no/such/file.md)" }, /cannot be read/],
  ] as const)("a schedule with %j is refused", async (settings, message) => {
    const it = await scene(engine);
    await expect(it.add(settings)).rejects.toThrow(message);
    expect(await it.store.db.selectFrom("schedules").selectAll().execute()).toEqual([]);
  });
});
