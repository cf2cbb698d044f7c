import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { setLimits } from "../limits/change.ts";
import { readEvents } from "../log/events.ts";
import type { User } from "../people/user.ts";
import { addSpent } from "../runs/spent.ts";
import { verifySchedules } from "../verify/schedules.ts";
import { createSchedule } from "./change.ts";
import { checkSchedule, getSchedule, scheduleHistory } from "./read.ts";
import { tickSchedules } from "./tick.ts";

const HOUR = 3_600_000;

eachEngine("schedules of somebody whose limit is used up", (engine) => {
  test("start nothing, say so in their ledger and once in their chat, and go on when there is room again", async () => {
    const clock = testClock(Date.UTC(2026, 0, 5, 9));
    const store = await engine.store({ clock });
    const { owner, ann, bob } = await people(store);
    await setLimits(store, owner, ann, { tokensPerMonth: 1000 });
    for (const [user, name] of [
      [ann, "hers"],
      [bob, "his"],
    ] as const) {
      await createSchedule(store, user, { name, when: "every(1 hour)", prompt: "Look" });
    }
    const later = async () => {
      clock.step(HOUR);
      expect((await tickSchedules(store)).failed).toEqual([]);
    };
    const ledger = async (user: User, name: string) =>
      (await scheduleHistory(store, user, name, { limit: 10 })).items
        .map(({ outcome, reason }) => (reason === null ? outcome : `${outcome} ${reason}`))
        .toReversed();
    const told = async () => {
      const { chatId } = await getSchedule(store, ann, "hers");
      const events = await readEvents(store.db, chatId ?? "", { types: ["schedule"] });
      return events.flatMap(({ data }) => ("dueAt" in data && data.reason === "limit" ? [data.message] : []));
    };
    await later();
    await addSpent(store.db, ann.id, clock.now(), { requests: 1, tokens: 1000, dollars: 0 });
    await later();
    await later();
    expect(await ledger(ann, "hers")).toEqual(["queued", "skipped limit", "skipped limit"]);
    expect(await ledger(bob, "his")).toEqual(["queued", "skipped overlap", "skipped overlap"]);
    expect(await told()).toEqual([
      "The run of 2026-01-05T11:00:00.000Z was skipped: what may be spent in its owner's name is used up",
    ]);
    await setLimits(store, owner, ann, { tokensPerMonth: 1001 });
    await later();
    expect((await ledger(ann, "hers")).at(-1)).toBe("skipped overlap");
    await addSpent(store.db, ann.id, clock.now(), { requests: 1, tokens: 1, dollars: 0 });
    await later();
    expect((await ledger(ann, "hers")).at(-1)).toBe("skipped limit");
    expect(await told()).toHaveLength(2);
    expect(await checkSchedule(store, ann, "hers")).toMatchObject({ ok: true, due: 5, recorded: 5 });
    expect(await verifySchedules(store.db, null)).toEqual([]);
  });
});
