import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { dueBetween, nextDue, parseDueRule } from "./due.ts";

// Every time zone and its clock changes, against a clock on the wall that is looked at minute by minute.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const iso = (ms: number): string => new Date(ms).toISOString();

/** Through midnight and not, over the date line (2011), of half an hour, for Ramadan, and what is planned. */
const YEARS = [2010, 2011, 2014, 2024, 2025, 2026, 2027];

/** What the clocks of a zone show, in minutes as if it were UTC: the reference's only idea of a zone. */
function wallClock(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  return (at) => {
    const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute) / MINUTE;
  };
}

interface Window {
  readonly zone: string;
  readonly from: number;
  /** What the clock shows at each minute. */
  readonly walls: readonly number[];
}

/** Three days around each change. */
function windowsOf(zone: string, years: readonly number[]): readonly Window[] {
  const shows = wallClock(zone);
  const found: Window[] = [];
  for (const year of years) {
    let before = shows(Date.UTC(year, 0)) - Date.UTC(year, 0) / MINUTE;
    for (let at = Date.UTC(year, 0); at < Date.UTC(year + 1, 0); at += DAY) {
      const offset = shows(at) - at / MINUTE;
      if (offset === before) continue;
      before = offset;
      const from = at - 2 * DAY;
      const hours = Array.from({ length: 3 * 24 + 1 }, (_, i) => shows(from + i * HOUR));
      const walls = hours.slice(0, -1).flatMap((wall, i) => {
        const minutes = Array.from({ length: 60 }, (_, minute) => minute);
        const even = hours[i + 1] === wall + 60;
        return minutes.map((minute) => (even ? wall + minute : shows(from + i * HOUR + minute * MINUTE)));
      });
      found.push({ zone, from, walls });
    }
  }
  return found;
}

interface Fields {
  readonly texts: readonly string[];
  readonly sets: readonly ReadonlySet<number>[];
}
const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
] as const;

function fieldsOf(expression: string): Fields {
  const texts = expression.split(" ");
  const sets = texts.map((text, field) => {
    const [min, max] = RANGES[field]!;
    const values = text.split(",").flatMap((item) => {
      const [range = "", step = "1"] = item.split("/");
      const [low = 0, high = low] = range === "*" ? [min, max] : range.split("-").map(Number);
      return Array.from({ length: max + 1 }, (_, n) => n).filter(
        (n) => n >= low && n <= high && (n - low) % Number(step) === 0,
      );
    });
    return new Set(values);
  });
  return { texts, sets };
}

function matches({ texts, sets }: Fields, wall: number): boolean {
  const [minutes, hours, days, months, weekdays] = sets as [
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
    Set<number>,
  ];
  if (!minutes.has(wall % 60) || !hours.has(Math.floor(wall / 60) % 24)) return false;
  const date = new Date(wall * MINUTE);
  const [byDay, byWeekday] = [days.has(date.getUTCDate()), weekdays.has(date.getUTCDay())];
  const either = texts[2] !== "*" && texts[4] !== "*";
  return months.has(date.getUTCMonth() + 1) && (either ? byDay || byWeekday : byDay && byWeekday);
}

/** Brute force: every minute is looked at, and nothing is computed. */
function reference(expression: string, { from, walls }: Window): number[] {
  const fields = fieldsOf(expression);
  const fixed = !/[*/]/.test(fields.texts.slice(0, 2).join(" "));
  const found: number[] = [];
  let shown = walls[0]! - 1;
  for (const [i, wall] of walls.entries()) {
    let due = matches(fields, wall) && !(fixed && wall <= shown);
    if (fixed) for (let skipped = shown + 1; skipped < wall; skipped++) due ||= matches(fields, skipped);
    if (due) found.push(from + i * MINUTE);
    shown = Math.max(shown, wall);
  }
  return found;
}

const RULES = [
  "59 23 * * *",
  "0 0 * * *",
  "30 0 * * *",
  "30 2 * * *",
  "0,45 0-3,22-23 * * *",
  "10 1,2 * * 0",
  "59 23 * * 6",
  "0 12 * * 1-5",
  "*/20 * * * *",
  "15 */3 * * *",
  "7 * * * 0,6",
];

