import { z } from "zod";
import { isoTime } from "../core/clock.ts";
import { formatsOf } from "../core/zone.ts";
import { defineTool } from "./tool.ts";

const clocks = formatsOf("sv-SE", { dateStyle: "short", timeStyle: "medium" });
const offsets = formatsOf("sv-SE", { timeZoneName: "longOffset" });
const weekdays = formatsOf("en", { weekday: "long" });

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** `2026-11-23T14:05:09+01:00`: the wall clock of a zone with its offset. */
function wallClock(now: number, timeZone: string): string {
  const clock = clocks(timeZone).format(now).replace(" ", "T");
  const zone = offsets(timeZone).formatToParts(now);
  const offset = zone
    .find((part) => part.type === "timeZoneName")
    ?.value.replace(/^GMT/, "")
    .replace("−", "-");
  return `${clock}${offset || "+00:00"}`;
}

export const currentTime = defineTool({
  name: "current_time",
  description:
    "Tells the current date, time and weekday, in UTC and in the owner's time zone or another one. " +
    "Use it before anything that depends on today's date.",
  effect: "read",
  idempotent: true,
  timeoutMs: 1000,
  args: z.strictObject({
    timeZone: z
      .string()
      .refine(isTimeZone, { error: "must be an IANA time zone, such as Europe/London" })
      .describe("IANA time zone; the owner's when left out")
      .optional(),
  }),
  summary: ({ timeZone }) => timeZone ?? "",
  execute: ({ timeZone }, context) => {
    const zone = timeZone ?? context.timeZone;
    const weekday = weekdays(zone).format(context.now);
    return Promise.resolve({ utc: isoTime(context.now), local: wallClock(context.now, zone), weekday, timeZone: zone });
  },
});
