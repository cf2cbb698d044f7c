import { QUARTER_MS } from "./periods.ts";
import { zonedDay } from "./zone.ts";

/** What a span of work came to: a pure fold of ended runs. Times are milliseconds. */

export interface EndedRun {
  readonly state: "completed" | "failed" | "cancelled";
  /** The answer to a message, or an attempt at a task. */
  readonly kind: "answer" | "task";
  readonly schedule: string | null;
  readonly taskId: string | null;
  readonly chatId: string;
  readonly endedAt: number;
  /** From when it could have begun until it began, and from then to its end; null: it never began. */
  readonly waitMs: number | null;
  readonly tookMs: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costUsd: number | null;
  readonly reason: string | null;
}

export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

export interface Sums {
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Of the input: what providers had from the call before. */
  readonly cachedTokens: number;
  /** null: no model told what it costs. */
  readonly costUsd: number | null;
  /** null: none began. */
  readonly wait: Spread | null;
  readonly took: Spread | null;
}

export interface Stats {
  /** Attempts at tasks, and answers to people. */
  readonly tasks: Sums;
  readonly answers: Sums;
  readonly all: Sums;
  /** Every day of the span, in the zone, the first one first. */
  readonly days: readonly (Sums & { readonly day: string })[];
  /** What the work was for: a schedule, a task of its own, or an answer; the most tokens first. */
  readonly origins: readonly (Sums & {
    readonly origin: "schedule" | "task" | "chat";
    readonly schedule: string | null;
  })[];
  /** Why runs failed, the most frequent reason first. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  readonly reason: string;
  readonly count: number;
  /** Of the last one. */
  readonly chatId: string;
  readonly taskId: string | null;
  readonly at: number;
}

const DAY_MS = 86_400_000;

/** A fold that takes one run after another, so that a busy year can be added up little by little. */
export interface Tally {
  add(run: EndedRun): void;
  stats(): Stats;
}

export function tally(span: { readonly since: number; readonly until: number; readonly zone: string }): Tally {
  const dayOf = dayIn(span.zone);
  const byDay = new Map<string, Sum>();
  for (let at = span.since; at < span.until; at += DAY_MS) byDay.set(dayOf(at), newSum());
  if (span.until > span.since) kept(byDay, dayOf(span.until - 1), newSum);
  const byKind = { task: newSum(), answer: newSum() };
  const byOrigin = new Map<string, Origin>();
  const byReason = new Map<string, Failure>();
  return {
    add(run) {
      addTo(kept(byDay, dayOf(run.endedAt), newSum), run);
      addTo(byKind[run.kind], run);
      const origin = originOf(run);
      const { schedule } = run;
      const found = kept(byOrigin, JSON.stringify([origin, schedule]), () => ({ origin, schedule, sum: newSum() }));
      addTo(found.sum, run);
      if (run.state === "failed") byReason.set(run.reason ?? "", failureOf(run, byReason.get(run.reason ?? "")));
    },
    stats: () => ({
      tasks: sumsOf(byKind.task),
      answers: sumsOf(byKind.answer),
      all: sumsOf(together(byKind.task, byKind.answer)),
      days: [...byDay].map(([day, sum]) => ({ day, ...sumsOf(sum) })).toSorted((a, b) => (a.day < b.day ? -1 : 1)),
      origins: [...byOrigin.values()]
        .map(({ origin, schedule, sum }) => ({ origin, schedule, ...sumsOf(sum) }))
        .toSorted((a, b) => b.inputTokens + b.outputTokens - a.inputTokens - a.outputTokens),
      failures: [...byReason.values()].toSorted((a, b) => b.count - a.count || b.at - a.at),
    }),
  };
}

function failureOf({ reason, chatId, taskId, endedAt }: EndedRun, before: Failure | undefined): Failure {
  const count = (before?.count ?? 0) + 1;
  return before !== undefined && before.at >= endedAt
    ? { ...before, count }
    : { reason: reason ?? "", count, chatId, taskId, at: endedAt };
}

/** Calendar days of a zone, as `2026-12-01`. Each is worked out once. */
function dayIn(zone: string): (at: number) => string {
  const known = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    const day = known.get(quarter) ?? zonedDay(zone, quarter * QUARTER_MS);
    known.set(quarter, day);
    return day;
  };
}

function originOf(run: EndedRun): "schedule" | "task" | "chat" {
  return run.schedule !== null ? "schedule" : run.kind === "task" ? "task" : "chat";
}

/** What is added up; waits and times are kept until percentiles are asked for. */
interface Sum {
  readonly states: { [state in EndedRun["state"]]: number };
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
  costUsd: number | null;
  readonly waits: number[];
  readonly times: number[];
}

interface Origin {
  readonly origin: "schedule" | "task" | "chat";
  readonly schedule: string | null;
  readonly sum: Sum;
}

function newSum(): Sum {
  const states = { completed: 0, failed: 0, cancelled: 0 };
  return { states, inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: null, waits: [], times: [] };
}

function addTo(sum: Sum, run: EndedRun): void {
  sum.states[run.state]++;
  sum.inputTokens += run.inputTokens;
  sum.outputTokens += run.outputTokens;
  sum.cachedTokens += run.cachedTokens;
  if (run.costUsd !== null) sum.costUsd = (sum.costUsd ?? 0) + run.costUsd;
  if (run.waitMs !== null) sum.waits.push(run.waitMs);
  if (run.tookMs !== null) sum.times.push(run.tookMs);
}

function together(a: Sum, b: Sum): Sum {
  const costs = [a.costUsd, b.costUsd].filter((cost) => cost !== null);
  return {
    states: {
      completed: a.states.completed + b.states.completed,
      failed: a.states.failed + b.states.failed,
      cancelled: a.states.cancelled + b.states.cancelled,
    },
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    cachedTokens: a.cachedTokens + b.cachedTokens,
    costUsd: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
    waits: [...a.waits, ...b.waits],
    times: [...a.times, ...b.times],
  };
}

function sumsOf({ states, waits, times, ...sums }: Sum): Sums {
  return { ...states, ...sums, wait: spreadOf(waits), took: spreadOf(times) };
}

/** By the nearest rank: a value that really occurred. */
function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  const rank = (share: number): number => sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? 0;
  return { p50: rank(0.5), p95: rank(0.95), max: rank(1) };
}

function kept<T>(map: Map<string, T>, key: string, fresh: () => T): T {
  const found = map.get(key) ?? fresh();
  map.set(key, found);
  return found;
}
