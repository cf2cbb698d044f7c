import { expect, test, vi } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, type Engine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { turnsDuring } from "../../../test/kit/turns.ts";
import { readEvents } from "../log/events.ts";
import { claimRuns } from "../runs/claim.ts";
import type { Store } from "../database/store.ts";
import type { Finding } from "../verify/finding.ts";
import { endRun } from "../endings/run.ts";
import { verifyStore } from "../verify/verify.ts";
import { createSchedule, deleteSchedule, patchSchedule, type NewSchedule } from "./change.ts";
import { checkSchedule, getSchedule, nextInstants, scheduleHistory } from "./read.ts";
import { tickSchedules } from "./tick.ts";

vi.setConfig({ testTimeout: 300_000 });

const DAY = 86_400_000;

/** A schedule that has run once, and then nobody was there for a while. */
async function absent(engine: Engine, settings: Partial<NewSchedule>, days: number) {
  const clock = testClock(Date.UTC(2026, 0, 5, 9, 0, 5));
  const store = await engine.store({ clock });
  const { owner } = await people(store);
  await createSchedule(store, owner, { name: "s", when: "cron(*/10 * * * * *)", prompt: "Look", ...settings });
  const { nextDueAt } = await getSchedule(store, owner, "s");
  clock.step(Date.parse(nextDueAt ?? "") - clock.now());
  await tickSchedules(store);
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  const { run, lease, chat } = claimed!;
  const fence = { runId: run.id, lease };
  const ending = { state: "completed", message: "Done", result: "ok" } as const;
  await store.transact((tx) => endRun(tx, run.id, ending, { readSeq: chat.head, fence }));
  clock.step(days * DAY);
  const ledger = async (): Promise<string[]> => {
    const { items } = await scheduleHistory(store, owner, "s", { limit: 500 });
    return items.map(({ outcome, reason, count }) => [outcome, reason, count].filter(Boolean).join(" ")).reverse();
  };
  const told = async (): Promise<string[]> => {
    const events = await readEvents(store.db, chat.id, { types: ["schedule"] });
    return events.map(({ data }) => (data as { message: string }).message);
  };
  return { store, owner, clock, ledger, told };
}

async function findings(store: Store): Promise<Finding[]> {
  const all: Finding[] = [];
  for await (const finding of verifyStore(store)) all.push(finding);
  return all;
}

/** At most so many instants are counted in one turn of the event loop. */
const A_TURN = 2000;

eachEngine("a schedule that nobody served for long", (engine) => {
  test("F72 F75 45 days of every ten seconds are counted in portions, and come to one row and one event", async () => {
    const it = await absent(engine, { timezone: "Europe/Berlin" }, 45);
    const pass = await turnsDuring(() => tickSchedules(it.store));
    expect(pass.result.failed).toEqual([]);
    expect(pass.turns).toBeGreaterThanOrEqual(Math.floor(388_800 / A_TURN));
    expect(await it.ledger()).toEqual(["ran 1", "skipped down 388799", "queued 1"]);
    expect(await it.told()).toEqual([
      expect.stringMatching(/^388799 runs from .* were skipped: Sparky was not running$/),
    ]);
    const check = await turnsDuring(() => checkSchedule(it.store, it.owner, "s"));
    expect(check.result).toMatchObject({ ok: true, due: 388_801, recorded: 388_801 });
    expect(check.turns).toBeGreaterThanOrEqual(Math.floor(388_800 / A_TURN));
    const verified = await turnsDuring(() => findings(it.store));
    expect(verified.result).toEqual([]);
    expect(verified.turns).toBeGreaterThanOrEqual(Math.floor(388_800 / A_TURN));
    expect((await nextInstants(it.store, it.owner, "s", 3)).length).toBe(3);
  });

  test.each([
    {
      what: "disabled",
      change: (it: Awaited<ReturnType<typeof absent>>) => patchSchedule(it.store, it.owner, "s", { state: "disabled" }),
    },
    {
      what: "edited",
      change: (it: Awaited<ReturnType<typeof absent>>) =>
        patchSchedule(it.store, it.owner, "s", { when: "every(1 hour)" }),
    },
    { what: "deleted", change: (it: Awaited<ReturnType<typeof absent>>) => deleteSchedule(it.store, it.owner, "s") },
  ])("F72 one that is $what before anybody served it is counted in portions too", async ({ change }) => {
    const it = await absent(engine, {}, 10);
    const { turns } = await turnsDuring<unknown>(() => change(it));
    expect(turns).toBeGreaterThanOrEqual(Math.floor(86_400 / A_TURN));
    const rows = await it.store.db.selectFrom("occurrences").select(["outcome", "count"]).orderBy("due_at").execute();
    expect(rows).toMatchObject([{ outcome: "ran" }, { outcome: "skipped", count: 86_398 }, { outcome: "queued" }]);
    expect(await findings(it.store)).toEqual([]);
  });

  test.each([
    { when: "it is an interval", settings: { when: "every(10 seconds)" }, is: ["skipped down 259199", "queued 1"] },
    { when: "nothing is to be caught up with", settings: { catchUp: "skip" }, is: ["skipped down 259199", "queued 1"] },
    {
      when: "some are to be caught up with",
      settings: { catchUp: "all", catchUpMax: 2 },
      is: ["skipped policy 259197", "queued 1", "queued 1", "queued 1"],
    },
    {
      when: "all of it is too long ago",
      settings: { when: "cron(30 * * 1 *)", catchUpMaxAgeSeconds: 60 },
      is: ["skipped down 637", "skipped policy 1"],
    },
  ] as const)("F75 one absence is one event when $when", async ({ settings, is }) => {
    const it = await absent(engine, settings as Partial<NewSchedule>, 30);
    expect((await tickSchedules(it.store)).failed).toEqual([]);
    const rows = await it.store.db
      .selectFrom("occurrences")
      .select(["outcome", "reason", "count"])
      .orderBy("due_at")
      .execute();
    const all = rows
      .slice(1)
      .map(({ outcome, reason, count }) => ({ words: [outcome, reason].filter(Boolean).join(" "), count }));
    const grouped = all.reduce<{ words: string; count: number }[]>((groups, row) => {
      const last = groups.at(-1);
      if (last?.words === row.words && row.words !== "queued") last.count += row.count;
      else groups.push({ ...row });
      return groups;
    }, []);
    expect(grouped.map(({ words, count }) => `${words} ${count}`)).toEqual(is);
    expect((await it.told()).length).toBe(1);
    expect(await findings(it.store)).toEqual([]);
  });

  test("F72 two nodes that come back together count it once each and write it once", async () => {
    const it = await absent(engine, {}, 20);
    const ticks = await Promise.all([tickSchedules(it.store), tickSchedules(it.store), tickSchedules(it.store)]);
    expect(ticks.flatMap((tick) => tick.failed)).toEqual([]);
    expect(await it.ledger()).toEqual(["ran 1", "skipped down 172799", "queued 1"]);
    expect((await it.told()).length).toBe(1);
  });

  test("F72 what a person changes while it is counted is not written over", async () => {
    const it = await absent(engine, {}, 20);
    const tick = tickSchedules(it.store);
    await patchSchedule(it.store, it.owner, "s", { prompt: "Look again", description: "changed meanwhile" });
    expect((await tick).failed).toEqual([]);
    expect(await getSchedule(it.store, it.owner, "s")).toMatchObject({ prompt: "Look again" });
    expect(await checkSchedule(it.store, it.owner, "s")).toMatchObject({ ok: true, due: 172_801 });
    expect((await it.told()).filter((words) => words.endsWith("Sparky was not running")).length).toBe(1);
  });
});
