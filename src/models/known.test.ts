import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { entryFor, KNOWN_MODELS, knownModelsSchema, priceAt } from "./known.ts";
import { openModel, priceOf, windowOf } from "./open.ts";
import { selectModel, type ModelChoice } from "./select.ts";

const KEYS = { OPENAI_API_KEY: "k", ANTHROPIC_API_KEY: "k", GEMINI_API_KEY: "k", OPENROUTER_API_KEY: "k" };
const choose = (model: string, more: { readonly [variable: string]: string } = {}): ModelChoice =>
  selectModel({ model, modelUrl: "http://127.0.0.1:9", providers: { ...KEYS, ...more } });

const FOLDER = import.meta.dirname;
const FILE = knownModelsSchema.parse(JSON.parse(readFileSync(KNOWN_MODELS, "utf8")));
const inFile = (provider: string, id: string) => FILE.models[provider]?.[id] ?? {};

const LIST = {
  old: { names: ["m-1", "m-1-2024-05-13"] },
  dated: { names: ["m-1*"] },
  new: { names: ["m-1-mini*", "m-1-mini@*"] },
  plain: {},
};

test.each([
  ["m-1", "old"],
  ["m-1-2024-05-13", "old"],
  ["m-1-2025-01-02", "dated"],
  ["m-1-20250102", "dated"],
  ["m-1-001", "dated"],
  ["m-1-preview-05-06", "dated"],
  ["m-1-latest", "dated"],
  ["m-1-mini", "new"],
  ["m-1-mini-latest", "new"],
  ["m-1-mini@20250102", "new"],
  ["plain", "plain"],
  ["m-1-5", null],
  ["m-1-lite", null],
  ["m-1-pro-preview", null],
  ["m-1.5", null],
  ["plain-2025-01-02", null],
  ["m", null],
  ["constructor", null],
])("by its exact name or the longest beginning, %s is %s", (name, id) =>
  expect(entryFor(name, LIST)).toBe(id === null ? null : LIST[id as keyof typeof LIST]),
);

test("a name that goes on and on is looked up, too", () => {
  expect(entryFor(`m-1-${"1".repeat(100_000)}x`, LIST)).toBeNull();
  expect(entryFor(`m-1${"-2024".repeat(20_000)}x`, LIST)).toBeNull();
});

test("a provider is known at its usual address alone: another server under its name is another maker", () => {
  const here = choose("openai/gpt-5.4");
  const elsewhere = choose("openai/gpt-5.4", { OPENAI_BASE_URL: "http://127.0.0.1:9" });
  const { window: tokens, price } = inFile("openai", "gpt-5.4");
  expect([windowOf(here, null), priceOf(here, {})]).toEqual([
    { tokens, isGuess: false },
    { ...price, asOf: FILE.date },
  ]);
  expect([windowOf(elsewhere, null), priceOf(elsewhere, {})]).toEqual([{ tokens: 270_000, isGuess: false }, null]);
  expect(openModel(elsewhere)).toMatchObject({ contextTokens: 270_000, price: null });
});

test("what is set comes before what is known, and what is known before what is guessed", () => {
  const choice = choose("anthropic/claude-opus-4-6");
  const prices = { [choice.id]: { input: 1, output: 2 } };
  expect(openModel(choice, { window: 9000, prices, images: false })).toMatchObject({
    ...{ contextTokens: 9000, price: { input: 1, output: 2 }, takesImages: false },
  });
  const { window, price } = inFile("anthropic", "claude-opus-4-6");
  expect(openModel(choice)).toMatchObject({ contextTokens: window, price: { ...price }, takesImages: true });
  expect(window).not.toBe(200_000);
});

test.each(["openai/gpt-99", "anthropic/claude-nebula-1", "google/gemini-99", "compatible/gpt-5.4"])(
  "nobody knows what %s costs, and how big its window is is guessed as ever",
  (model) => {
    const choice = choose(model);
    expect(priceOf(choice, {})).toBeNull();
    expect(windowOf(choice, null).tokens).toBeGreaterThanOrEqual(32_000);
  },
);

test("a price that changes on a day that is known changes on it", () => {
  const [now, then] = [
    { input: 1, output: 2 },
    { input: 2, output: 4 },
  ];
  const entry = { price: now, later: [{ from: "2027-01-01", price: then }] };
  const at = (time: string) => priceAt(entry, Date.parse(time));
  expect([at("2026-12-31T23:59:59.999Z"), at("2027-01-01T00:00:00Z")]).toEqual([now, then]);
  expect(priceAt({ window: 9000 }, 0)).toBeNull();
});

test("models at home and the demo model are free", () => {
  for (const model of ["ollama/qwen3", "demo"]) expect(priceOf(choose(model), {})).toEqual({ input: 0, output: 0 });
});

test("the file is not read for the demo model, and for a provider's at its first question", async () => {
  const code = (model: string): string => `
    import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const { readFileSync } = fs;
    const read = [];
    fs.readFileSync = (path, ...rest) => { if (path === "${KNOWN_MODELS}") read.push(path); return readFileSync(path, ...rest); };
    syncBuiltinESMExports();
    const { openModel } = await import("${FOLDER}/open.ts");
    const { selectModel } = await import("${FOLDER}/select.ts");
    const { modelOverview } = await import("${FOLDER}/overview.ts");
    const settings = { model: "${model}", modelUrl: null, providers: { OPENAI_API_KEY: "k" } };
    const before = read.length;
    const { contextTokens, price } = openModel(selectModel(settings));
    modelOverview(settings, {}, { window: null, prices: {}, effort: null });
    console.log(JSON.stringify([before, read]));`;
  const readFor = async (model: string) => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code(model)]);
    return JSON.parse(stdout) as unknown;
  };
  expect(await readFor("demo")).toEqual([0, []]);
  expect(await readFor("openai/gpt-5.4")).toEqual([0, [KNOWN_MODELS]]);
});
