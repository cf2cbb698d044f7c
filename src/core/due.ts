import { CronCalendar } from "./cron.ts";
import { SparkyError } from "./errors.ts";
import { firstChange, offsetAt, type ClockChange } from "./zone.ts";

/**
 * When a schedule is due: pure functions of its rule, its zone and an anchor. Instants are milliseconds since the epoch.
 *
 * `cron(…)` is read in the schedule's zone. A rule that names fixed times of day is due once a day whatever the clocks
 * do: in the gap of spring at the first moment after it, in the doubled hour of autumn at its first pass. A rule with a
 * wildcard in its time of day skips what the gap leaves out, and is due in both passes of the doubled hour. When both the
 * day of the month and the day of the week are restricted, either is enough, as in every cron; `+` before the day of the
 * week (`0 9 13 * +FRI`) asks for both.
 */
export type DueRule =
  | { readonly kind: "every"; readonly ms: number }
  | { readonly kind: "cron"; readonly expression: string }
  | { readonly kind: "at"; readonly local: string };

export const MIN_EVERY_MS = 10_000;
const MAX_EVERY_MS = 10 * 365 * 86_400_000;
const UNIT_MS = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const;
const FORMS = 'say "weekdays at 9:00", or write every(30 minutes), cron(0 9 * * 1-5) or at(2030-01-15T09:00)';

/** Parses a rule's own words; throws `invalid_input` that names the place and what is allowed. */
export function parseDueRule(text: string): DueRule {
  const [, kind, inner = ""] = /^\s*(every|cron|at)\s*\((.*)\)\s*$/is.exec(text) ?? [];
  switch (kind?.toLowerCase()) {
    case "every":
      return parseEvery(text, inner);
    case "cron":
      return parseCron(inner.trim().replace(/\s+/g, " "));
    case "at":
      return parseAt(inner.trim());
    default:
      throw bad(`${JSON.stringify(text)} is not a rule`, FORMS);
  }
}

/** The one way a rule is written: what `parseDueRule` reads, tidied. */
export function dueRuleText(rule: DueRule): string {
  switch (rule.kind) {
    case "cron":
      return `cron(${rule.expression})`;
    case "at":
      return `at(${rule.local})`;
    case "every": {
      const units = ["day", "hour", "minute"] as const;
      const unit = units.find((each) => rule.ms % UNIT_MS[each] === 0) ?? "second";
      const count = rule.ms / UNIT_MS[unit];
      return `every(${count} ${unit}${count === 1 ? "" : "s"})`;
    }
  }
}

/** Throws `invalid_input` unless it is an IANA time zone of this system. */
export function checkZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    throw bad(`timezone: there is no zone ${JSON.stringify(zone)}`, "use a name such as Europe/Berlin or UTC");
  }
}

/** The first due instant after `after`, or null when none comes any more. */
export function nextDue(rule: DueRule, zone: string, anchor: number, after: number): number | null {
  return dueFrom(rule, zone, anchor, after + 1).next().value ?? null;
}

/** The due instants from `from` on and before `to`, at most `limit` of them, in order. A thousand take less than a millisecond. */
export function dueBetween(
  rule: DueRule,
  zone: string,
  anchor: number,
  range: { readonly from: number; readonly to: number },
  limit: number,
): readonly number[] {
  const found: number[] = [];
  for (const at of dueFrom(rule, zone, anchor, range.from)) {
    if (at >= range.to || found.length >= limit) break;
    found.push(at);
  }
  return found;
}

/** Every due instant from `from` on. */
function* dueFrom(rule: DueRule, zone: string, anchor: number, from: number): Generator<number, undefined> {
  switch (rule.kind) {
    case "every": {
      const first = Math.max(Math.ceil((from - anchor) / rule.ms), 1);
      for (let n = first; ; n++) yield anchor + n * rule.ms;
    }
    case "cron":
      return yield* cronFrom(calendar(rule.expression), zone, from);
    case "at": {
      const at = atInstant(rule.local, zone);
      if (at >= from) yield at;
      return;
    }
  }
}

/** Longer than any clock is set forward or back. */
const WIDEST_CHANGE_MS = 2 * 86_400_000;
/** Instants that lie close together share one look at the zone. */
const LOOK_AHEAD_MS = 86_400_000;

