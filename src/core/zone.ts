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
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (format === undefined) {
    if (formats.size >= MOST_FORMATS) formats.clear();
    format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" });
    formats.set(zone, format);
  }
  return format;
}

export function offsetAt(zone: string, at: number): number {
  const [, sign, hours = 0, minutes = 0, seconds = 0] =
    /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(formatOf(zone).format(at)) ?? [];
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
