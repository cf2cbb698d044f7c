import { expect, test } from "vitest";
import { modelChoices } from "./choices.ts";
import type { Told } from "./local/told.ts";
import { selectModel, type ModelSettings } from "./select.ts";

const given = (providers: ModelSettings["providers"], more: Partial<ModelSettings> = {}) => ({
  model: selectModel({ model: null, modelUrl: null, providers, ...more }).id,
  settings: { model: null, modelUrl: null, providers, ...more },
  prices: {},
  effort: null,
  window: null,
  chosen: [],
  found: new Map<string, Told>(),
});

test("the instance's model comes first, then those that were chosen before; each that cannot answer says why", () => {
  const { model, items, forms } = modelChoices({ ...given({ ANTHROPIC_API_KEY: "k" }), chosen: ["ollama/qwen3"] });
  expect(model).toBe("anthropic/claude-sonnet-5-5");
  expect(items.map(({ id, why }) => [id, why])).toEqual([
    ["anthropic/claude-sonnet-5-5", null],
    ["ollama/qwen3", null],
    ["openai/gpt-6-astra", "no key: OPENAI_API_KEY is not set"],
    ["google/gemini-4-argon", "no key: GOOGLE_GENERATIVE_AI_API_KEY is not set"],
    ["demo", null],
  ]);
  expect(forms.filter(({ why }) => why !== null)).toEqual([
    { form: "openai/MODEL", why: "no key: OPENAI_API_KEY is not set" },
    { form: "google/MODEL", why: "no key: GOOGLE_GENERATIVE_AI_API_KEY is not set" },
    { form: "openrouter/VENDOR/MODEL", why: "no key: OPENROUTER_API_KEY is not set" },
    { form: "compatible/MODEL", why: "SPARKY_MODEL_URL is not set" },
  ]);
});

test("prices and windows are told as far as they are known, and no key ever", () => {
  const choices = modelChoices({
    ...given({ OPENAI_API_KEY: "sk-secret" }, { model: "openai/gpt-99" }),
    prices: { "openai/gpt-5": { input: 1.25, output: 10 }, constructor: { input: 1, output: 1 } },
  });
  expect(choices.items.slice(0, 3)).toEqual([
    {
      id: "openai/gpt-99",
      why: null,
      isFound: false,
      window: { tokens: 270_000, isGuess: false },
      price: null,
      mayThink: true,
    },
    {
      id: "openai/gpt-5",
      why: null,
      isFound: false,
      window: { tokens: expect.any(Number), isGuess: false },
      price: { input: 1.25, output: 10 },
      mayThink: true,
    },
    { id: "constructor", why: "is not allowed", isFound: false, window: null, price: null, mayThink: true },
  ]);
  expect(JSON.stringify(choices)).not.toContain("sk-secret");
  const set = modelChoices({ ...given({}, { model: "ollama/qwen3" }), window: 65_536 });
  expect(set.items[0]?.window).toEqual({ tokens: 65_536, isGuess: false });
  expect(modelChoices(given({}, { model: "ollama/qwen3" })).items[0]?.window).toEqual({
    tokens: 16_000,
    isGuess: true,
  });
});

test("of models that are known not to think it is told, with the effort of the instance", () => {
  const names = ["openai/gpt-4.1", "openai/gpt-5.4", "google/gemini-2.0-flash", "ollama/qwen3"];
  const keys = { OPENAI_API_KEY: "k", GEMINI_API_KEY: "k" };
  const { effort, items } = modelChoices({ ...given(keys), effort: "high", chosen: [...names, "demo"] });
  expect(effort).toBe("high");
  expect(items.filter(({ mayThink }) => !mayThink).map(({ id }) => id)).toEqual([
    "openai/gpt-4.1",
    "google/gemini-2.0-flash",
    "demo",
  ]);
});

test("what a server of one's own has can be chosen, with the window that it tells; a person's word counts more", () => {
  const found = new Map([
    ["ollama/qwen3:8b", { holds: 8192, most: 40_960 }],
    ["lmstudio/tiny", { holds: null, most: 2048 }],
    ["llamacpp/untold", { holds: null, most: null }],
  ]);
  const shown = ({ items }: ReturnType<typeof modelChoices>) =>
    items.filter(({ isFound }) => isFound).map(({ id, why, window }) => [id, why, window?.tokens, window?.isGuess]);
  expect(shown(modelChoices({ ...given({}), found }))).toEqual([
    ["ollama/qwen3:8b", null, 8192, false],
    ["lmstudio/tiny", null, 2048, true],
    ["llamacpp/untold", null, 16_000, true],
  ]);
  expect(shown(modelChoices({ ...given({}), found, window: 5000 })).map(([, , tokens]) => tokens)).toEqual([
    5000, 5000, 5000,
  ]);
});
