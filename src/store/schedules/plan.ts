import { sql } from "kysely";
import { machineZone } from "../../core/clock.ts";
import { DueInstants, ON_TIME_MS, restMs, type DueInstant, type Stretch } from "../../core/catch-up.ts";
import { SparkyError } from "../../core/errors.ts";
import { dueInstants, hasInstants, rulesFrom } from "../ledger/rules.ts";
import type { ScheduleRow, ScheduleRuleRow } from "../database/schema.ts";
import type { Store } from "../database/store.ts";
import { reachedOf, standingOf } from "../limits/standing.ts";
import type { Descent } from "../runs/descent.ts";
import { whoseWork } from "../runs/whose.ts";
import { EARLY } from "./start.ts";

/** What a pass is going to write. It is worked out before the transaction: a long absence takes its time. */
export interface Plan {
  /** The schedule that it was made for: of another, it says nothing. */
  readonly schedule: ScheduleRow;
  /** The instant of the pass, by the deciding clock. */
  readonly now: number;
  /** Every instant before this one is in it. */
  readonly to: number;
  readonly stretches: readonly Stretch[];
  /** Rows of instants that have run, while the clock was ahead or before it was behind: they are theirs again. */
  readonly restored: readonly string[];
}

/** Throws `unavailable` if the clock goes back meanwhile: what was due by it is not. */
export async function planPass(
  store: Store,
  schedule: ScheduleRow,
  { now, to }: Pick<Plan, "now" | "to">,
): Promise<Plan> {
  const { catch_up: policy, catch_up_max: most, catch_up_age_ms: maxAgeMs } = schedule;
  const isSpent = await isUsedUp(store, schedule, now);
  const found = new DueInstants({ policy, most, maxAgeMs, isSpent }, now);
  const rules = (await rulesFrom(store.db, schedule.id, schedule.settled_to)).filter(hasInstants);
  const written = await writtenFrom(store, schedule);
  const early = await earlyFrom(store, schedule);
  const shutOut = await isShutOut(store, schedule);
  const restored: string[] = [];
  for await (const { rule, instants } of dueInstants(rules, { from: schedule.settled_to, to })) {
    if (store.clock.now() < now - ON_TIME_MS) {
      throw new SparkyError("unavailable", "the clock was set back while due times were counted", {
        hint: "try again",
      });
    }
    for (const at of instants) {
      const ran = now - at > ON_TIME_MS ? early.get(at) : undefined;
      if (ran !== undefined) restored.push(ran);
      if (ran !== undefined || written.has(at)) found.passOver(at);
      else found.add({ at, held: shutOut ? "account" : heldBack(schedule, rule, at) });
    }
  }
  return { schedule, now, to, stretches: found.stretches(), restored };
}

/** Instants that have their row although the schedule is not settled so far: it ran while the clock was ahead. */
async function writtenFrom(store: Store, { id, settled_to }: ScheduleRow): Promise<ReadonlySet<number>> {
  const rows = await store.db
    .selectFrom("occurrences")
    .select("due_at")
    .where("schedule_id", "=", id)
    .where("manual", "=", 0)
    .where("due_at", ">=", settled_to)
    .execute();
  return new Set(rows.map((row) => row.due_at));
}

/** What ran early, by its instant: come upon in its time it runs again, come upon later it has run. */
async function earlyFrom(store: Store, { id, settled_to }: ScheduleRow): Promise<ReadonlyMap<number, string>> {
  const rows = await store.db
    .selectFrom("occurrences")
    .select(["id", "start_at"])
    .where("schedule_id", "=", id)
    .where(sql<number>`manual`, "=", sql.lit(EARLY))
    .where("start_at", ">=", settled_to)
    .where("outcome", "!=", "skipped")
    .execute();
  return new Map(rows.map((row) => [row.start_at, row.id]));
}

function heldBack({ rest_until: rests, failures }: ScheduleRow, rule: ScheduleRuleRow, at: number): DueInstant["held"] {
  if (rule.state === "paused") return "paused";
  // From the failure on: what was missed before it is caught up with.
  return rests !== null && at < rests && at >= rests - restMs(failures) ? "backoff" : null;
}

/** Whoever's schedule it is is disabled: what is due then is skipped. */
async function isShutOut({ db }: Store, { owner_id }: ScheduleRow): Promise<boolean> {
  const owner = await db.selectFrom("user").select("banned").where("id", "=", owner_id).executeTakeFirst();
  return Boolean(owner?.banned ?? false);
}

/** A run of it would only wait: until the limit begins anew it keeps no chat, and nothing is made up for then. */
async function isUsedUp({ db }: Store, { owner_id, chat_id, descent }: ScheduleRow, now: number): Promise<boolean> {
  const parent = descent === null ? null : (JSON.parse(descent) as Descent).parentRun;
  const work = { owner_id, chat_id: chat_id ?? "", parent_run: parent, parent_call: null };
  const whose = await whoseWork(db, { id: work.chat_id, owner_id }, work);
  return (
    reachedOf(await standingOf(db, whose, { now, zone: machineZone() }), { requests: 0, tokens: 0, dollars: 0 }) !==
    null
  );
}
