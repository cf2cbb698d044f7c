import { isoTime } from "../../core/clock.ts";
import { checkZone, nextDue, parseDueRule } from "../../core/due.ts";
import type { Effort } from "../../core/effort.ts";
import { isSparkyError, notFound, SparkyError } from "../../core/errors.ts";
import { namesHint } from "../../core/nearest.ts";
import type { Json } from "../../core/events.ts";
import { plainRuleText } from "../../core/plain-rule.ts";
import { promptPath } from "../../core/prompt-file.ts";
import { offsetAt } from "../../core/zone.ts";
import { checkLedger, type LedgerCheck } from "../ledger/check.ts";
import { listOccurrences, recentOccurrences, type Occurrence } from "../ledger/occurrences.ts";
import { isEnabled, nextOf, rulesFrom, rulesOfAll, withoutPastPause } from "../ledger/rules.ts";
import { dueClock } from "../database/clock.ts";
import type { ScheduleRow, ScheduleRuleRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import { formsOf } from "../database/spellings.ts";
import type { Store } from "../database/store.ts";
import type { TaskLimits } from "../tasks/read.ts";
import { may } from "../people/access.ts";
import type { User } from "../people/user.ts";
import { checkPrompt, readPrompt } from "./prompt-words.ts";

/** A schedule as the API tells it. */
export interface Schedule {
  readonly name: string;
  readonly description: string;
  readonly prompt: string;
  readonly when: string;
  readonly timezone: string;
  readonly enabled: boolean;
  readonly state: ScheduleRow["state"];
  readonly pausedUntil: string | null;
  readonly pauseReason: string | null;
  readonly catchUp: ScheduleRow["catch_up"];
  readonly catchUpMax: number;
  readonly catchUpMaxAgeSeconds: number;
  readonly overlap: ScheduleRow["overlap"];
  readonly onCrash: ScheduleRow["on_crash"];
  readonly jitterSeconds: number;
  readonly maxFailures: number;
  readonly failures: number;
  /** After a failure: what is due before this is skipped. */
  readonly restsUntil: string | null;
  readonly limits: TaskLimits;
  readonly model: string | null;
  readonly effort: Effort | null;
  readonly metadata: { readonly [key: string]: Json };
  readonly chatId: string | null;
  /** The next instant that is to run. */
  readonly nextDueAt: string | null;
  readonly last: Occurrence | null;
  readonly lastTaskId: string | null;
  /** The newest rows of its ledger, the newest first, where they were asked for. */
  readonly recent?: readonly Occurrence[];
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** By name. A constant number of queries, however many there are; `recent`: with so many rows of each one's ledger. */
export async function listSchedules(
  store: Store,
  viewer: User,
  query: { readonly recent?: number | undefined } = {},
): Promise<readonly Schedule[]> {
  const rows = await owned(store.db, viewer).orderBy("name").execute();
  return schedulesOf(store, rows, query.recent);
}

export async function getSchedule(store: Store, viewer: User, name: string): Promise<Schedule> {
  const [schedule] = await schedulesOf(store, [await mine(store.db, viewer, name)]);
  if (schedule === undefined) throw noSchedule(name);
  return schedule;
}

export async function scheduleHistory(
  store: Store,
  viewer: User,
  name: string,
  query: Parameters<typeof listOccurrences>[2],
): ReturnType<typeof listOccurrences> {
  return listOccurrences(store.db, await mine(store.db, viewer, name), query);
}

export async function checkSchedule(store: Store, viewer: User, name: string): Promise<LedgerCheck> {
  return checkLedger(store.db, await mine(store.db, viewer, name), await dueClock(store));
}

/** The next instants that are to run. */
export async function nextInstants(store: Store, viewer: User, name: string, n: number): Promise<readonly string[]> {
  const schedule = await mine(store.db, viewer, name);
  const rules = await rulesFrom(store.db, schedule.id, schedule.settled_to);
  const from = Math.max(schedule.settled_to, schedule.rest_until ?? 0, await dueClock(store));
  return instants(n, from, (at) => nextOf(rules, at, isEnabled));
}

/** What the agent is told when it runs: the prompt's own words, or those of its file as they are now, if they can be read. */
export async function schedulePrompt(
  store: Store,
  viewer: User,
  name: string,
): Promise<{ readonly text: string | null; readonly file: string | null; readonly problem: string | null }> {
  const { prompt } = await getSchedule(store, viewer, name);
  const file = promptPath(prompt) ?? null;
  try {
    checkPrompt(store, viewer, prompt);
    return { text: readPrompt(store, prompt), file, problem: null };
  } catch (error) {
    if (!isSparkyError(error) || error.code !== "invalid_input") throw error;
    return { text: null, file, problem: error.message };
  }
}

/** What a rule would come to if a schedule had it from now on; throws what creating that schedule would. */
export async function previewRule(
  store: Store,
  input: { readonly when: string; readonly timezone?: string | undefined },
  n: number,
): Promise<{ readonly rule: string; readonly timezone: string; readonly instants: readonly string[] }> {
  const now = await dueClock(store);
  const timezone = checkZone(input.timezone ?? "UTC");
  const text = plainRuleText(input.when, now, timezone);
  const rule = parseDueRule(text);
  const found = instants(n, now, (at) => nextDue(rule, timezone, now, at - 1));
  if (found.length === 0) throw past(input.when, timezone, now);
  return { rule: text, timezone, instants: found };
}

export function past(rule: string, zone: string, now: number): SparkyError {
  const wall = isoTime(now + offsetAt(zone, now)).slice(0, 16);
  return new SparkyError("invalid_input", `${rule} lies in the past: it would never run`, {
    hint: `it is ${wall} in ${zone} now: name a later time`,
  });
}

function instants(n: number, from: number, next: (at: number) => number | null): readonly string[] {
  const found: string[] = [];
  for (let at = next(from); at !== null && found.length < n; at = next(at + 1)) found.push(isoTime(at));
  return found;
}

/** What comes next over all schedules of the viewer. */
export async function upcoming(
  store: Store,
  viewer: User,
  n: number,
): Promise<readonly { schedule: string; dueAt: string }[]> {
  const now = store.clock.now();
  const rows = await owned(store.db, viewer)
    .where("next_due", "is not", null)
    .where((eb) => eb.or([eb("state", "=", "enabled"), eb("paused_until", "<=", now)]))
    .where((eb) => eb.or([eb("rest_until", "is", null), eb("rest_until", "<=", eb.ref("next_due"))]))
    .orderBy("next_due")
    .limit(n)
    .execute();
  return rows.map((row) => ({ schedule: row.name, dueAt: isoTime(row.next_due ?? now) }));
}

export async function mine(db: Db, viewer: User, name: string): Promise<ScheduleRow> {
  const row = await owned(db, viewer).where("name", "in", formsOf(name)).executeTakeFirst();
  if (row !== undefined) return row;
  const known = owned(db, viewer).clearSelect().select("name").orderBy("name").limit(MOST_NAMES);
  const names = (await known.execute()).map((each) => each.name);
  throw noSchedule(name, namesHint(name, names));
}

/** More are not compared with a name that is not there. */
const MOST_NAMES = 500;

export function noSchedule(name: string, hint: string | null = null): SparkyError {
  return notFound(`schedule ${JSON.stringify(name)}`, hint);
}

export const owned = (db: Db, viewer: User) =>
  db
    .selectFrom("schedules")
    .selectAll()
    .where(may(viewer, "see", "schedules"));

async function schedulesOf(store: Store, rows: readonly ScheduleRow[], recent?: number): Promise<readonly Schedule[]> {
  const [rules, occurrences] = await Promise.all([
    rulesOfAll(store.db, rows),
    recentOccurrences(store.db, rows, Math.max(recent ?? 0, 1)),
  ]);
  const now = store.clock.now();
  return rows.map((row) => {
    const known = occurrences.get(row.id) ?? [];
    const schedule = scheduleOf(row, rules.get(row.id) ?? [], known[0] ?? null, now);
    return recent === undefined ? schedule : { ...schedule, recent: known.slice(0, recent) };
  });
}

function scheduleOf(
  row: ScheduleRow,
  rules: readonly ScheduleRuleRow[],
  last: Occurrence | null,
  now: number,
): Schedule {
  const next = nextOf(rules, Math.max(row.settled_to, row.rest_until ?? 0), isEnabled);
  const rests = row.rest_until !== null && row.rest_until > now;
  const { state, paused_until: until, pause_reason: pauseReason } = withoutPastPause(row, now);
  return {
    name: row.name,
    description: row.description,
    prompt: row.prompt,
    when: row.rule,
    timezone: row.zone,
    enabled: state === "enabled",
    state,
    pausedUntil: until === null ? null : isoTime(until),
    pauseReason,
    catchUp: row.catch_up,
    catchUpMax: row.catch_up_max,
    catchUpMaxAgeSeconds: row.catch_up_age_ms / 1000,
    overlap: row.overlap,
    onCrash: row.on_crash,
    jitterSeconds: row.jitter_ms / 1000,
    maxFailures: row.max_failures,
    failures: row.failures,
    restsUntil: rests ? isoTime(row.rest_until ?? now) : null,
    limits: JSON.parse(row.limits) as TaskLimits,
    model: row.model,
    effort: row.effort,
    metadata: JSON.parse(row.metadata) as Schedule["metadata"],
    chatId: row.chat_id,
    nextDueAt: next === null ? null : isoTime(next),
    last,
    lastTaskId: last?.taskId ?? null,
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
  };
}
