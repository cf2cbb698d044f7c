import { expect, test } from "vitest";
import { dayAround, monthAround, type Period } from "./periods.ts";

const shown = ({ start, end }: Period): readonly string[] => [start, end].map((at) => new Date(at).toISOString());

test.each([
  { zone: "UTC", at: "2026-11-29T00:00:00.000Z", start: "2026-11-29T00:00:00.000Z", end: "2026-11-30T00:00:00.000Z" },
  { zone: "UTC", at: "2026-11-28T23:59:59.999Z", start: "2026-11-28T00:00:00.000Z", end: "2026-11-29T00:00:00.000Z" },
  {
    zone: "Europe/Berlin",
    at: "2026-11-29T23:30:00.000Z",
    start: "2026-11-29T23:00:00.000Z",
    end: "2026-11-30T23:00:00.000Z",
  },
  {
    zone: "Asia/Kathmandu",
    at: "2026-11-29T18:20:00.000Z",
    start: "2026-11-29T18:15:00.000Z",
    end: "2026-11-30T18:15:00.000Z",
  },
  // 25 hours, 23 hours, and a day that begins at one o'clock.
  {
    zone: "Europe/Berlin",
    at: "2026-10-25T12:00:00.000Z",
    start: "2026-10-24T22:00:00.000Z",
    end: "2026-10-25T23:00:00.000Z",
  },
  {
    zone: "Europe/Berlin",
    at: "2026-03-29T12:00:00.000Z",
    start: "2026-03-28T23:00:00.000Z",
    end: "2026-03-29T22:00:00.000Z",
  },
  {
    zone: "America/Santiago",
    at: "2026-09-06T12:00:00.000Z",
    start: "2026-09-06T04:00:00.000Z",
    end: "2026-09-07T03:00:00.000Z",
  },
])("the day around $at in $zone goes from $start to $end", ({ zone, at, start, end }) => {
  expect(shown(dayAround(zone, Date.parse(at)))).toEqual([start, end]);
});

test.each([
  { zone: "UTC", at: "2026-02-28T23:59:59.999Z", start: "2026-02-01T00:00:00.000Z", end: "2026-03-01T00:00:00.000Z" },
  { zone: "UTC", at: "2026-12-01T00:00:00.000Z", start: "2026-12-01T00:00:00.000Z", end: "2027-01-01T00:00:00.000Z" },
  {
    zone: "Europe/Berlin",
    at: "2026-10-31T23:00:00.000Z",
    start: "2026-10-31T23:00:00.000Z",
    end: "2026-11-30T23:00:00.000Z",
  },
  {
    zone: "America/New_York",
    at: "2026-03-20T00:00:00.000Z",
    start: "2026-03-01T05:00:00.000Z",
    end: "2026-04-01T04:00:00.000Z",
  },
])("the month around $at in $zone goes from $start to $end", ({ zone, at, start, end }) => {
  expect(shown(monthAround(zone, Date.parse(at)))).toEqual([start, end]);
});
