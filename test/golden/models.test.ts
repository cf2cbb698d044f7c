import { expect, test } from "vitest";
import { chainOf } from "../../src/models/select.ts";
import { modelOverview } from "../../src/models/overview.ts";
import type { ModelTest } from "../../src/wire/models.ts";
import { views, type Stage } from "./scripted-cli.ts";

/** `sparky models`, with the server played by a script. */

const KEYS: { readonly [variable: string]: string } = { OPENAI_API_KEY: "sk-1", GEMINI_API_KEY: "g", OLLAMA_BASE_URL: "http://box:11434" };
const FOUND = [
  {
    provider: "ollama",
    address: "http://127.0.0.1:11434/v1",
    models: [
      { id: "ollama/qwen3:8b", window: 8192 },
      { id: "ollama/gemma3", window: null },
    ],
  },
  { provider: "lmstudio", address: "http://127.0.0.1:1234/v1", models: [] },
];
const HERE = { severalNodes: false, file: "/home/ada/.sparky/.env", restartNeeded: false };
const SET = { window: null, effort: null, prices: { "anthropic/claude-sonnet-5-5": { input: 3, output: 15 } } };
const overview = (
  named: string | null,
  origins: { [variable: string]: string },
  providers = KEYS,
  local: typeof FOUND = [],
  set: Parameters<typeof modelOverview>[2] = SET,
): Stage => ({
  routes: {
    "GET /api/models": { ...modelOverview({ ...chainOf(named), modelUrl: null, providers }, origins, set), local, ...HERE },
  },
});
const tested = (change: Partial<ModelTest>): Stage => ({
  routes: {
    "POST /api/models/test": {
      model: "openai/gpt-5",
      ok: true,
      code: null,
      message: "ok",
      durationMs: 812,
      inputTokens: 14,
      outputTokens: 1,
      ...change,
    },
  },
});

test("what the commands for models show, and how they end", async () => {
  const refused = { ok: false, code: "model_auth", message: "OpenAI refused the key: set OPENAI_API_KEY to a valid one" };
  const cases: readonly (readonly [argv: readonly string[], stage: Stage])[] = [
    [
      ["models", "list"],
      overview("ollama/qwen3", { SPARKY_MODEL: "home", OPENAI_API_KEY: "environment", GEMINI_API_KEY: "env-file" }),
    ],
    [["models", "list"], overview(null, { OPENAI_API_KEY: "environment" })],
    [["models", "list"], overview(null, {}, {})],
    [["models", "list"], overview(null, {}, {}, FOUND)],
    [["models", "list"], overview("anthropic/claude-sonnet-5-5", { SPARKY_MODEL: "home" })],
    [
      ["models", "list"],
      overview("anthropic/claude-sonnet-5-5", { SPARKY_MODEL: "home" }, { ...KEYS, ANTHROPIC_API_KEY: "sk-1" }, [], { ...SET, effort: "high" }),
    ],
    [["models", "list"], overview("openai/gpt-5,anthropic/claude-sonnet-5-5,google/gemini-3", { SPARKY_MODEL: "home" })],
    [["models", "test"], tested({})],
    [["models", "test", "openai/gpt-5"], tested({ ...refused, inputTokens: 0, outputTokens: 0 })],
  ];
  let text = "";
  for (const [argv, stage] of cases) text += await views(argv, stage);
  expect(text).not.toContain("sk-1");
  await expect(text).toMatchFileSnapshot("cli-models.txt");
});
