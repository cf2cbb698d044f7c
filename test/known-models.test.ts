import { readFileSync } from "node:fs";
import { calcPrice, type ModelInfo } from "@pydantic/genai-prices";
import { expect, test } from "vitest";
import { makeKnownModels } from "../scripts/known-models.ts";
import { KNOWN_MODELS, knownModelsSchema, priceAt } from "../src/models/known.ts";
import { costOf } from "../src/models/price.ts";

/** `models.json`, which `npm run models:update` makes of a package. */

const TEXT = readFileSync(KNOWN_MODELS, "utf8");
const FILE = knownModelsSchema.parse(JSON.parse(TEXT));

test("the file is what the installed package says, and says which that is", () => {
  const { version } = JSON.parse(
    readFileSync(new URL("../node_modules/@pydantic/genai-prices/package.json", import.meta.url), "utf8"),
  ) as { version: string };
  const { text, leftOut } = makeKnownModels(`@pydantic/genai-prices ${version}`, FILE.date);
  expect(TEXT, "run npm run models:update").toBe(text);
  expect(leftOut).toEqual([]);
  expect(TEXT.length).toBeLessThan(100_000);
  expect(Object.values(FILE.models).every((models) => Object.keys(models).length > 10)).toBe(true);
});

test("each name in the file is the model that the package takes it for, and costs the same", () => {
  const now = Date.parse(FILE.date);
  let looked = 0;
  for (const [providerId, models] of Object.entries(FILE.models)) {
    for (const [id, entry] of Object.entries(models)) {
      for (const name of entry.names ?? [id]) {
        const plain = name.replace(/\*$/, "");
        for (const input of [1000, 199_999, 300_000]) {
          const usage = { input_tokens: input, output_tokens: 100, cache_read_tokens: 200, cache_write_tokens: 300 };
          const theirs = calcPrice(usage, plain, { providerId, timestamp: new Date(now) });
          if (theirs === null) continue;
          const price = priceAt(entry, now);
          const { cached, cacheWrite } = price ?? {};
          const ours = {
            ...{ inputTokens: input, outputTokens: 100 },
            ...(cached !== undefined && { cachedTokens: 200 }),
            ...(cacheWrite !== undefined && { cacheWriteTokens: 300 }),
          };
          expect([plain, theirs.model.id]).toEqual([plain, id]);
          expect(price && costOf(price, ours), name).toBeCloseTo(theirs.total_price, 9);
          looked += 1;
        }
      }
    }
  }
  expect(looked).toBeGreaterThan(1000);
});

const model = (id: string, more: Partial<ModelInfo>): ModelInfo => ({
  id,
  match: { equals: id },
  context_window: 100_000,
  prices: { input_mtok: 1, output_mtok: 2 },
  ...more,
});
const made = (infos: readonly ModelInfo[]) =>
  makeKnownModels("x 1", "2026-09-23", (provider) => (provider === "anthropic" ? infos : []));

test.each([
  ["a window of nothing", { context_window: 0 }, /window/],
  ["a window beyond belief", { context_window: 1e12 }, /window/],
  ["half a token", { context_window: 1000.5 }, /window/],
  ["a price below nothing", { prices: { input_mtok: -1, output_mtok: 2 } }, /price\.input/],
  ["a price beyond belief", { prices: { input_mtok: 1, output_mtok: 1e6 } }, /price\.output/],
])("a model with %s is left out, and named", (_, wrong, why) => {
  const { text, leftOut } = made([model("bad", wrong), model("good", {})]);
  expect(Object.keys(knownModelsSchema.parse(JSON.parse(text)).models["anthropic"] ?? {})).toEqual(["good"]);
  expect(leftOut).toEqual([expect.stringMatching(/^anthropic\/bad: /)]);
  expect(leftOut[0]).toMatch(why);
});

test("prices of days to come are kept, those of days gone by are not", () => {
  const on = (start_date: string, input_mtok: number) => ({
    ...{ constraint: { type: "start_date" as const, start_date }, prices: { input_mtok, output_mtok: 9 } },
  });
  const prices = [{ prices: { input_mtok: 1, output_mtok: 9 } }, on("2026-09-23", 2), on("2027-01-01", 3)];
  const { text } = made([model("m", { prices })]);
  expect(JSON.parse(text)).toMatchObject({
    models: {
      anthropic: {
        m: { price: { input: 2, output: 9 }, later: [{ from: "2027-01-01", price: { input: 3, output: 9 } }] },
      },
    },
  });
});

test.each([
  ["a rule for names", { match: { regex: "^.*$" } }],
  [
    "a price by the hour",
    {
      prices: [
        {
          constraint: { type: "time_of_date" as const, start_time: "1", end_time: "2" },
          prices: { input_mtok: 1, output_mtok: 2 },
        },
      ],
    },
  ],
])("%s that is not understood stops the making", (_, odd) => {
  expect(() => made([model("m", odd)])).toThrow(/not understood yet/);
});
