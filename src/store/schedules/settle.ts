import { decideInstants, restMs, type Decision, type DueInstant } from "../../core/catch-up.ts";
import { dueBetween, parseDueRule } from "../../core/due.ts";
import type { Json } from "../../core/events.ts";
import { messageOf } from "../../core/errors.ts";
import { lockChat } from "../people/access.ts";
import { countOutcome } from "../ledger/failures.ts";
import { readPrompt } from "./prompt-words.ts";
import { hasInstants, nextOf, rulesFrom } from "../ledger/rules.ts";
import { tellSkip, usableChat } from "../ledger/told.ts";
import type { OccurrenceRow, ScheduleRow, TaskRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import { addTaskIn } from "../tasks/add.ts";
import { cancelIn } from "../tasks/change.ts";
import type { TaskLimits } from "../tasks/read.ts";
import type { User } from "../people/user.ts";

/** The ledger's writer: every due instant gets its one row, and those that are to run their task, in one transaction. */

/** So many instants of one schedule in one transaction. */
const MOST = 5000;
/** The newest of them wait for what follows, when more follow: a catch-up may want them. */
const HELD_BACK = 1000;
/** More than this in a row are one row, with first, last and count. */
const ROW_EACH = 1000;

/** A run that overlap ended: whoever has the worker sees to it that it stops in time. */
export interface Stopping {
  readonly viewer: User;
  readonly runId: string;
}

export interface Settled {
  /** More is due: settle again. */
  readonly more: boolean;
  readonly stopping: readonly Stopping[];
}

/** Locks a schedule for a change; its chat first, as every end of a task does. undefined: it is gone. */
export async function lockSchedule(tx: Tx, id: string): Promise<ScheduleRow | undefined> {
  const seen = await tx.db
    .selectFrom("schedules as s")
    .innerJoin("chats as c", "c.id", "s.chat_id")
    .select("c.id")
    .where("s.id", "=", id)
    .where("c.deleted_at", "is", null)
    .executeTakeFirst();
  if (seen !== undefined) await lockChat(tx, seen.id);
  return tx.db
    .selectFrom("schedules")
    .selectAll()
    .where("id", "=", id)
    .where("deleted_at", "is", null)
    .$if(tx.kind === "postgres", (query) => query.forNoKeyUpdate())
    .executeTakeFirst();
}

/** Writes the rows of what is due before `to`, and moves the schedule's cursor. The caller holds the schedule's lock. */
export async function settleIn(store: Store, tx: Tx, schedule: ScheduleRow, to: number, now: number): Promise<Settled> {
  const rules = await rulesFrom(tx.db, schedule.id, schedule.settled_to);
  const instants: DueInstant[] = [];
  for (const rule of rules.filter(hasInstants)) {
    const range = { from: Math.max(rule.from_at, schedule.settled_to), to: Math.min(rule.to_at ?? to, to) };
    const due = dueBetween(parseDueRule(rule.rule), rule.zone, rule.anchor, range, MOST - instants.length);
    const { rest_until: rests, failures } = schedule;
    // From the failure on: what was missed before it is caught up with.
    const resting = (at: number): boolean => rests !== null && at < rests && at >= rests - restMs(failures);
    instants.push(
      ...due.map((at) => ({ at, held: rule.state === "paused" ? "paused" : resting(at) ? "backoff" : null }) as const),
    );
  }
  const more = instants.length === MOST;
  const taken = more ? instants.slice(0, MOST - HELD_BACK) : instants;
  const catchUp = { policy: schedule.catch_up, most: schedule.catch_up_max, maxAgeMs: schedule.catch_up_age_ms };
  const writer = new LedgerWriter(store, tx, schedule);
  await writer.write(decideInstants(taken, catchUp, now, more));
  const settledTo = Math.max(schedule.settled_to, (more ? instants[MOST - HELD_BACK]?.at : undefined) ?? to);
  // A failure of this pass may have paused it.
  const rulesAfter = await rulesFrom(tx.db, schedule.id, settledTo);
  await tx.db
    .updateTable("schedules")
    .set({ settled_to: settledTo, next_due: nextOf(rulesAfter, settledTo, hasInstants) })
    .where("id", "=", schedule.id)
    .execute();
  if (taken.length > 0) tx.changed("schedules", [schedule.owner_id], schedule.id);
  return { more, stopping: writer.stopping };
}

type SkipReason = Extract<Decision, { what: "skip" }>["reason"];

class LedgerWriter {
  readonly stopping: Stopping[] = [];
  readonly #store: Store;
  readonly #tx: Tx;
  #schedule: ScheduleRow;

  constructor(store: Store, tx: Tx, schedule: ScheduleRow) {
    this.#store = store;
    this.#tx = tx;
    this.#schedule = schedule;
  }

  async write(decisions: readonly Decision[]): Promise<void> {
    for (const [i, group] of alike(decisions).entries()) {
      const [first] = group;
      if (first === undefined) continue;
      if (first.what === "run") await this.#run(first);
      else await this.#skip(group, first.reason, i === 0);
    }
  }

  async #skip(group: readonly Decision[], reason: SkipReason, isFirst: boolean): Promise<void> {
    const last = group.at(-1)?.at ?? 0;
    const before = isFirst ? await this.#lastRange(reason) : undefined;
    if (before !== undefined) {
      const count = before.count + group.length;
      await this.#tx.db.updateTable("occurrences").set({ until_at: last, count }).where("id", "=", before.id).execute();
      await this.#tell(group, reason);
      return;
    }
    const row = (at: number): OccurrenceRow => ({
      ...this.#row(at),
      outcome: "skipped",
      reason,
      ended_at: this.#tx.now,
    });
    const [first] = group;
    const rows =
      group.length > ROW_EACH && first !== undefined
        ? [{ ...row(first.at), until_at: last, count: group.length }]
        : group.map(({ at }) => row(at));
    for (let at = 0; at < rows.length; at += 100) await this.#insert(rows.slice(at, at + 100));
    await this.#tell(group, reason);
  }

  /** That it is paused was told when it was. */
  async #tell(group: readonly Decision[], reason: SkipReason): Promise<void> {
    const [first, last] = [group[0]?.at, group.at(-1)?.at];
    if (reason === "paused" || first === undefined || last === undefined) return;
    await tellSkip(this.#tx, this.#schedule, { reason, first, last, count: group.length });
  }

  /** A pass that goes on with the same reason lengthens the row of the pass before. */
  async #lastRange(reason: string): Promise<OccurrenceRow | undefined> {
    const last = await this.#tx.db
      .selectFrom("occurrences")
      .selectAll()
      .where("schedule_id", "=", this.#schedule.id)
      .where("manual", "=", 0)
      .orderBy("due_at", "desc")
      .limit(1)
      .executeTakeFirst();
    return last?.until_at != null && last.reason === reason ? last : undefined;
  }

  async #run({ at, caughtUp }: Extract<Decision, { what: "run" }>): Promise<void> {
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
      this.#schedule = await startOccurrence(this.#store, this.#tx, this.#schedule, row);
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

export function occurrenceRow(tx: Tx, scheduleId: string, at: number): OccurrenceRow {
  return {
    id: tx.newId(),
    schedule_id: scheduleId,
    due_at: at,
    until_at: null,
    count: 1,
    manual: 0,
    outcome: "queued",
    reason: null,
    start_at: at,
    task_id: null,
    run_id: null,
    started_at: null,
    ended_at: null,
    created_at: tx.now,
  };
}

/** Adds the task of an occurrence whose row exists; a prompt that cannot be read fails it. Returns the schedule as it is then. */
export async function startOccurrence(
  store: Store,
  tx: Tx,
  schedule: ScheduleRow,
  row: OccurrenceRow,
): Promise<ScheduleRow> {
  let instruction: string;
  try {
    instruction = readPrompt(store, schedule.prompt);
  } catch (error) {
    await tx.db
      .updateTable("occurrences")
      .set({ outcome: "failed", reason: messageOf(error), ended_at: tx.now })
      .where("id", "=", row.id)
      .execute();
    return countOutcome(tx, schedule, "failed");
  }
  const chat = await usableChat(tx, schedule);
  const added = await addTaskIn(
    tx,
    await ownerOf(tx, schedule),
    {
      instruction,
      metadata: JSON.parse(schedule.metadata) as { [key: string]: Json },
      limits: JSON.parse(schedule.limits) as TaskLimits,
      ...(chat !== undefined && { chatId: chat }),
      ...(row.start_at > tx.now && { runAt: new Date(row.start_at).toISOString() }),
    },
    { schedule: schedule.name },
  );
  await tx.db.updateTable("occurrences").set({ task_id: added.id }).where("id", "=", row.id).execute();
  await tx.db.updateTable("schedules").set({ chat_id: added.chatId }).where("id", "=", schedule.id).execute();
  return { ...schedule, chat_id: added.chatId };
}

async function ownerOf(tx: Tx, schedule: ScheduleRow): Promise<User> {
  const query = tx.db.selectFrom("user").select(["id", "name", "role"]);
  return query.where("id", "=", schedule.owner_id).executeTakeFirstOrThrow();
}

async function openTasks(tx: Tx, scheduleId: string): Promise<readonly TaskRow[]> {
  return tx.db
    .selectFrom("occurrences as o")
    .innerJoin("tasks as t", "t.id", "o.task_id")
    .selectAll("t")
    .where("o.schedule_id", "=", scheduleId)
    .where("o.manual", "=", 0)
    .where("t.status", "in", ["pending", "in_progress", "waiting"])
    .where("t.deleted_at", "is", null)
    .execute();
}

function jitterOf(store: Store, jitterMs: number): number {
  if (jitterMs === 0) return 0;
  const [a = 0, b = 0, c = 0, d = 0] = store.random(4);
  return Math.floor(((a * 2 ** 24 + b * 2 ** 16 + c * 2 ** 8 + d) / 2 ** 32) * (jitterMs + 1));
}

/** Runs stand alone; skips of one reason that follow one another stand together. */
function alike(decisions: readonly Decision[]): readonly (readonly Decision[])[] {
  const groups: Decision[][] = [];
  for (const decision of decisions) {
    const last = groups.at(-1);
    const before = last?.[0];
    if (last && before?.what === "skip" && decision.what === "skip" && before.reason === decision.reason)
      last.push(decision);
    else groups.push([decision]);
  }
  return groups;
}