const pick = <T>(values: readonly T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const field = (min: number, max: number): fc.Arbitrary<string> => {
  const value = fc.integer({ min, max });
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  return fc.oneof(value.map(String), range, fc.tuple(value, value).map(String), fc.constant("*"));
};
const anyRule = fc
  .tuple(
    fc.oneof(field(0, 59), pick(["*/7", "*/30"])),
    fc.oneof(field(0, 23), pick(["*/5", "0", "23", "0-3"])),
    fc.oneof({ weight: 3, arbitrary: fc.constant("*") }, { weight: 1, arbitrary: field(1, 28) }),
    fc.oneof({ weight: 4, arbitrary: fc.constant("*") }, { weight: 1, arbitrary: field(1, 12) }),
    fc.oneof({ weight: 2, arbitrary: fc.constant("*") }, { weight: 1, arbitrary: field(0, 6) }),
  )
  .map((fields) => fields.join(" "));

const dueIn = ({ zone, from, walls }: Window, expression: string): readonly string[] => {
  const range = { from, to: from + walls.length * MINUTE };
  return dueBetween(parseDueRule(`cron(${expression})`), zone, 0, range, 100_000).map(iso);
};

describe("F41 F74 in every time zone", () => {
  let zones: readonly string[];
  /** Zones whose clocks change alike are one: only the first is looked at by the minute. */
  let windows: readonly Window[];

  beforeAll(() => {
    zones = Intl.supportedValuesOf("timeZone");
    const alike = new Map<string, Window>();
    for (const window of zones.flatMap((zone) => windowsOf(zone, YEARS))) {
      const key = `${window.from} ${window.walls[0]} ${window.walls.at(-1)}`;
      if (!alike.has(key)) alike.set(key, window);
    }
    windows = [...alike.values()];
  });

  test("there are changes of every kind", () => {
    const widths = windows.map(({ walls }) => walls.at(-1)! - walls[0]! - (walls.length - 1));
    expect(zones.length).toBeGreaterThan(400);
    expect(windows.length).toBeGreaterThan(200);
    expect(new Set(widths)).toEqual(new Set([...widths, 24 * 60, 60, 30, -30, -60]));
    const turnsAtMidnight = windows.filter(({ walls }) =>
      walls.some((wall, i) => i > 0 && wall - walls[i - 1]! !== 1 && [0, 1380, 1439].includes(walls[i - 1]! % 1440)),
    );
    expect(turnsAtMidnight.length).toBeGreaterThan(10);
  });

  test("a cron rule is due when a clock on the wall says so, whatever the clocks do", () => {
    for (const window of windows)
      for (const rule of RULES)
        expect(dueIn(window, rule), `${rule} in ${window.zone}`).toEqual(reference(rule, window).map(iso));
  });

  test("the same for any rule", () => {
    let due = 0;
    fc.assert(
      fc.property(anyRule, fc.nat(windows.length - 1), (rule, which) => {
        const window = windows[which]!;
        const expected = reference(rule, window).map(iso);
        due += expected.length;
        expect(dueIn(window, rule)).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
    expect(due).toBeGreaterThan(10_000);
  });

  test("a rule that names the very time that is left out is due once, right after the gap; one in the doubled hour at its first pass", () => {
    let [gaps, doubled] = [0, 0];
    for (const window of windows) {
      const { walls, from, zone } = window;
      const turn = walls.findIndex((wall, i) => i > 0 && wall - walls[i - 1]! !== 1);
      const at = from + turn * MINUTE;
      const forward = walls[turn]! > walls[turn - 1]! + 1;
      const named = new Date((forward ? walls[turn - 1]! + 1 : walls[turn]!) * MINUTE);
      const [minute, hour] = [named.getUTCMinutes(), named.getUTCHours()];
      const first = forward ? at : from + walls.indexOf(walls[turn]!) * MINUTE;
      for (const day of ["* * *", `* * ${named.getUTCDay()}`, `${named.getUTCDate()} * *`]) {
        const found = dueIn(window, `${minute} ${hour} ${day}`);
        expect(
          found.filter((each) => Math.abs(Date.parse(each) - at) < 12 * HOUR),
          zone,
        ).toContain(iso(first));
        expect(new Set(found).size).toBe(found.length);
      }
      const local = iso(named.getTime()).slice(0, 19);
      const expected = forward ? at : first;
      expect(iso(nextDue(parseDueRule(`at(${local})`), zone, 0, 0) ?? 0), `at(${local}) in ${zone}`).toBe(
        iso(expected),
      );
      if (forward) gaps += 1;
      else doubled += 1;
    }
    expect(Math.min(gaps, doubled)).toBeGreaterThan(50);
  });

  test("one that asks from inside a change gets what comes after it", () => {
    fc.assert(
      fc.property(anyRule, fc.nat(windows.length - 1), fc.nat(3 * 24 * 60 - 1), (rule, which, minutes) => {
        const window = windows[which]!;
        const from = window.from + minutes * MINUTE;
        const all = reference(rule, window).filter((at) => at >= from);
        const range = { from, to: window.from + window.walls.length * MINUTE };
        const found = dueBetween(parseDueRule(`cron(${rule})`), window.zone, 0, range, 100_000);
        expect(found.map(iso)).toEqual(all.map(iso));
      }),
      { numRuns: 500 },
    );
  });
});
