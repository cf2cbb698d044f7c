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
  /** By a value of the field, the next that the pattern names: that one itself, or a later one. */
  readonly #hours: Nexts;
  readonly #minutes: Nexts;
  readonly #seconds: Nexts;
  /** The day that was looked at last: a dense rule asks for the same one again and again. */
  #known = { day: Number.NaN, matches: false };

  constructor(expression: string) {
    const options = { mode: "5-or-6-parts", fixedTimeRule: "no-wildcard" } as const;
    this.#pattern = new CronPattern(expression, undefined, options);
    this.isFixed = this.#pattern.isFixedTime;
    this.#hours = nexts(this.#pattern.hour);
    this.#minutes = nexts(this.#pattern.minute);
    this.#seconds = nexts(this.#pattern.second);
  }

  /** The first time from `wall` on; null: there is none. */
  next(wall: number): number | null {
    const today = Math.floor(wall / DAY_MS);
    if (this.#matches(today)) {
      const time = this.#timeFrom(Math.ceil((wall - today * DAY_MS) / 1000));
      if (time !== null) return today * DAY_MS + time * 1000;
    }
    const day = this.#dayFrom(today + 1);
    return day === null ? null : day * DAY_MS + (this.#timeFrom(0) ?? 0) * 1000;
  }

  /** The first time of a day from a second of it on, in seconds. */
  #timeFrom(from: number): number | null {
    const [atHour, atMinute, atSecond] = [Math.floor(from / 3600), Math.floor(from / 60) % 60, from % 60];
    let hour = this.#hours[atHour];
    let minute = hour === atHour ? this.#minutes[atMinute] : this.#minutes[0];
    let second = hour === atHour && minute === atMinute ? this.#seconds[atSecond] : this.#seconds[0];
    // What does not come any more in its minute, or hour, comes in the next.
    if (second === undefined) [minute, second] = [this.#minutes[atMinute + 1], this.#seconds[0]];
    if (minute === undefined) [hour, minute, second] = [this.#hours[atHour + 1], this.#minutes[0], this.#seconds[0]];
    return hour === undefined ? null : hour * 3600 + (minute ?? 0) * 60 + (second ?? 0);
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

type Nexts = readonly (number | undefined)[];

function nexts(field: readonly number[]): Nexts {
  const found: (number | undefined)[] = [];
  for (let value = field.length - 1; value >= 0; value--) found[value] = field[value] === 0 ? found[value + 1] : value;
  return found;
}

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
