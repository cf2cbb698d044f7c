import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { changeAccount } from "../people/accounts.ts";
import { verifySchedules } from "../verify/schedules.ts";
import { settleBeforeEnabling } from "./account.ts";
import { createSchedule } from "./change.ts";
import { checkSchedule, scheduleHistory } from "./read.ts";
import { tickSchedules } from "./tick.ts";

const HOUR = 3_600_000;

eachEngine("schedules of somebody who is disabled", (engine) => {
  test("start nothing, say so in their ledger, and go on when they are enabled, without catching up", async () => {
    const clock = testClock();
    const store = await engine.store({ clock });
    const { ann } = await people(store);
    const hourly = { when: "every(1 hour)", prompt: "Look", catchUp: "all" } as const;
    await createSchedule(store, ann, { name: "s", ...hourly });
    const later = async (hours: number) => {
      clock.step(hours * HOUR);
      expect((await tickSchedules(store)).failed).toEqual([]);
    };
    const ledger = async () => {
      const { items } = await scheduleHistory(store, ann, "s", { limit: 10 });
      return items
        .map(({ outcome, reason }) => [outcome, reason].filter((word) => word !== null).join(" "))
        .toReversed();
    };
    await changeAccount(store, "ann", { disabled: true });
    await later(1);
    await later(1);
    expect(await ledger()).toEqual(["skipped account", "skipped account"]);
    // Nobody ticked since: what was due meanwhile is written down by who enables them.
    clock.step(HOUR);
    await settleBeforeEnabling(store, "ann");
    await changeAccount(store, "ann", { disabled: false });
    await later(0);
    expect(await ledger()).toEqual(["skipped account", "skipped account", "skipped account"]);
    await later(1);
    expect((await ledger()).at(-1)).toBe("queued");
    expect(await checkSchedule(store, ann, "s")).toMatchObject({ ok: true, due: 4, recorded: 4 });
    expect(await verifySchedules(store.db, null)).toEqual([]);
  });
});
