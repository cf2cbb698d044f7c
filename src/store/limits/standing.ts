import { sql } from "kysely";
import { dayAround, monthAround, type Period } from "../../core/periods.ts";
import {
  NEAR,
  SPENDING_LIMITS,
  type LimitName,
  type Near,
  type Reached,
  type SpendingLimit,
} from "../../core/limit-words.ts";
import { claimableRuns, heldRuns } from "../runs/open.ts";
import type { Spent } from "../runs/spent.ts";
import type { Db } from "../database/sql.ts";

export type UserLimits = { readonly [name in LimitName]: number | null };

/** The id of who has a limit of what they spend; null: they have none. */
const limited = sql`CASE WHEN coalesce(l.requests_day, l.requests_month, l.tokens_day, l.tokens_month, l.dollars_day, l.dollars_month) IS NOT NULL THEN u.id END`;

/** What somebody may spend, and what was spent in their name in the day and the month that it is. */
export interface Standing {
  readonly name: string;
  readonly disabled: boolean;
  readonly limits: UserLimits;
  readonly day: Period & Spent;
  readonly month: Period & Spent;
}

/**
 * By one question to the database, of rows that each model call adds to in the transaction that records it: so nothing drifts,
 * whichever node asks and whatever has crashed. What is dated later than now counts too: setting a clock back frees nothing.
 * `limitedOnly`: nothing is added up for who may spend without limits, and they are told to have spent nothing.
 */
export async function standingOf(
  db: Db,
  userId: string,
  at: { readonly now: number; readonly zone: string; readonly limitedOnly?: boolean },
): Promise<Standing> {
  const [day, month] = [dayAround(at.zone, at.now), monthAround(at.zone, at.now)];
  const { rows } = await sql<{
    name: string;
    banned: boolean | number;
    requests_day: number | null;
    requests_month: number | null;
    tokens_day: number | null;
    tokens_month: number | null;
    dollars_day: number | null;
    dollars_month: number | null;
    tasks_at_once: number | null;
    day_requests: number | string;
    day_tokens: number | string;
    day_dollars: number;
    month_requests: number | string;
    month_tokens: number | string;
    month_dollars: number;
  }>`
    SELECT u.name, u.banned, l.requests_day, l.requests_month, l.tokens_day, l.tokens_month, l.dollars_day, l.dollars_month, l.tasks_at_once,
      coalesce(sum(CASE WHEN s.at >= ${day.start} THEN s.requests END), 0) AS day_requests,
      coalesce(sum(s.requests), 0) AS month_requests,
      coalesce(sum(CASE WHEN s.at >= ${day.start} THEN s.tokens END), 0) AS day_tokens,
      coalesce(sum(CASE WHEN s.at >= ${day.start} THEN s.dollars END), 0) AS day_dollars,
      coalesce(sum(s.tokens), 0) AS month_tokens, coalesce(sum(s.dollars), 0) AS month_dollars
    FROM "user" u
      LEFT JOIN user_limits l ON l.user_id = u.id
      LEFT JOIN user_spent s ON s.user_id = ${at.limitedOnly ? limited : sql`u.id`} AND s.at >= ${month.start}
    WHERE u.id = ${userId}
    GROUP BY u.id, l.user_id`.execute(db);
  const [row] = rows;
  const limit = (value: number | null | undefined): number | null => (value == null ? null : Number(value));
  return {
    name: row?.name ?? userId,
    disabled: Boolean(row?.banned ?? false),
    limits: {
      requestsPerDay: limit(row?.requests_day),
      requestsPerMonth: limit(row?.requests_month),
      tokensPerDay: limit(row?.tokens_day),
      tokensPerMonth: limit(row?.tokens_month),
      dollarsPerDay: limit(row?.dollars_day),
      dollarsPerMonth: limit(row?.dollars_month),
      tasksAtOnce: limit(row?.tasks_at_once),
    },
    day: {
      ...day,
      requests: Number(row?.day_requests ?? 0),
      tokens: Number(row?.day_tokens ?? 0),
      dollars: Number(row?.day_dollars ?? 0),
    },
    month: {
      ...month,
      requests: Number(row?.month_requests ?? 0),
      tokens: Number(row?.month_tokens ?? 0),
      dollars: Number(row?.month_dollars ?? 0),
    },
  };
}

/**
 * Of those that are used up, or that the next call would pass by what it sends alone, the one that ends last; null: none is.
 * Each of somebody's runs looks by itself, on whichever node: what is passed at most is what their calls that are under way at
 * once send beyond the first, and what those calls answer.
 */
export function reachedOf(standing: Standing, ask: Spent): Reached | null {
  for (const { name, limit, unit, used, end } of usedOf(standing)) {
    const next = ask[unit];
    if (used >= limit || used + next > limit) return { name, limit, used, next, endsAt: end };
  }
  return null;
}

/** Those of which most is used, but not all. */
export function nearOf(standing: Standing): readonly Near[] {
  return usedOf(standing).filter(({ limit, used }) => used >= limit * NEAR && used < limit);
}

/** Each limit that is set, what ends last first. */
function usedOf({ limits, day, month }: Standing): readonly (Near & { readonly unit: keyof Spent })[] {
  const of: { readonly [name in SpendingLimit]: readonly [keyof Spent, Spent & Period] } = {
    requestsPerMonth: ["requests", month],
    dollarsPerMonth: ["dollars", month],
    tokensPerMonth: ["tokens", month],
    requestsPerDay: ["requests", day],
    dollarsPerDay: ["dollars", day],
    tokensPerDay: ["tokens", day],
  };
  return SOONEST_LAST.flatMap((name) => {
    const [limit, [unit, period]] = [limits[name], of[name]];
    return limit === null ? [] : [{ name, limit, unit, used: period[unit], start: period.start, end: period.end }];
  });
}

const SOONEST_LAST = SPENDING_LIMITS.toSorted((a, b) => Number(a.endsWith("Day")) - Number(b.endsWith("Day")));

/** How many tasks are at work for somebody, and how many wait for their turn. */
export async function tasksOf(
  db: Db,
  userId: string,
  now: number,
): Promise<{ readonly working: number; readonly queued: number }> {
  const ofRuns = db
    .selectFrom("runs")
    .select(db.fn.countAll<number | string>().as("count"))
    .where("whose", "=", userId);
  const [working, queued] = await Promise.all([
    ofRuns.where(heldRuns()).executeTakeFirstOrThrow(),
    ofRuns
      .where(claimableRuns())
      .where("state", "=", "queued")
      .where("not_before", "<=", now)
      .executeTakeFirstOrThrow(),
  ]);
  return { working: Number(working.count), queued: Number(queued.count) };
}
