import { expect, test } from "vitest";
import { ModelError } from "../models/model.ts";
import { backOffMs } from "./retry.ts";

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