function* cronFrom(times: CronCalendar, zone: string, from: number): Generator<number, undefined> {
  let at = from - WIDEST_CHANGE_MS;
  let offset = offsetAt(zone, at);
  /** Up to here the clock on the wall has been. */
  let shown = -Infinity;
  /** The next change, if there is one up to where it was looked for. */
  let change: ClockChange | null = null;
  let lookedTo = at;
  for (;;) {
    const asked = Math.max(at, from) + offset;
    const wall = times.next(times.isFixed ? Math.max(asked, shown) : asked);
    // A rule whose days never come is refused when it is made.
    if (wall === null) return;
    const next = wall - offset;
    if (change === null && next > lookedTo) {
      const to = Math.max(next, lookedTo + LOOK_AHEAD_MS);
      change = firstChange(zone, lookedTo, to);
      lookedTo = change?.at ?? to;
    }
    if (change === null || next < change.at) {
      yield next;
      at = next + 1;
      continue;
    }
    const [end, begin] = [change.at + change.before, change.at + change.after];
    at = change.at;
    offset = change.after;
    change = null;
    if (!times.isFixed) continue;
    shown = Math.max(shown, end);
    const inGap = begin > end ? times.next(end) : null;
    if (inGap === null || inGap >= begin || at < from) continue;
    yield at;
    at += 1;
  }
}

function parseEvery(text: string, inner: string): DueRule {
  const [, count = "", name = ""] = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(inner) ?? [];
  const unit = Object.entries(UNIT_MS).find(([word]) => [word, `${word}s`, word[0]].includes(name.toLowerCase()));
  if (unit === undefined) {
    throw bad(`${JSON.stringify(text)} is not an interval`, "write every(N seconds|minutes|hours|days)");
  }
  const ms = Math.round(Number(count) * unit[1]);
  if (ms < MIN_EVERY_MS)
    throw bad(`${JSON.stringify(text)} is too often`, "every(10 seconds) is the shortest interval");
  if (ms > MAX_EVERY_MS) throw bad(`${JSON.stringify(text)} is too long`, "every(3650 days) is the longest interval");
  return { kind: "every", ms };
}

/** Any day will do to see how close together the instants of a rule lie. */
const SOME_DAY = Date.UTC(2026, 0, 1);

function parseCron(expression: string): DueRule {
  const times = calendar(expression);
  let before = times.next(SOME_DAY);
  if (before === null) throw bad(`cron(${expression}) never comes`, "check its day against its month");
  for (let i = 0; i < 60; i++) {
    const next = times.next(before + 1);
    if (next === null) break;
    if (next - before < MIN_EVERY_MS) {
      throw bad(`cron(${expression}) is too often`, "leave at least 10 seconds between two times");
    }
    before = next;
  }
  return { kind: "cron", expression };
}

function calendar(expression: string): CronCalendar {
  try {
    return new CronCalendar(expression);
  } catch (error) {
    throw bad(
      `cron(${expression}): ${error instanceof Error ? asTyped(error.message) : String(error)}`,
      "five fields, minute hour day month weekday, or six with the seconds first, as in cron(0 9 * * 1-5)",
    );
  }
}

/** croner counts days and months from 0; people do not. */
const COUNTED_FROM = { day: ["day", 1], nearestWeekdays: ["day", 1], month: ["month", 1], dayOfWeek: ["weekday", 0] };

function asTyped(message: string): string {
  return message.replace(/^CronPattern: /, "").replace(/value for (\w+): (-?\d+)/, (all, field: string, value) => {
    const [name, first] = COUNTED_FROM[field as keyof typeof COUNTED_FROM] ?? [];
    return name === undefined ? all : `value for ${name}: ${Number(value) + Number(first)}`;
  });
}

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?$/;

function parseAt(inner: string): DueRule {
  const parts = LOCAL.exec(inner)
    ?.slice(1)
    .map((part) => Number(part ?? 0));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts ?? [];
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const [written] = date.toISOString().split(".");
  if (parts === undefined || date.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second > 59) {
    throw bad(`at(${inner}) is not a time that exists`, "write at(2030-01-15T09:00), in the schedule's own zone");
  }
  return { kind: "at", local: second === 0 ? (written ?? "").slice(0, 16) : (written ?? "") };
}

/** In the gap of spring: as much later as the gap is wide. In the doubled hour of autumn: the first pass. */
function atInstant(local: string, zone: string): number {
  const wall = Date.parse(`${local}Z`);
  const [before, after] = [wall - 86_400_000, wall + 86_400_000].map((at) => wall - offsetAt(zone, at)) as [
    number,
    number,
  ];
  if (before + offsetAt(zone, before) === wall) return before;
  return after + offsetAt(zone, after) === wall ? after : before;
}

function bad(message: string, hint: string): SparkyError {
  return new SparkyError("invalid_input", message, { hint });
}
