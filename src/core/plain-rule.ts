import { bareCron } from "./bare-cron.ts";
import { dueRuleText, parseDueRule } from "./due.ts";
import { SparkyError } from "./errors.ts";
import { offsetAt } from "./zone.ts";

/**
 * A rule as people say it, as the one text that is kept: `every day at nine`, `weekdays at 8:30`, `every 2 hours`, `tomorrow
 * at 7`, `in 20 minutes`; as a crontab has it; or as `parseDueRule` reads it. A day that is named once, as in `on Friday at 5pm`, is the next that
 * comes. `now` and `zone` say which day is today.
 */
export function plainRuleText(text: string, now: number, zone: string): string {
  return dueRuleText(parseDueRule(ruleOf(text, now, zone) ?? bareCron(text) ?? text));
}

const MOST_SIGNS = 120;

function ruleOf(text: string, now: number, zone: string): string | null {
  if (/[()]/.test(text) || text.length > MOST_SIGNS) return null;
  const said = tidy(text);
  const ahead = aheadOf(said);
  if (ahead !== null) return `at(${wallText(now + ahead + offsetAt(zone, now + ahead))})`;
  const every = intervalOf(said);
  if (every !== null) return every;
  const { days, times } = parted(said);
  const dated = daysOf(days);
  const today = now + offsetAt(zone, now);
  if (times === null) {
    if (dated === null && dateOf(days, today, null) === null) return null;
    throw new SparkyError("invalid_input", `${JSON.stringify(text)} says no time of day`, {
      hint: `say ${JSON.stringify(`${text.trim()} at 9:00`)}`,
    });
  }
  if (dated !== null) return cronOf(dated, times);
  const [time, ...more] = times;
  const date = time === undefined || more.length > 0 ? null : dateOf(days, today, time);
  return date === null || time === undefined ? null : `at(${date}T${two(time.hour)}:${two(time.minute)})`;
}

