import { InvalidArgumentError } from "commander";
import { time } from "./command.ts";

/** A time that may be told as so long ago, or from now: what it is depends on when the command runs. */
export type Moment = (now: number) => string;

const UNITS: { readonly [letter: string]: number } = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** `30m`, `24h`, `7d`, `2w` before now; else a time as everywhere. */
export const moment = (value: string): Moment => shifted(value, -1, "so long ago, such as 24h or 7d");

/** The same from now on. */
export const momentAhead = (value: string): Moment => shifted(value, 1, "so long from now, such as 90m or 2d");

function shifted(value: string, sign: 1 | -1, words: string): Moment {
  const [, count, unit = ""] = /^(\d{1,6})([smhdw])$/.exec(value) ?? [];
  if (count !== undefined) return (now) => new Date(now + sign * Number(count) * (UNITS[unit] ?? 0)).toISOString();
  try {
    const at = time(value);
    return () => at;
  } catch {
    throw new InvalidArgumentError(`It must be a time such as 2030-01-15T09:00, or ${words}.`);
  }
}
