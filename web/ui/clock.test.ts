import { expect, test } from "vitest";
import { clockOf } from "./clock.ts";
import { duration } from "./format.ts";

const AT = Date.UTC(2026, 11, 1, 2, 45, 13);
const NIGHT = Date.UTC(2026, 11, 1, 0, 5);

/** Times of the page in one place: with and without seconds, and with the date. */
const timesIn = (locale: string, hours: "locale" | "12" | "24") => {
  const { time, exact, full } = clockOf({ "time.clock": hours, "time.zone": "UTC" }, locale);
  return [time.format(AT), exact.format(AT), full.format(AT), time.format(NIGHT)].map((text) =>
    text.replaceAll(/\s/gu, " "),
  );
};

test.each([
  { locale: "en-GB", clock: "locale", is: ["02:45", "02:45:13", "1 Dec 2026, 02:45:13", "00:05"] },
  { locale: "en-GB", clock: "12", is: ["2:45 am", "2:45:13 am", "1 Dec 2026, 2:45:13 am", "12:05 am"] },
  { locale: "en-US", clock: "locale", is: ["2:45 AM", "2:45:13 AM", "Dec 1, 2026, 2:45:13 AM", "12:05 AM"] },
  { locale: "en-US", clock: "24", is: ["02:45", "02:45:13", "Dec 1, 2026, 02:45:13", "00:05"] },
  { locale: "de", clock: "locale", is: ["02:45", "02:45:13", "1. Dez. 2026, 02:45:13", "00:05"] },
  { locale: "es", clock: "locale", is: ["02:45", "02:45:13", "1 dic 2026, 02:45:13", "00:05"] },
  { locale: "ja", clock: "24", is: ["02:45", "02:45:13", "2026年12月1日 02:45:13", "00:05"] },
] as const)("one clock of $clock hours in $locale writes each time alike", ({ locale, clock, is }) => {
  expect(timesIn(locale, clock)).toEqual(is);
});

test("a time of the early hours is not what a span of minutes and seconds looks like", () => {
  const span = duration((2 * 60 + 45) * 1000);
  for (const locale of ["en-GB", "en-US", "de", "fr", "es", "cs"]) {
    for (const hours of ["locale", "12", "24"] as const) expect(timesIn(locale, hours)[0], locale).not.toBe(span);
  }
});
