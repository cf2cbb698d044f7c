import { zonedDay } from "./zone.ts";

/** From its first instant up to the first after it, in milliseconds. */
export interface Period {
  readonly start: number;
  readonly end: number;
}

const DAY_MS = 86_400_000;
/** Every zone's offset is a multiple of this: within it, it is one day. */
export const QUARTER_MS = 900_000;

/** The calendar day of a zone in which this instant lies, 23 to 25 hours long. */
export function dayAround(zone: string, at: number): Period {
  return around(at, 2 * DAY_MS, (each) => zonedDay(zone, each));
}

/** The calendar month of a zone in which this instant lies. */
export function monthAround(zone: string, at: number): Period {
  return around(at, 33 * DAY_MS, (each) => zonedDay(zone, each).slice(0, 7));
}

/** `nameOf` only grows with time, and is another one within `span`. */
function around(at: number, span: number, nameOf: (at: number) => string): Period {
  const name = nameOf(at);
  const here = Math.floor(at / QUARTER_MS);
  const far = Math.ceil(span / QUARTER_MS);
  return {
    start: QUARTER_MS * first(here - far, here, (quarter) => nameOf(quarter * QUARTER_MS) >= name),
    end: QUARTER_MS * first(here, here + far, (quarter) => nameOf(quarter * QUARTER_MS) > name),
  };
}

/** The first number in (from, to] for which it is so; it is so for `to`, and for all after the first. */
function first(from: number, to: number, isSo: (n: number) => boolean): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isSo(middle)) high = middle;
    else low = middle;
  }
  return high;
}