function tidy(text: string): string {
  const words = text
    .toLowerCase()
    .replace(/[,;]/g, " ")
    .replace(/\bo['’]?clock\b/g, " ")
    .replace(/\bat night\b/g, "in the night");
  return words.replace(/\s+/g, " ").trim();
}

const NUMBERS: Readonly<Record<string, number>> = {
  ...{
    a: 1,
    an: 1,
    one: 1,
    other: 2,
    two: 2,
    three: 3,
    four: 4,
    five: 5,
    six: 6,
    seven: 7,
    eight: 8,
    nine: 9,
    ten: 10,
  },
  ...{ eleven: 11, twelve: 12, fifteen: 15, twenty: 20, thirty: 30, "forty-five": 45 },
};

function numberOf(word: string | undefined): number | null {
  if (word === undefined) return null;
  if (/^\d{1,6}$/.test(word)) return Number(word);
  return Object.hasOwn(NUMBERS, word) ? (NUMBERS[word] ?? null) : null;
}

const UNITS: readonly (readonly [RegExp, string, number])[] = [
  [/^sec(ond)?s?$/, "seconds", 1000],
  [/^min(ute)?s?$/, "minutes", 60_000],
  [/^(hours?|hrs?)$/, "hours", 3_600_000],
  [/^days?$/, "days", 86_400_000],
  [/^weeks?$/, "weeks", 604_800_000],
];

function spanOf(
  count: string | undefined,
  unit: string,
): { readonly n: number; readonly unit: string; readonly ms: number } | null {
  const n = numberOf(count);
  const known = UNITS.find(([pattern]) => pattern.test(unit));
  return n === null || known === undefined ? null : { n, unit: known[1], ms: n * known[2] };
}

function aheadOf(said: string): number | null {
  const [, count, unit = ""] = /^in (\S+) (\S+)$/.exec(said.replace(/^in half an hour$/, "in 30 minutes")) ?? [];
  return spanOf(count, unit)?.ms ?? null;
}

/** `every day` says a time of day, or nothing; `every 2 days` is a span. */
function intervalOf(said: string): string | null {
  const words = said.replace(/^hourly$/, "every hour").replace(/^every half (an )?hour$/, "every 30 minutes");
  const [, count, unit = ""] = /^every (?:(\S+) )?(\S+)$/.exec(words) ?? [];
  if (count === undefined && /^(days?|weeks?)$/.test(unit)) return null;
  const span = spanOf(count ?? "1", unit);
  if (span === null) return null;
  return span.unit === "weeks" ? `every(${span.n * 7} days)` : `every(${span.n} ${span.unit})`;
}

interface Time {
  readonly hour: number;
  readonly minute: number;
}

/** The days and the times of day, whichever is said first; no times: null. */
function parted(said: string): { readonly days: string; readonly times: readonly Time[] | null } {
  const first = /^at (.+?) ((?:every|each|on|daily|weekdays|weekends|today|tomorrow|monthly)\b.*)$/.exec(said);
  const last =
    /^(.*\S) at (.+)$/.exec(said) ??
    /^(.*?[a-z]|\d{4}-\d\d-\d\d)[t ](\d{1,2}(?:[:.]\d\d)?(?: ?[ap]\.?m\.?)?|noon|midnight)$/.exec(said);
  const [days, times] = first !== null ? [first[2], first[1]] : last !== null ? [last[1], last[2]] : [said, undefined];
  const read = times?.split(/ and | /.test(times) && !/ and /.test(times) ? / (?=\d)/ : " and ").map(timeOf) ?? [];
  const known = read.filter((time) => time !== null);
  return known.length === 0 || known.length < read.length
    ? { days: said, times: null }
    : { days: days ?? said, times: known };
}

function timeOf(text: string): Time | null {
  if (/^(12 )?noon$/.test(text)) return { hour: 12, minute: 0 };
  if (text === "midnight") return { hour: 0, minute: 0 };
  const [, hours, minutes, half, part] =
    /^(\d{1,2}|[a-z]+)(?:[:. ](\d\d|thirty|fifteen|forty-five))?(?: ?([ap])\.?m\.?)?(?: in the (morning|afternoon|evening|night))?$/.exec(
      text,
    ) ?? [];
  const [hour, minute] = [numberOf(hours), minutes === undefined ? 0 : numberOf(minutes)];
  if (
    hour === null ||
    minute === null ||
    hour > 23 ||
    minute > 59 ||
    hours === "a" ||
    hours === "an" ||
    hours === "other"
  )
    return null;
  const isLate = half === "p" || part === "afternoon" || part === "evening" || (part === "night" && hour > 5);
  const isEarly = half === "a" || part === "morning" || part === "night";
  if ((isLate || isEarly) && (hour > 12 || hour === 0)) return isLate && hour > 12 ? { hour, minute } : null;
  if (isLate) return { hour: (hour % 12) + 12, minute };
  return { hour: isEarly ? hour % 12 : hour, minute };
}

const DAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

/** A weekday by its name or its beginning; `isMany` where it is said in the plural. */
function weekdayOf(word: string): { readonly day: number; readonly isMany: boolean } | null {
  const short = { tues: "tue", thur: "thu", thurs: "thu", weds: "wed" }[word];
  const one = short ?? word.replace(/s$/, "");
  const day = DAYS.findIndex((name) => name === one || (one.length === 3 && name.startsWith(one)));
  return day < 0 ? null : { day, isMany: short === undefined && word.endsWith("s") };
}

/** The days of a rule that comes again and again, as cron's `day month weekday`; null: they are something else. */
function daysOf(said: string): string | null {
  const [, date] =
    /^(?:(?:every month|monthly) )?on the (\d{1,2}|first)(?:st|nd|rd|th)?(?: (?:of|in) (?:every|each) month)?$/.exec(
      said,
    ) ?? [];
  if (date !== undefined && /month/.test(said)) return `${date === "first" ? 1 : date} * *`;
  const isAgain = /^(every|each|weekly)\b/.test(said);
  const days = said.replace(/^(every|each|weekly)( on)? ?/, "").replace(/^on /, "");
  if (/^(daily|days)$/.test(days) || (isAgain && days === "day")) return "* * *";
  if (/^(weekdays|work(ing )?days)$/.test(days) || (isAgain && /^(weekday|work(ing )?day)$/.test(days)))
    return "* * 1-5";
  if (days === "weekends" || (isAgain && days === "weekend")) return "* * 0,6";
  const span = days.split(/ (?:to|through|until) | ?[-–] ?/).map(weekdayOf);
  const [from, to] = span;
  if (span.length === 2 && from && to && from.day < to.day) return `* * ${from.day}-${to.day}`;
  const named = days.split(/ and | /).map(weekdayOf);
  const known = named.filter((each) => each !== null);
  if (known.length === 0 || known.length < named.length) return null;
  return isAgain || known.length > 1 || known.some(({ isMany }) => isMany)
    ? `* * ${known
        .map(({ day }) => day)
        .toSorted((a, b) => a - b)
        .join(",")}`
    : null;
}

function cronOf(days: string, times: readonly Time[]): string | null {
  const [first] = times;
  // One rule has one minute for all its hours.
  if (first === undefined || times.some(({ minute }) => minute !== first.minute)) return null;
  const hours = times.map(({ hour }) => hour).toSorted((a, b) => a - b);
  return `cron(${first.minute} ${[...new Set(hours)].join(",")} ${days})`;
}

const DAY_MS = 86_400_000;

/** A day that is named once, as `2026-12-01`; `wall` is what the clock shows now. */
function dateOf(said: string, wall: number, time: Time | null): string | null {
  const days = said.replace(/^on /, "");
  if (/^\d{4}-\d\d-\d\d$/.test(days)) return days;
  const after = { today: 0, tonight: 0, tomorrow: 1, "the day after tomorrow": 2 }[days];
  if (after !== undefined) return wallText(wall + after * DAY_MS).slice(0, 10);
  const weekday = weekdayOf(days.replace(/^(next|this) /, ""));
  if (weekday === null || weekday.isMany) return null;
  const ahead = (weekday.day - new Date(wall).getUTCDay() + 7) % 7;
  const isOver = time !== null && wall % DAY_MS >= (time.hour * 60 + time.minute) * 60_000;
  const more = ahead === 0 && (isOver || days.startsWith("next ")) ? 7 : 0;
  return wallText(wall + (ahead + more) * DAY_MS).slice(0, 10);
}

/** What a clock shows that is this far from the epoch: `2030-01-15T09:00:30`. */
const wallText = (wall: number): string => new Date(wall).toISOString().slice(0, 19);
const two = (n: number): string => String(n).padStart(2, "0");
