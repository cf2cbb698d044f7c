import { audit, type Deed } from "../audit/audit.ts";
import { isoTime } from "../../core/clock.ts";
import { checkZone, dueRuleText, nextDue, parseDueRule } from "../../core/due.ts";
import type { Effort } from "../../core/effort.ts";
import { plainRuleText } from "../../core/plain-rule.ts";
import { SparkyError } from "../../core/errors.ts";
import type { Json } from "../../core/events.ts";
import { mine, getSchedule, noSchedule, past, type Schedule } from "./read.ts";
import { beginRule, hasInstants, nextOf, rulesFrom, withoutPastPause } from "../ledger/rules.ts";
import { dueClock } from "../database/clock.ts";
import { checkPrompt, readPrompt } from "./prompt-words.ts";
import { isSame, lockSchedule, settle } from "./settle.ts";
import { occurrenceRow, startOccurrence } from "./start.ts";
import { isAhead } from "./take-back.ts";
import type { Descent } from "../runs/descent.ts";
import type { ScheduleRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import { getTask, type Task, type TaskLimits } from "../tasks/read.ts";
import type { User } from "../people/user.ts";

export interface ScheduleSettings {
  readonly when: string;
  readonly prompt: string;
  readonly description?: string | undefined;
  readonly timezone?: string | undefined;
  readonly state?: ScheduleRow["state"] | undefined;
  /** With `state: paused`: ISO 8601; null: until it is enabled again. */
  readonly pausedUntil?: string | null | undefined;
  readonly catchUp?: ScheduleRow["catch_up"] | undefined;
  readonly catchUpMax?: number | undefined;
  readonly catchUpMaxAgeSeconds?: number | undefined;
  readonly overlap?: ScheduleRow["overlap"] | undefined;
  readonly onCrash?: ScheduleRow["on_crash"] | undefined;
  readonly jitterSeconds?: number | undefined;
  readonly maxFailures?: number | undefined;
  readonly limits?: TaskLimits | undefined;
  /** Works on its tasks; null: as without one. */
  readonly model?: string | null | undefined;
  readonly effort?: Effort | null | undefined;
  readonly metadata?: { readonly [key: string]: Json } | undefined;
}

export type NewSchedule = ScheduleSettings & { readonly name: string };
export type SchedulePatch = { readonly [K in keyof ScheduleSettings]?: ScheduleSettings[K] | undefined };

const WEEK_MS = 7 * 86_400_000;

export async function createSchedule(store: Store, viewer: User, input: NewSchedule): Promise<Schedule> {
  checkPrompt(store, viewer, input.prompt);
  await store.transact(async (tx) => {
    await createScheduleIn(store, tx, viewer, input);
    audit(tx, viewer, { kind: "schedule.added", thing: input.name, detail: input.when });
  });
  return getSchedule(store, viewer, input.name);
}

/** Its prompt is taken as it is. */
export async function createScheduleIn(
  store: Store,
  tx: Tx,
  viewer: User,
  input: NewSchedule,
  /** What its tasks inherit from the run that makes it; null: it is a person's. */
  descent: Descent | null = null,
): Promise<string> {
  const now = await dueClock(store, tx.db);
  const zone = checkZone(input.timezone ?? "UTC");
  const rule = parseDueRule(plainRuleText(input.when, now, zone));
  if (input.state !== "disabled" && nextDue(rule, zone, now, now - 1) === null) throw past(input.when, zone, now);
  const row: ScheduleRow = {
    id: tx.newId(),
    owner_id: viewer.id,
    name: input.name,
    description: input.description ?? "",
    rule: dueRuleText(rule),
    zone,
    anchor: now,
    prompt: input.prompt,
    ...stateOf(input, { state: "enabled", paused_until: null, pause_reason: null }),
    catch_up: input.catchUp ?? "latest",
    catch_up_max: input.catchUpMax ?? 10,
    catch_up_age_ms: (input.catchUpMaxAgeSeconds ?? WEEK_MS / 1000) * 1000,
    overlap: input.overlap ?? "skip",
    on_crash: input.onCrash ?? "retry",
    jitter_ms: (input.jitterSeconds ?? 0) * 1000,
    max_failures: input.maxFailures ?? 5,
    failures: 0,
    rest_until: null,
    limits: JSON.stringify(input.limits ?? {}),
    metadata: JSON.stringify(input.metadata ?? {}),
    model: input.model ?? null,
    effort: input.effort ?? null,
    descent: descent === null ? null : JSON.stringify(descent),
    chat_id: null,
    settled_to: now,
    next_due: null,
    created_at: now,
    updated_at: now,
    deleted_at: null,
  };
  checkPause(row, now);
  const made = await tx.db
    .insertInto("schedules")
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returning("id")
    .execute();
  if (made.length === 0) {
    throw new SparkyError("conflict", `there is a schedule ${JSON.stringify(input.name)} already`, {
      hint: "edit that one, or take another name",
    });
  }
  await beginRule(tx, row, now);
  await setNextDue(tx, row.id, now);
  tx.changed("schedules", [viewer.id], row.id);
  return row.id;
}

/** Changes a schedule, at once on every node. What was due before is settled by the rule that it had. */
export async function patchSchedule(store: Store, viewer: User, name: string, patch: SchedulePatch): Promise<Schedule> {
  await changeSchedule(store, viewer, name, patch);
  return getSchedule(store, viewer, name);
}

/** false: it is so already, and nothing was written. */
export async function changeSchedule(
  store: Store,
  viewer: User,
  name: string,
  patch: SchedulePatch,
  /** What its tasks inherit from now on; left out: what they did. */
  descent?: Descent | null,
  by: Pick<Deed, "runId" | "via"> = {},
): Promise<boolean> {
  const seen = await mine(store.db, viewer, name);
  if (patch.prompt !== undefined) checkPrompt(store, viewer, patch.prompt);
  const { id } = seen;
  const now = await dueClock(store);
  if (isSame(seen, withPatch(seen, patch, now)) && !isAhead(seen, now)) return false;
  const done = await settle(store, id, { now, to: now }, async (tx, before) => {
    const at = Math.max(now, before.settled_to);
    const inherits = descent === undefined ? before.descent : descent === null ? null : JSON.stringify(descent);
    const after = { ...withPatch(before, patch, at), descent: inherits, settled_to: at, updated_at: now };
    checkPause(after, at);
    const rule = parseDueRule(after.rule);
    if (
      patch.when !== undefined &&
      after.state !== "disabled" &&
      nextDue(rule, after.zone, after.anchor, at - 1) === null
    ) {
      throw past(after.rule, after.zone, at);
    }
    const { id: _, ...values } = after;
    await tx.db.updateTable("schedules").set(values).where("id", "=", id).execute();
    if (RULE_FIELDS.some((field) => before[field] !== after[field])) await beginRule(tx, after, at);
    await setNextDue(tx, id, at);
    const fields = Object.entries(patch).flatMap(([field, value]) => (value === undefined ? [] : [field]));
    audit(tx, viewer, { kind: "schedule.changed", thing: after.name, detail: fields.join(", "), ...by });
    tx.changed("schedules", [viewer.id], id);
  });
  if (done === undefined) throw noSchedule(name);
  return true;
}

/** What due instants follow from: a change of one of them begins a new row of rules. */
const RULE_FIELDS = ["rule", "zone", "anchor", "state", "paused_until"] as const;

function withPatch(row: ScheduleRow, patch: SchedulePatch, at: number): ScheduleRow {
  const before = withoutPastPause(row, at);
  const zone = patch.timezone === undefined ? before.zone : checkZone(patch.timezone);
  const rule = patch.when === undefined ? before.rule : plainRuleText(patch.when, at, zone);
  const state = stateOf(patch, before);
  const seconds = (value: number | undefined): number | undefined => (value === undefined ? undefined : value * 1000);
  return {
    ...before,
    rule,
    zone,
    anchor: rule === before.rule ? before.anchor : at,
    ...state,
    ...(state.state === "enabled" && before.state !== "enabled" && { failures: 0, rest_until: null }),
    description: patch.description ?? before.description,
    prompt: patch.prompt ?? before.prompt,
    catch_up: patch.catchUp ?? before.catch_up,
    catch_up_max: patch.catchUpMax ?? before.catch_up_max,
    catch_up_age_ms: seconds(patch.catchUpMaxAgeSeconds) ?? before.catch_up_age_ms,
    overlap: patch.overlap ?? before.overlap,
    on_crash: patch.onCrash ?? before.on_crash,
    jitter_ms: seconds(patch.jitterSeconds) ?? before.jitter_ms,
    max_failures: patch.maxFailures ?? before.max_failures,
    limits: patch.limits === undefined ? before.limits : JSON.stringify(patch.limits),
    metadata: patch.metadata === undefined ? before.metadata : JSON.stringify(patch.metadata),
    model: patch.model === undefined ? before.model : patch.model,
    effort: patch.effort === undefined ? before.effort : patch.effort,
  };
}

export async function deleteSchedule(store: Store, viewer: User, name: string): Promise<void> {
  const { id } = await mine(store.db, viewer, name);
  const now = await dueClock(store);
  const done = await settle(store, id, { now, to: now }, async (tx) => {
    await tx.db.updateTable("schedules").set({ deleted_at: now, next_due: null }).where("id", "=", id).execute();
    audit(tx, viewer, { kind: "schedule.deleted", thing: name });
    tx.changed("schedules", [viewer.id], id);
  });
  if (done === undefined) throw noSchedule(name);
}

/** Runs it now, in its own chat, beside what its rule says. */
export async function runScheduleNow(store: Store, viewer: User, name: string): Promise<Task> {
  const { id } = await mine(store.db, viewer, name);
  const taskId = await store.transact(async (tx) => {
    const schedule = await lockSchedule(tx, id);
    if (schedule === undefined) throw noSchedule(name);
    try {
      readPrompt(store, schedule.prompt);
    } catch (error) {
      throw new SparkyError("conflict", (error as Error).message, { hint: "restore the file, or edit the schedule" });
    }
    const now = await dueClock(store, tx.db);
    const row = { ...occurrenceRow(tx, id, now), manual: 1 };
    await tx.db.insertInto("occurrences").values(row).execute();
    await startOccurrence(store, tx, schedule, row, now);
    tx.changed("schedules", [viewer.id], id);
    const made = await tx.db
      .selectFrom("occurrences")
      .select("task_id")
      .where("id", "=", row.id)
      .executeTakeFirstOrThrow();
    return made.task_id ?? "";
  });
  return getTask(store, viewer, taskId);
}

type StateFields = Pick<ScheduleRow, "state" | "paused_until" | "pause_reason">;

function stateOf(input: Pick<SchedulePatch, "state" | "pausedUntil">, before: StateFields): StateFields {
  const until = input.pausedUntil == null ? null : Date.parse(input.pausedUntil);
  if (until !== null && input.state !== "paused") {
    throw new SparkyError("invalid_input", "pausedUntil: is for a schedule that is paused", {
      hint: 'send it with state: "paused"',
    });
  }
  if (input.state === undefined) {
    const { state, paused_until, pause_reason } = before;
    return { state, paused_until, pause_reason };
  }
  return { state: input.state, paused_until: until, pause_reason: null };
}

function checkPause({ paused_until: until }: StateFields, at: number): void {
  if (until === null || until > at) return;
  const words = `pausedUntil: ${isoTime(until)} lies in the past: it is ${isoTime(at)} now`;
  throw new SparkyError("invalid_input", words, { hint: "name a later time, or enable it" });
}

async function setNextDue(tx: Tx, id: string, from: number): Promise<void> {
  const next = nextOf(await rulesFrom(tx.db, id, from), from, hasInstants);
  await tx.db.updateTable("schedules").set({ next_due: next }).where("id", "=", id).execute();
}
