import { expect, test, vi } from "vitest";
import { testClock, type TestClock } from "../../../test/kit/clock.ts";
import { eachEngine, postgres, type Engine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { readEvents } from "../log/events.ts";
import type { Store } from "../database/store.ts";
import { endRun } from "../endings/run.ts";
import type { User } from "../people/user.ts";
import { claimRuns } from "../runs/claim.ts";
import { verifyStore } from "../verify/verify.ts";
import { createSchedule, deleteSchedule, patchSchedule, type NewSchedule } from "./change.ts";
import { checkSchedule, getSchedule, nextInstants, scheduleHistory } from "./read.ts";
import { tickSchedules } from "./tick.ts";

vi.setConfig({ testTimeout: 300_000 });

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;
/** Twenty past the hour. */
const START = Date.UTC(2026, 10, 28, 9, 20);
const iso = (ms: number): string => new Date(ms).toISOString();

interface Scene {
  readonly store: Store;
  readonly clock: TestClock;
  readonly owner: User;
  tick(): Promise<void>;
  /** Ends everything that is queued. */
  work(): Promise<void>;
  ledger(): Promise<readonly { at: string; is: string }[]>;
  /** Rules and rows agree, and so does everything else. */
  sound(): Promise<void>;
}

async function scene(engine: Engine, settings: Partial<NewSchedule> = {}): Promise<Scene> {
  const clock = testClock(START);
  const store = await engine.store({ clock });
  const { owner } = await people(store);
  await createSchedule(store, owner, { name: "s", when: "cron(0 * * * *)", prompt: "Look", ...settings });
  const it: Scene = {
    store,
    clock,
    owner,
    tick: async () => expect((await tickSchedules(store)).failed).toEqual([]),
    async work() {
      for (const { run, lease, chat } of await claimRuns(store, { kind: "task", limit: 100 })) {
        const fence = { runId: run.id, lease };
        const ending = { state: "completed", message: "Done", result: "ok" } as const;
        await store.transact((tx) => endRun(tx, run.id, ending, { readSeq: chat.head + 99, fence }));
      }
    },
    async ledger() {
      const { items } = await scheduleHistory(store, owner, "s", { limit: 500 });
      return items
        .map(({ dueAt, outcome, reason, count }) => ({
          at: dueAt.slice(5, 16),
          is: [outcome, reason, count > 1 ? `×${count}` : null].filter(Boolean).join(" "),
        }))
        .reverse();
    },
    async sound() {
      expect(await checkSchedule(store, owner, "s")).toMatchObject({ ok: true, missing: [], extra: [] });
      for await (const finding of verifyStore(store)) expect(finding).toBeUndefined();
    },
  };
  return it;
}

/** The clock is ahead for ten seconds, in which a node serves what it takes for due. */
async function aheadForAMoment(
  it: Scene,
  by: number,
  meanwhile: () => Promise<unknown> = () => it.work(),
): Promise<void> {
  it.clock.step(by);
  await it.tick();
  await meanwhile();
  it.clock.step(10_000 - by);
}

eachEngine("a home whose clock was ahead for a moment", (engine) => {
  test.each([
    { what: "two hours", by: 2 * HOUR, taken: 1 },
    { what: "a year", by: YEAR, taken: 365 * 24 - 1 },
    { what: "thirty years", by: 30 * YEAR, taken: 30 * 365 * 24 - 1 },
  ])("F73 of $what goes on with its schedules, with a ledger that says what happened", async ({ by, taken }) => {
    const it = await scene(engine);
    it.clock.step(40 * MINUTE);
    await it.tick();
    await it.work();
    await aheadForAMoment(it, by);
    // Nobody has looked since: neither check is content, and they say why.
    const before = await checkSchedule(it.store, it.owner, "s");
    expect(before).toMatchObject({ ok: false, due: 1, recorded: taken + 2, missing: [], to: iso(it.clock.now()) });
    expect(before.extra.every((at) => Date.parse(at) > it.clock.now())).toBe(true);
    await it.tick();
    await it.sound();
    const said = iso(START + 40 * MINUTE + by + 1);
    const ran = iso(START + 40 * MINUTE + by);
    const many = taken > 1 ? ` ×${taken}` : "";
    // Written down at one moment, in any order.
    expect((await it.ledger()).map(({ is }) => is).toSorted()).toEqual([
      "ran",
      `ran the clock was ahead: it said ${ran}`,
      `skipped the clock was ahead: it said ${said}${many}`,
    ]);
    expect((await it.ledger()).every(({ at }) => at === "11-28T10:00")).toBe(true);
    for (const hour of [11, 12, 13]) {
      it.clock.step(HOUR);
      await it.tick();
      await it.work();
      expect((await it.ledger()).at(-1)).toEqual({ at: `11-28T${hour}:00`, is: "ran" });
    }
    await it.sound();
    expect(await nextInstants(it.store, it.owner, "s", 1)).toEqual(["2026-11-28T14:00:00.000Z"]);
    const { chatId } = await getSchedule(it.store, it.owner, "s");
    const told = await readEvents(it.store.db, chatId ?? "", { types: ["schedule"] });
    expect(told.filter(({ data }) => (data as { reason: string }).reason === "clock").length).toBe(1);
  });

  test.each([
    { what: "every(10 seconds)", settings: { when: "every(10 seconds)" }, by: YEAR },
    { what: "once, in two months", settings: { when: "at(2027-01-28T09:00)" }, by: YEAR },
    { what: "with jitter, and its run has not begun", settings: { jitterSeconds: 3000 }, by: 2 * HOUR },
    { what: "that catches up with all", settings: { catchUp: "all", catchUpMax: 100 }, by: 50 * HOUR },
    { what: "that queues", settings: { overlap: "queue" }, by: YEAR },
    { what: "that is paused", settings: { state: "paused" }, by: YEAR },
    { what: "whose prompt cannot be read", settings: {}, by: YEAR, prompt: "file(gone.md)" },
  ] as const)("F73 a schedule $what goes on", async ({ settings, by, ...rest }) => {
    const it = await scene(engine, settings as Partial<NewSchedule>);
    if ("prompt" in rest) await it.store.db.updateTable("schedules").set({ prompt: rest.prompt }).execute();
    await aheadForAMoment(it, by, async () => {});
    await it.tick();
    await it.sound();
    expect((await it.ledger()).every(({ at }) => at <= iso(it.clock.now()).slice(5, 16))).toBe(true);
    const row = await it.store.db.selectFrom("schedules").selectAll().executeTakeFirstOrThrow();
    expect(row.next_due).toBeLessThan(it.clock.now() + 62 * 24 * HOUR);
    expect(row.settled_to).toBeLessThanOrEqual(it.clock.now() + 1);
    it.clock.step((row.next_due ?? 0) - it.clock.now());
    await it.tick();
    await it.sound();
    const rows = await it.store.db.selectFrom("occurrences").selectAll().where("manual", "=", 0).execute();
    expect(rows.map(({ due_at }) => due_at)).toContain(row.next_due);
  });

  test.each([
    { what: "edit", patch: { description: "changed" } },
    { what: "a new rule", patch: { when: "every(30 minutes)" } },
    { what: "disable", patch: { state: "disabled" } },
    { what: "enable", patch: { state: "enabled" } },
  ] as const)("F73 a person's $what puts it right too", async ({ patch }) => {
    const it = await scene(engine);
    await aheadForAMoment(it, YEAR);
    await patchSchedule(it.store, it.owner, "s", patch);
    await it.sound();
    await patchSchedule(it.store, it.owner, "s", { state: "disabled" });
    await patchSchedule(it.store, it.owner, "s", { state: "enabled" });
    const [next] = await nextInstants(it.store, it.owner, "s", 1);
    expect(Date.parse(next ?? "")).toBeLessThanOrEqual(it.clock.now() + HOUR);
    it.clock.step(HOUR);
    await it.tick();
    await it.sound();
  });

  test("F73 so does a delete, and what was made or changed meanwhile counts from now on", async () => {
    const it = await scene(engine);
    it.clock.step(YEAR);
    await patchSchedule(it.store, it.owner, "s", { when: "every(40 minutes)" });
    await createSchedule(it.store, it.owner, { name: "new", when: "every(1 hour)", prompt: "Look" });
    await createSchedule(it.store, it.owner, { name: "gone", when: "every(1 hour)", prompt: "Look" });
    await patchSchedule(it.store, it.owner, "gone", { state: "paused", pausedUntil: iso(it.clock.now() + HOUR) });
    it.clock.step(10_000 - YEAR);
    await it.tick();
    await deleteSchedule(it.store, it.owner, "gone");
    await it.sound();
    for (const name of ["s", "new"]) {
      const [next] = await nextInstants(it.store, it.owner, name, 1);
      expect(Date.parse(next ?? "")).toBeGreaterThan(it.clock.now());
      expect(Date.parse(next ?? "")).toBeLessThanOrEqual(it.clock.now() + HOUR);
      expect(Date.parse((await getSchedule(it.store, it.owner, name)).createdAt)).toBeLessThanOrEqual(it.clock.now());
      expect((await checkSchedule(it.store, it.owner, name)).ok).toBe(true);
    }
  });

  test("F73 an instant that it passed over while it was ahead is served at its time, and one that it served is not again", async () => {
    const it = await scene(engine);
    it.clock.step(40 * MINUTE - 5000);
    // It is five to ten by seconds, and 12:59:55 for the node: 10:00 to 12:00 are due to it.
    await aheadForAMoment(it, 3 * HOUR);
    await it.tick();
    await it.work();
    await it.sound();
    const ledger = await it.ledger();
    expect(ledger.filter(({ is }) => is === "ran")).toEqual([{ at: "11-28T10:00", is: "ran" }]);
    expect(ledger.filter(({ is }) => is.startsWith("ran late the clock"))).toHaveLength(1);
  });

  test("F73 a clock that was behind for a moment doubles nothing", async () => {
    const it = await scene(engine, { when: "every(10 minutes)" });
    for (let n = 0; n < 12; n++) {
      it.clock.step(10 * MINUTE);
      await it.tick();
      await it.work();
    }
    const before = await it.ledger();
    it.clock.step(-HOUR - MINUTE);
    await it.tick();
    await it.work();
    it.clock.step(HOUR + 3 * MINUTE);
    await it.tick();
    await it.work();
    await it.sound();
    const rows = await it.store.db.selectFrom("occurrences").select("task_id").where("manual", "=", 0).execute();
    expect(rows.length).toBe(12);
    expect((await it.ledger()).filter(({ is }) => is === "ran")).toEqual(before);
    expect((await it.store.db.selectFrom("tasks").select("id").execute()).length).toBe(12);
  });

  test("F73 a clock that is set back by less than a minute changes nothing", async () => {
    const it = await scene(engine);
    it.clock.step(40 * MINUTE + 2000);
    await it.tick();
    await it.work();
    it.clock.step(-50_000);
    await it.tick();
    it.clock.step(50_000);
    await it.tick();
    expect(await it.ledger()).toEqual([{ at: "11-28T10:00", is: "ran" }]);
    await it.sound();
  });
});

test("F73 on PostgreSQL the database's clock decides: a node that is a year ahead writes nothing for it", async () => {
  const ahead = { now: () => Date.now() + YEAR, after: () => () => {} };
  const place = await postgres.place();
  const right = await postgres.open(place);
  const { owner } = await people(right);
  await createSchedule(right, owner, { name: "s", when: "every(1 hour)", prompt: "Look" });
  const store = await postgres.open(place, { machine: ahead });
  expect((await tickSchedules(store)).failed).toEqual([]);
  await patchSchedule(store, owner, "s", { description: "changed" });
  expect((await scheduleHistory(right, owner, "s", {})).items).toEqual([]);
  const { updatedAt, nextDueAt } = await getSchedule(right, owner, "s");
  expect(Date.parse(updatedAt)).toBeLessThan(Date.now() + MINUTE);
  expect(Date.parse(nextDueAt ?? "")).toBeLessThan(Date.now() + 61 * MINUTE);
});
