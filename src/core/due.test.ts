import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkZone, dueBetween, dueRuleText, nextDue, parseDueRule } from "./due.ts";
import { SparkyError } from "./errors.ts";

const MINUTE = 60_000;
const DAY = 86_400_000;
const iso = (ms: number): string => new Date(ms).toISOString();

test.each([
  ["every(30 minutes)", { kind: "every", ms: 30 * MINUTE }, "every(30 minutes)"],
  ["every( 1 hour )", { kind: "every", ms: 60 * MINUTE }, "every(1 hour)"],
  ["every(90s)", { kind: "every", ms: 90_000 }, "every(90 seconds)"],
  ["EVERY(2 days)", { kind: "every", ms: 2 * DAY }, "every(2 days)"],
  ["cron(0  9 * * MON-FRI)", { kind: "cron", expression: "0 9 * * MON-FRI" }, "cron(0 9 * * MON-FRI)"],
  ["at(2026-12-01T09:00)", { kind: "at", local: "2026-12-01T09:00" }, "at(2026-12-01T09:00)"],
  ["at(2026-12-01 09:00:30)", { kind: "at", local: "2026-12-01T09:00:30" }, "at(2026-12-01T09:00:30)"],
] as const)("%s is understood and written in one way", (text, rule, written) => {
  expect(parseDueRule(text)).toEqual(rule);
  expect(dueRuleText(parseDueRule(text))).toBe(written);
  expect(parseDueRule(written)).toEqual(rule);
});

test.each([
  ["soon", /not a rule/],
  ["every(5 seconds)", /too often/],
  ["every(0 minutes)", /too often/],
  ["every(9999 days)", /too long/],
  ["every(2 fortnights)", /not an interval/],
  ["cron(61 * * * *)", /minute: 61/],
  ["cron(* * * *)", /five, six/],
  ["cron(0 0 0 1 1 * 2027)", /./],
  ["cron(0 9 30 2 *)", /never comes/],
  ["cron(* * * * * *)", /too often/],
  ["cron(*/5 * * * * *)", /too often/],
  ["at(2026-02-30T09:00)", /not a time/],
  ["at(2026-12-01T25:00)", /not a time/],
  ["at(tomorrow)", /not a time/],
])("%s is refused, with what is allowed", (text, message) => {
  const refused = (): unknown => parseDueRule(text);
  expect(refused).toThrow(message);
  try {
    refused();
  } catch (error) {
    expect(error).toBeInstanceOf(SparkyError);
    expect((error as SparkyError).hint).toBeTruthy();
  }
});

test.each([
  ["0 9 1 13 *", "month: 13"],
  ["0 9 1 0 *", "month: 0"],
  ["0 9 1 1-13 *", "month: 13"],
  ["0 9 32 * *", "day: 32"],
  ["0 9 0 * *", "day: 0"],
  ["0 9 32W * *", "day: 32"],
  ["0 9 * * 8", "weekday: 8"],
  ["0 24 * * *", "hour: 24"],
  ["60 9 * * *", "minute: 60"],
  ["60 0 9 * * *", "second: 60"],
])("F81 what is wrong with cron(%s) is told with the number as it was typed: %s", (expression, told) => {
  expect(() => parseDueRule(`cron(${expression})`)).toThrow(new RegExp(`Invalid value for ${told}$`));
});

test("a zone that does not exist is refused", () => {
  expect(checkZone("Europe/Berlin")).toBe("Europe/Berlin");
  expect(() => checkZone("Mars/Olympus")).toThrow(/no zone "Mars\/Olympus"/);
});

test("an interval keeps its phase: its instants are the anchor's multiples, whenever one asks", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 10_000, max: DAY }),
      fc.integer({ min: 0, max: 2e12 }),
      fc.integer({ min: -DAY, max: 400 * DAY }),
      (ms, anchor, later) => {
        const next = nextDue({ kind: "every", ms }, "UTC", anchor, anchor + later) ?? 0;
        expect((next - anchor) % ms).toBe(0);
        expect(next).toBeGreaterThan(Math.max(anchor, anchor + later));
        expect(next - Math.max(anchor, anchor + later)).toBeLessThanOrEqual(ms);
      },
    ),
  );
});

