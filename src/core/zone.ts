/** What the clocks of a time zone show. Offsets are milliseconds to add to an instant. */

export interface ClockChange {
  readonly at: number;
  readonly before: number;
  readonly after: number;
}

/** No zone changes its clocks and takes that back within less. */
const STEP_MS = 12 * 3_600_000;

/** A format costs forty times what it is used for once; so many zones are enough for one home. */
const MOST_FORMATS = 50;
const offsets = formatsOf("en-US", { timeZoneName: "longOffset" });
const days = formatsOf("en-CA", { year: "numeric", month: "2-digit", day: "2-digit" });

/** The calendar day of a zone, as `2026-12-01`. */
export const zonedDay = (zone: string, at: number): string => days(zone).format(at);

/** A format for each zone that is asked for, made once. */
export function formatsOf(locale: string, options: Intl.DateTimeFormatOptions): (zone: string) => Intl.DateTimeFormat {
  const formats = new Map<string, Intl.DateTimeFormat>();
  return (zone) => {
    let format = formats.get(zone);
    if (format === undefined) {
      if (formats.size >= MOST_FORMATS) formats.clear();
      format = new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
      formats.set(zone, format);
    }
    return format;
  };
}

export function offsetAt(zone: string, at: number): number {
  const [, sign, hours = 0, minutes = 0, seconds = 0] =
    /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(offsets(zone).format(at)) ?? [];
  const ms = (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000;
  return sign === "-" ? -ms : ms;
}

/** The first time in (from, to] at which the clocks change. */
export function firstChange(zone: string, from: number, to: number): ClockChange | null {
  const before = offsetAt(zone, from);
  for (let at = from; at < to;) {
    const next = Math.min(at + STEP_MS, to);
    if (offsetAt(zone, next) !== before) return changeWithin(zone, at, next, before);
    at = next;
  }
  return null;
}

function changeWithin(zone: string, from: number, to: number, before: number): ClockChange {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(zone, middle) === before) low = middle;
    else high = middle;
  }
  return { at: high, before, after: offsetAt(zone, high) };
}
