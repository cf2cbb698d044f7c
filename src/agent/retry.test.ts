import { expect, test } from "vitest";
import { ModelError } from "../models/model.ts";
import { backOffMs, maxRetries } from "./retry.ts";

const busy = (retryAfterMs?: number) =>
  new ModelError("model_overloaded", "busy", { retryable: true, ...(retryAfterMs !== undefined && { retryAfterMs }) });

test.each([
  { retries: 0, random: 0, is: 500 },
  { retries: 0, random: 0.5, is: 750 },
  { retries: 1, random: 0, is: 1000 },
  { retries: 4, random: 0, is: 8000 },
  { retries: 4, random: 0.9999, is: 15_999 },
  { retries: 30, random: 0.9999, is: 59_997 },
])("try $retries waits $is ms at chance $random", ({ retries, random, is }) => {
  expect(backOffMs(retries, busy(), random)).toBe(is);
  expect(backOffMs(retries, new Error("a bug"), random)).toBe(is);
});

test.each([
  { asked: 0, random: 0, is: 0 },
  { asked: 30_000, random: 0, is: 30_000 },
  { asked: 30_000, random: 0.9999, is: 30_250 },
  { asked: 86_400_000, random: 0, is: 3_600_000 },
])(
  "a provider that asks for $asked ms gets $is ms, never less than it asked up to an hour",
  ({ asked, random, is }) => {
    expect(backOffMs(0, busy(asked), random)).toBe(is);
  },
);

test("F92 what the provider asks for is not believed when it was too short twice", () => {
  expect([0, 1, 2, 6].map((retries) => backOffMs(retries, busy(1000), 0))).toEqual([1000, 1000, 2000, 30_000]);
  expect(backOffMs(6, busy(0), 0)).toBe(0);
});

test("F92 all tries together last longer than a quota of a minute, at any chance", () => {
  const waits = Array.from({ length: maxRetries(busy()) }, (_, retries) => backOffMs(retries, busy(), 0));
  expect(waits.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(60_000);
});
