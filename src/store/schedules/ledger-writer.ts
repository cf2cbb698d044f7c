import type { SkippedInstants, Stretch } from "../../core/catch-up.ts";
import { tellSkip, type Skip } from "../ledger/told.ts";
import type { OccurrenceRow, ScheduleRow, TaskRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import { cancelIn } from "../tasks/change.ts";
import type { User } from "../people/user.ts";
import type { Plan } from "./plan.ts";
import { occurrenceRow, ownerOf, startOccurrence } from "./start.ts";

/** A run that overlap ended: whoever has the worker sees to it that it stops in time. */
export interface Stopping {
  readonly viewer: User;
  readonly runId: string;
}

/** Writes the rows of one pass, and the tasks of those instants that are to run. */
export class LedgerWriter {
  readonly stopping: Stopping[] = [];
  readonly #store: Store;
  readonly #tx: Tx;
  readonly #now: number;
  #schedule: ScheduleRow;
  #untold: Skip | undefined;

  constructor(store: Store, tx: Tx, { schedule, now }: Plan) {
    this.#store = store;
    this.#tx = tx;
    this.#now = now;
    this.#schedule = schedule;
  }

  async write(stretches: readonly Stretch[]): Promise<void> {
    for (const [i, stretch] of stretches.entries()) {
      if (stretch.what === "run") {
        await this.#tellAbsence();
        await this.#run(stretch);
      } else await this.#skip(stretch, i === 0);
    }
    await this.#tellAbsence();
  }

  async #skip(skipped: SkippedInstants, isFirst: boolean): Promise<void> {
    const { reason, first, last, count, each } = skipped;
    // A pass that goes on with the same reason lengthens the row of the pass before: a pause may last.
    const newest = isFirst ? await this.#newest() : undefined;
    const before = newest?.until_at != null && newest.reason === reason ? newest : undefined;
    if (before !== undefined) {
      const values = { until_at: last, count: before.count + count };
      await this.#tx.db.updateTable("occurrences").set(values).where("id", "=", before.id).execute();
    } else {
      const row = (at: number): OccurrenceRow => ({
        ...this.#row(at),
        outcome: "skipped",
        reason,
        ended_at: this.#tx.now,
      });
      const rows = each === null ? [{ ...row(first), until_at: last, count }] : each.map(row);
      for (let at = 0; at < rows.length; at += 100) await this.#insert(rows.slice(at, at + 100));
    }
    // A limit may hold for a month of instants: the first of a row is told.
    if (reason !== "limit" || newest?.reason !== "limit") await this.#tell(skipped);
  }

  /** That it is paused, or whoever's it is disabled, was told when it was. What an absence left out is told once, though the last of it has its own reason. */
  async #tell({ reason, first, last, count }: SkippedInstants): Promise<void> {
    if (reason === "paused" || reason === "account") return;
    const before = this.#untold;
    if (before !== undefined && before.reason === "down" && reason === "policy") {
      this.#untold = { ...before, last, count: before.count + count };
      return;
    }
    await this.#tellAbsence();
    this.#untold = { reason, first, last, count };
  }

  async #tellAbsence(): Promise<void> {
    const skip = this.#untold;
    this.#untold = undefined;
    if (skip !== undefined) await tellSkip(this.#tx, this.#schedule, skip);
  }

  async #newest(): Promise<OccurrenceRow | undefined> {
    return this.#tx.db
      .selectFrom("occurrences")
      .selectAll()
      .where("schedule_id", "=", this.#schedule.id)
      .where("manual", "=", 0)
      .orderBy("due_at", "desc")
      .limit(1)
      .executeTakeFirst();
  }

  async #run({ at, caughtUp }: Extract<Stretch, { what: "run" }>): Promise<void> {
    const { overlap, catch_up } = this.#schedule;
    const open = await openTasks(this.#tx, this.#schedule.id);
    const queues = caughtUp && catch_up === "all";
    const delay = jitterOf(this.#store, this.#schedule.jitter_ms);
    const row = { ...this.#row(at), start_at: at + delay };
    const ended = { ...row, ended_at: this.#tx.now };
    if (open.length > 0 && !queues && overlap === "skip") {
      if (await this.#insert([{ ...ended, outcome: "skipped", reason: "overlap" }]))
        await tellSkip(this.#tx, this.#schedule, { reason: "overlap", first: at, last: at, count: 1 });
    } else if (open.length > 0 && !queues && overlap === "queue" && open.some((task) => task.started_at === null)) {
      await this.#insert([{ ...ended, outcome: "merged", reason: "overlap" }]);
    } else if (await this.#insert([row])) {
      if (!queues && overlap === "cancel") await this.#cancel(open);
      this.#schedule = await startOccurrence(this.#store, this.#tx, this.#schedule, row, this.#now);
    }
  }

  async #cancel(open: readonly TaskRow[]): Promise<void> {
    const viewer = await ownerOf(this.#tx, this.#schedule);
    for (const task of open) {
      const { runId, working } = await cancelIn(this.#store, this.#tx, viewer, task);
      if (runId !== null && working) this.stopping.push({ viewer, runId });
    }
  }

  /** false: the instant has its row already. */
  async #insert(rows: readonly OccurrenceRow[]): Promise<boolean> {
    const made = await this.#tx.db
      .insertInto("occurrences")
      .values([...rows])
      .onConflict((conflict) => conflict.doNothing())
      .returning("id")
      .execute();
    return made.length > 0;
  }

  #row(at: number): OccurrenceRow {
    return occurrenceRow(this.#tx, this.#schedule.id, at);
  }
}

async function openTasks(tx: Tx, scheduleId: string): Promise<readonly TaskRow[]> {
  return (
    tx.db
      // From the few tasks that are open, not from all that the ledger names.
      .selectFrom("tasks as t")
      .crossJoin("occurrences as o")
      .selectAll("t")
      .whereRef("o.task_id", "=", "t.id")
      .where("o.schedule_id", "=", scheduleId)
      .where("o.manual", "!=", 1)
      .where("t.status", "in", ["pending", "in_progress", "waiting"])
      .where("t.deleted_at", "is", null)
      .execute()
  );
}

function jitterOf(store: Store, jitterMs: number): number {
  if (jitterMs === 0) return 0;
  const [a = 0, b = 0, c = 0, d = 0] = store.random(4);
  return Math.floor(((a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32) * (jitterMs + 1));
}
