import { CronPattern } from "croner";

const DAY_MS = 86_400_000;
/** The calendar comes again after 400 years, weekdays included: what has not come by then never comes. */
const CALENDAR_DAYS = 146_097;

/**
 * A cron expression on a calendar without zones. A time is what a clock on the wall shows, in milliseconds as if that were
 * UTC. The pattern is croner's; throws its error when it cannot be read.
 */
export class CronCalendar {
  /** It names fixed times of day: no wildcard and no step in hour, minute and second. */
  readonly isFixed: boolean;
  readonly #pattern: CronPattern;
  readonly #hours: readonly number[];
  readonly #minutes: readonly number[];
  readonly #seconds: readonly number[];
  /** The day that was looked at last: a dense rule asks for the same one again and again. */
  #known = { day: Number.NaN, matches: false };

  constructor(expression: string) {
    const options = { mode: "5-or-6-parts", fixedTimeRule: "no-wildcard" } as const;
    this.#pattern = new CronPattern(expression, undefined, options);
    this.isFixed = this.#pattern.isFixedTime;
    this.#hours = chosen(this.#pattern.hour);
    this.#minutes = chosen(this.#pattern.minute);
    this.#seconds = chosen(this.#pattern.second);
  }

  /** The first time from `wall` on; null: there is none. */
  next(wall: number): number | null {
    const today = Math.floor(wall / DAY_MS);
    if (this.#matches(today)) {
      const time = this.#timeFrom(Math.ceil((wall - today * DAY_MS) / 1000));
      if (time !== null) return today * DAY_MS + time * 1000;
    }
    const day = this.#dayFrom(today + 1);
    const [hour = 0] = this.#hours;
    const [minute = 0] = this.#minutes;
    const [second = 0] = this.#seconds;
    return day === null ? null : day * DAY_MS + (hour * 3600 + minute * 60 + second) * 1000;
  }

  /** The first time of a day from a second of it on, in seconds. */
  #timeFrom(from: number): number | null {
    const [atHour, atMinute, atSecond] = [Math.floor(from / 3600), Math.floor(from / 60) % 60, from % 60];
    for (const hour of this.#hours) {
      if (hour < atHour) continue;
      for (const minute of this.#minutes) {
        if (hour === atHour && minute < atMinute) continue;
        const exact = hour === atHour && minute === atMinute;
        const second = exact ? this.#seconds.find((each) => each >= atSecond) : this.#seconds[0];
        if (second !== undefined) return hour * 3600 + minute * 60 + second;
      }
    }
    return null;
  }

  #dayFrom(from: number): number | null {
    for (let day = from; day < from + CALENDAR_DAYS; day++) {
      const date = new Date(day * DAY_MS);
      if (this.#pattern.month[date.getUTCMonth()] === 0) {
        day = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) / DAY_MS - 1;
      } else if (this.#matches(day)) return day;
    }
    return null;
  }

  #matches(day: number): boolean {
    if (this.#known.day !== day) this.#known = { day, matches: this.#isDay(new Date(day * DAY_MS)) };
    return this.#known.matches;
  }

  #isDay(date: Date): boolean {
    const { month, starDOM, starDOW, useAndLogic } = this.#pattern;
    if (month[date.getUTCMonth()] === 0) return false;
    const byDate = this.#isDayOfMonth(date);
    if (starDOW) return byDate;
    const byWeekday = this.#isWeekday(date);
    return useAndLogic || starDOM ? byDate && byWeekday : byDate || byWeekday;
  }

  #isDayOfMonth(date: Date): boolean {
    const { day, nearestWeekdays, lastDayOfMonth, lastWeekday } = this.#pattern;
    const [number, last] = [date.getUTCDate(), lastOfMonth(date)];
    if (day[number - 1] !== 0 || (lastDayOfMonth && number === last)) return true;
    if (lastWeekday && number === weekdayNear(date, last)) return true;
    return nearestWeekdays.some((wanted, i) => wanted !== 0 && i < last && number === weekdayNear(date, i + 1));
  }

  /** A weekday may ask for its first to fifth in a month, a bit each, or, by the sixth bit, for its last. */
  #isWeekday(date: Date): boolean {
    const asked = this.#pattern.dayOfWeek[date.getUTCDay()] ?? 0;
    const number = date.getUTCDate();
    const isNth = (asked & (1 << (Math.ceil(number / 7) - 1))) !== 0;
    return isNth || ((asked & 32) !== 0 && number + 7 > lastOfMonth(date));
  }
}

const chosen = (field: readonly number[]): readonly number[] => field.flatMap((is, value) => (is === 0 ? [] : [value]));

function lastOfMonth(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The Monday to Friday that is nearest to a day of the month, within it. */
function weekdayNear(date: Date, number: number): number {
  const weekday = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), number)).getUTCDay();
  if (weekday === 6) return number === 1 ? 3 : number - 1;
  if (weekday === 0) return number === lastOfMonth(date) ? number - 2 : number + 1;
  return number;
}
