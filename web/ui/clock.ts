import type { Preferences } from "../../src/core/preferences.ts";
import { offsetAt } from "../../src/core/zone.ts";

/** The one clock by which the page shows times: the person's, else the device's. Formats are dear, so they are made once. */
export interface Clock {
  readonly zone: string | undefined;
  /** How it writes the time of day, wherever one stands. */
  readonly hours: {
    readonly hour: "numeric" | "2-digit";
    readonly minute: "2-digit";
    readonly hourCycle?: "h12" | "h23";
  };
  readonly time: Intl.DateTimeFormat;
  readonly exact: Intl.DateTimeFormat;
  readonly full: Intl.DateTimeFormat;
  readonly date: Intl.DateTimeFormat;
  readonly day: Intl.DateTimeFormat;
}

type Style = Pick<Preferences, "time.clock" | "time.zone">;

/** `locale`: left out, the device's. */
export function clockOf({ "time.clock": clock, "time.zone": named }: Style, locale?: string): Clock {
  const zone = named === "device" || !isKnown(named) ? undefined : named;
  const cycle = clock === "locale" ? {} : ({ hourCycle: clock === "12" ? "h12" : "h23" } as const);
  const own = new Intl.DateTimeFormat(locale, { hour: "numeric", ...cycle }).resolvedOptions().hourCycle;
  // Of 24 hours always in two digits: `2:45` could be a time that something took.
  const hour = own === "h23" || own === "h24" ? "2-digit" : "numeric";
  const hours = { hour, minute: "2-digit", ...cycle } as const;
  const date = { day: "numeric", month: "short", year: "numeric" } as const;
  const format = (options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat =>
    new Intl.DateTimeFormat(locale, { ...options, ...(zone !== undefined && { timeZone: zone }) });
  return {
    zone,
    hours,
    time: format(hours),
    exact: format({ ...hours, second: "2-digit" }),
    full: format({ ...date, ...hours, second: "2-digit" }),
    date: format(date),
    day: format({ year: "numeric", month: "numeric", day: "numeric", calendar: "gregory", numberingSystem: "latn" }),
  };
}

/** A browser may know fewer zones than the server. */
function isKnown(zone: string): boolean {
  try {
    new Intl.DateTimeFormat(undefined, { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

let current = clockOf({ "time.clock": "locale", "time.zone": "device" });

export const clock = (): Clock => current;

/** What is on screen keeps its old times: whoever sets it draws that again. */
export function setClock(next: Clock): void {
  current = next;
}

export const ownZone = (): string => current.zone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The day's number on this clock's calendar. */
export function dayNumber(at: number): number {
  const parts = new Map(current.day.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.get("year") ?? 0, (parts.get("month") ?? 1) - 1, parts.get("day")) / 86_400_000;
}

/** The instant of what a field for date and time holds (`2030-01-15T09:00`), which is in this clock's zone. */
export function instantOf(wall: string): Date {
  if (current.zone === undefined) return new Date(wall);
  const utc = Date.parse(`${wall}Z`);
  const about = utc - offsetAt(current.zone, utc);
  return new Date(utc - offsetAt(current.zone, about));
}
