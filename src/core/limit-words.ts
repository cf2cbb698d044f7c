/**
 * What may be spent in somebody's name; null: no limit. A day and a month are those of the server's time zone. A request is one
 * call of a model.
 */
export const SPENDING_LIMITS = [
  "requestsPerDay",
  "requestsPerMonth",
  "tokensPerDay",
  "tokensPerMonth",
  "dollarsPerDay",
  "dollarsPerMonth",
] as const;
export type SpendingLimit = (typeof SPENDING_LIMITS)[number];

/** With how many of their tasks may be at work at once. */
export const LIMIT_NAMES = [...SPENDING_LIMITS, "tasksAtOnce"] as const;
export type LimitName = (typeof LIMIT_NAMES)[number];

export const MOST_TASKS_AT_ONCE = 1000;

export type LimitUnit = "requests" | "tokens" | "dollars" | "tasks";
export const limitUnit = (name: LimitName): LimitUnit => UNITS.find((unit) => name.startsWith(unit)) ?? "tasks";
const UNITS = ["requests", "tokens", "dollars"] as const;

/** One that lets the next call not be made. */
export interface Reached {
  readonly name: SpendingLimit;
  readonly limit: number;
  readonly used: number;
  /** What the next call takes at least; it counts where the limit is not used up already. */
  readonly next: number;
  /** When it begins anew, in milliseconds. */
  readonly endsAt: number;
}

/**
 * `The daily limit of 100,000 tokens is used up (100,412 used); it begins anew at 00:00 (Europe/Berlin)`, or that the next call would
 * pass it, or is more than it ever allows.
 */
export function limitWords({ name, limit, used, next, endsAt }: Reached, zone: string): string {
  const amount = limitUnit(name) === "dollars" ? inDollars : whole;
  const is = `The ${limitOf(name, limit)}`;
  const sends = limitUnit(name) === "dollars" ? "what the next call sends costs" : "the next call sends";
  if (used < limit && next > limit) {
    return `${is} is less than ${sends} (about ${amount(next)}): it goes on when an owner raises the limit`;
  }
  const how = used < limit ? `would be passed: ${amount(used)} used, and ${sends} about` : "is used up";
  const numbers = used < limit ? ` ${amount(next)}` : ` (${amount(used)} used)`;
  return `${is} ${how}${numbers}; it begins anew ${anew(name, endsAt, zone)}`;
}

/** `at 00:00 (Europe/Berlin)`, `on 1 May at 00:00 (Europe/Berlin)` */
function anew(name: SpendingLimit, endsAt: number, zone: string): string {
  const at = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(endsAt);
  const on = new Intl.DateTimeFormat("en-GB", { timeZone: zone, day: "numeric", month: "long" }).format(endsAt);
  return `${name.endsWith("Day") ? "" : `on ${on} `}at ${at} (${zone})`;
}

/** `daily limit of 100,000 tokens` */
export function limitOf(name: SpendingLimit, limit: number): string {
  const unit = limitUnit(name);
  if (unit === "dollars") return `${limitName(name)} of ${inDollars(limit)}`;
  return `${limitName(name)} of ${whole(limit)} ${limit === 1 ? unit.slice(0, -1) : unit}`;
}

/** From here on it is told, once, that a limit will soon be used up. */
export const NEAR = 0.8;

/** Of a person: most of it is used. */
export interface Near {
  readonly name: SpendingLimit;
  readonly limit: number;
  readonly used: number;
  /** The day or month: its first instant, and the one at which it begins anew. */
  readonly start: number;
  readonly end: number;
}

/** `81 % of the daily limit of 100,000 tokens is used; it begins anew at 00:00 (Europe/Berlin)`. */
export const nearWords = ({ name, limit, used, end }: Near, zone: string): string =>
  `${shareOf(used, limit)} % of the ${limitOf(name, limit)} is used; it begins anew ${anew(name, end, zone)}`;

/** How much of a limit is used, in whole percent: 100 only when all of it is. */
export const shareOf = (used: number, limit: number): number => (limit === 0 ? 100 : Math.floor((100 * used) / limit));

/** Behind `Queued: `, of a task that waits for another of the same person. */
export const atOnceWords = (limit: number): string =>
  `the limit of ${limit === 1 ? "one task" : `${whole(limit)} tasks`} at once is reached; it starts when another has ended or waits`;

export const limitName = (name: SpendingLimit): string => (name.endsWith("Day") ? "daily limit" : "monthly limit");

export const whole = (n: number): string => n.toLocaleString("en-US");
/** A small sum that is left out would be none. */
export const inDollars = (n: number): string =>
  `$${n.toLocaleString("en-US", { maximumFractionDigits: n < 1 ? 4 : 2 })}`;