test.each([
  ["0 0 L * *", ["2026-01-31", "2026-02-28", "2026-03-31"]],
  ["0 0 * * 5#2", ["2026-01-09", "2026-02-13", "2026-03-13"]],
  ["0 0 15W * *", ["2026-01-15", "2026-02-16", "2026-03-16"]],
  ["0 0 LW * *", ["2026-01-30", "2026-02-27", "2026-03-31"]],
  ["0 0 * * FRI#L", ["2026-01-30", "2026-02-27", "2026-03-27"]],
  ["0 0 13 * +FRI", ["2026-02-13", "2026-03-13", "2026-11-13"]],
  ["0 0 29 2 *", ["2028-02-29", "2032-02-29", "2036-02-29"]],
])("cron(%s) is due on the days that it names", (expression, days) => {
  const range = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2040, 0, 1) };
  const found = dueBetween(parseDueRule(`cron(${expression})`), "UTC", 0, range, 3);
  expect(found.map((at) => iso(at).slice(0, 10))).toEqual(days);
});

test("cron with six fields counts seconds", () => {
  const rule = parseDueRule("cron(15,45 0 9 * * *)");
  const range = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 2) };
  expect(dueBetween(rule, "UTC", 0, range, 9).map(iso)).toEqual([
    "2026-01-01T09:00:15.000Z",
    "2026-01-01T09:00:45.000Z",
  ]);
});

test.each([
  ["2026-12-01T09:00", "Europe/Berlin", "2026-12-01T08:00:00.000Z"],
  ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
  ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
  ["2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00.000Z"],
  ["2026-03-08T02:30", "America/New_York", "2026-03-08T07:30:00.000Z"],
  ["2026-06-01T09:00", "Asia/Kathmandu", "2026-06-01T03:15:00.000Z"],
])("F41 at(%s) in %s is %s, once", (local, zone, instant) => {
  const rule = parseDueRule(`at(${local})`);
  expect(iso(nextDue(rule, zone, 0, 0) ?? 0)).toBe(instant);
  expect(nextDue(rule, zone, 0, Date.parse(instant))).toBeNull();
});

test("what is due between two instants does not depend on how the time is cut", () => {
  const rule = parseDueRule("cron(*/7 1-3 * * *)");
  const [from, to] = [Date.UTC(2026, 2, 28), Date.UTC(2026, 2, 31)];
  const whole = dueBetween(rule, "Europe/Berlin", 0, { from, to }, 1000);
  fc.assert(
    fc.property(fc.integer({ min: from, max: to }), (cut) => {
      const parts = [
        { from, to: cut },
        { from: cut, to },
      ].flatMap((range) => dueBetween(rule, "Europe/Berlin", 0, range, 1000));
      expect(parts).toEqual(whole);
    }),
  );
  expect(whole.length).toBeGreaterThan(50);
});

const systemd = (() => {
  try {
    execFileSync("systemd-analyze", ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

test.runIf(systemd).each([
  ["cron(30 7 * * 1-5)", "Mon..Fri *-*-* 07:30:00 Europe/Berlin"],
  ["cron(0 12 1 */2 *)", "*-01/2-01 12:00:00 Europe/Berlin"],
  ["cron(5 4 * * 0)", "Sun *-*-* 04:05:00 Europe/Berlin"],
])("F41 %s agrees with systemd", (text, calendar) => {
  const from = Date.UTC(2026, 0, 1);
  const out = execFileSync(
    "systemd-analyze",
    ["calendar", `--base-time=${iso(from).slice(0, 19).replace("T", " ")} UTC`, "--iterations=60", calendar],
    {
      encoding: "utf8",
      env: { ...process.env, TZ: "UTC" },
    },
  );
  const theirs = [
    ...out.matchAll(/(?:Next elapse|Iter\. #\d+|Iteration #\d+): \w+ (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) UTC/g),
  ].map(([, day, time]) => `${day}T${time}.000Z`);
  const times = [...new Set(theirs)];
  expect(times.length).toBe(60);
  expect(dueBetween(parseDueRule(text), "Europe/Berlin", 0, { from: from + 1, to: from * 2 }, 60).map(iso)).toEqual(
    times,
  );
});
