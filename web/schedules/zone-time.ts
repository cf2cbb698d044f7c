import { clock } from "../ui/clock.ts";

/** `Mon 23 Nov 2026, 09:00` on the clocks of that zone; with seconds where there are any. */
export function timeIn(at: string, zone: string): string {
  return new Date(at).toLocaleString(undefined, {
    timeZone: zone,
    weekday: "short",
    day: "numeric",
    month: "short",
    year: "numeric",
    ...(new Date(at).getUTCSeconds() !== 0 && { second: "2-digit" }),
    ...clock().hours,
  });
}
