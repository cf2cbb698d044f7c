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
/** Every zone's offset is a multiple of this: within it, it is one day. */
const QUARTER_MS = 900_000;

export function statsOf(
  runs: readonly EndedRun[],
  span: { readonly since: number; readonly until: number; readonly zone: string },
  dayOf = dayIn(span.zone),
): Stats {
  const byDay = new Map<string, EndedRun[]>();
  for (let at = span.since; at < span.until; at += DAY_MS) byDay.set(dayOf(at), []);
  if (span.until > span.since) byDay.set(dayOf(span.until - 1), byDay.get(dayOf(span.until - 1)) ?? []);
  const byOrigin = new Map<string, EndedRun[]>();
  const byReason = new Map<string, EndedRun[]>();
  for (const run of runs) {
    add(byDay, dayOf(run.endedAt), run);
    add(byOrigin, JSON.stringify([originOf(run), run.schedule]), run);
    if (run.state === "failed") add(byReason, run.reason ?? "", run);
  }
  return {
    tasks: sumsOf(runs.filter((run) => run.kind === "task")),
    answers: sumsOf(runs.filter((run) => run.kind === "answer")),
    all: sumsOf(runs),
    days: [...byDay].map(([day, ofDay]) => ({ day, ...sumsOf(ofDay) })).toSorted((a, b) => (a.day < b.day ? -1 : 1)),
    origins: [...byOrigin.values()]
      .flatMap((some) => {
        const [first] = some;
        return first === undefined ? [] : [{ origin: originOf(first), schedule: first.schedule, ...sumsOf(some) }];
      })
      .toSorted((a, b) => b.inputTokens + b.outputTokens - a.inputTokens - a.outputTokens),
    failures: [...byReason]
      .flatMap(([reason, some]) => {
        const last = some.reduce((a, b) => (b.endedAt > a.endedAt ? b : a));
        return [{ reason, count: some.length, chatId: last.chatId, taskId: last.taskId, at: last.endedAt }];
      })
      .toSorted((a, b) => b.count - a.count || b.at - a.at),
  };
}

/** Calendar days of a zone, as `2026-12-01`. Each is worked out once: what asks for many can do so little by little. */
export function dayIn(zone: string): (at: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
  });
  const known = new Map<number, string>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS);
    const day = known.get(quarter) ?? format.format(quarter * QUARTER_MS);
    known.set(quarter, day);
    return day;
  };
}

function originOf(run: EndedRun): "schedule" | "task" | "chat" {
  return run.schedule !== null ? "schedule" : run.kind === "task" ? "task" : "chat";
}

function sumsOf(runs: readonly EndedRun[]): Sums {
  const count = (state: EndedRun["state"]): number => runs.filter((run) => run.state === state).length;
  const costs = runs.flatMap((run) => (run.costUsd === null ? [] : [run.costUsd]));
  return {
    completed: count("completed"),
    failed: count("failed"),
    cancelled: count("cancelled"),
    inputTokens: runs.reduce((sum, run) => sum + run.inputTokens, 0),
    outputTokens: runs.reduce((sum, run) => sum + run.outputTokens, 0),
    costUsd: costs.length === 0 ? null : costs.reduce((sum, cost) => sum + cost, 0),
    wait: spreadOf(runs.flatMap((run) => (run.waitMs === null ? [] : [run.waitMs]))),
    took: spreadOf(runs.flatMap((run) => (run.tookMs === null ? [] : [run.tookMs]))),
  };
}

/** By the nearest rank: a value that really occurred. */
function spreadOf(values: readonly number[]): Spread | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const rank = (share: number): number => sorted[Math.max(Math.ceil(sorted.length * share) - 1, 0)] ?? 0;
  return { p50: rank(0.5), p95: rank(0.95), max: rank(1) };
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
