import { expect, test } from "vitest";
import { toolContext } from "../../test/kit/tool-context.ts";
import { currentTime } from "./current-time.ts";

const context = toolContext({ now: Date.UTC(2026, 2, 29, 1, 30), timeZone: "Europe/Berlin" });

test.each([
  { zone: "the owner's", args: {}, local: "2026-03-29T03:30:00+02:00", weekday: "Sunday", timeZone: "Europe/Berlin" },
  {
    zone: "another",
    args: { timeZone: "America/Los_Angeles" },
    local: "2026-03-28T18:30:00-07:00",
    weekday: "Saturday",
    timeZone: "America/Los_Angeles",
  },
  { zone: "UTC", args: { timeZone: "UTC" }, local: "2026-03-29T01:30:00+00:00", weekday: "Sunday", timeZone: "UTC" },
])("the time is told in $zone zone, daylight saving included", async ({ zone: _, args, ...told }) => {
  const prepared = currentTime.prepare(args);
  if (!prepared.ok || prepared.kind !== "plain") throw new Error("not prepared");
  expect(await prepared.execute(context)).toEqual({ utc: "2026-03-29T01:30:00.000Z", ...told });
});

test("a zone that does not exist is a value that says what is allowed", () => {
  const prepared = currentTime.prepare({ timeZone: "Mars/Olympus" });
  expect(prepared).toMatchObject({ ok: false, error: expect.stringContaining("IANA time zone") });
});
