import { inspect } from "node:util";
import { expect, test } from "vitest";
import { SparkyError } from "../core/errors.ts";
import { openModel } from "./open.ts";
import { chainOf, selectChain, selectModel, type ModelSettings } from "./select.ts";

const from = (model: string | null, providers: ModelSettings["providers"] = {}, modelUrl: string | null = null) =>
  selectModel({ model, modelUrl, providers });

const ALL = { OPENAI_API_KEY: "a", ANTHROPIC_API_KEY: "b", GEMINI_API_KEY: "c", OPENROUTER_API_KEY: "d" };

test.each([
  { set: {}, provider: "demo" },
  { set: { GEMINI_API_KEY: "c" }, provider: "google" },
  { set: { GEMINI_API_KEY: "c", ANTHROPIC_API_KEY: "b" }, provider: "anthropic" },
  { set: ALL, provider: "openai" },
  { set: { OPENAI_API_KEY: "  " }, provider: "demo" },
])("with no model named and the keys $set, $provider answers", ({ set, provider }) =>
  expect(openModel(from(null, set)).provider).toBe(provider),
);

test.each([
  ["openai/gpt-5.4", "gpt-5.4", "https://api.openai.com/v1"],
  ["anthropic/claude-sonnet-5-5", "claude-sonnet-5-5", "https://api.anthropic.com/v1"],
  ["google/gemini-2.5-flash", "gemini-2.5-flash", "https://generativelanguage.googleapis.com/v1beta"],
  ["ollama/qwen3:8b", "qwen3:8b", "http://127.0.0.1:11434/v1"],
  ["lmstudio/qwen/qwen3-4b", "qwen/qwen3-4b", "http://127.0.0.1:1234/v1"],
  ["llamacpp/qwen3", "qwen3", "http://127.0.0.1:8080/v1"],
  ["openrouter/meta-llama/llama-4:free", "meta-llama/llama-4:free", "https://openrouter.ai/api/v1"],
])("%s is the model %s at %s", (model, name, baseUrl) => {
  expect(from(model, ALL)).toMatchObject({ kind: "remote", id: model, name, baseUrl });
});

test.each([
  ["openai/m", { OPENAI_BASE_URL: "http://127.0.0.1:4010" }, null, "http://127.0.0.1:4010/v1"],
  ["openai/m", { OPENAI_BASE_URL: "http://127.0.0.1:4010/openai/v1/" }, null, "http://127.0.0.1:4010/openai/v1"],
  ["anthropic/m", { ANTHROPIC_BASE_URL: "https://proxy.example" }, null, "https://proxy.example/v1"],
  ["google/m", { GOOGLE_GENERATIVE_AI_BASE_URL: "https://proxy.example" }, null, "https://proxy.example/v1beta"],
  ["ollama/m", { OLLAMA_BASE_URL: "http://box:11434" }, null, "http://box:11434/v1"],
  ["lmstudio/m", { LMSTUDIO_BASE_URL: "http://box:1234/" }, null, "http://box:1234/v1"],
  ["llamacpp/m", { LLAMACPP_BASE_URL: "http://box/llama/v1" }, null, "http://box/llama/v1"],
  ["compatible/m", {}, "http://127.0.0.1:1234/v1", "http://127.0.0.1:1234/v1"],
])("%s with %j and %s is asked at the address %s", (model, set, url, baseUrl) =>
  expect(from(model, { ...ALL, ...set }, url)).toMatchObject({ baseUrl }),
);

test.each([
  { model: "foo/bar", says: 'SPARKY_MODEL is "foo/bar"', hint: "openai/MODEL" },
  { model: "openai/", says: 'SPARKY_MODEL is "openai/"', hint: "openai/MODEL" },
  { model: "openai/a b", says: 'SPARKY_MODEL is "openai/a b"', hint: "openai/MODEL" },
  { model: "gpt-5.4", says: 'SPARKY_MODEL is "gpt-5.4"', hint: 'did you mean "openai/gpt-5.4"?' },
  { model: "claude-opus-5", says: "SPARKY_MODEL", hint: 'did you mean "anthropic/claude-opus-5"?' },
  { model: "openai/gpt-5.4", says: "OPENAI_API_KEY is not set", hint: "set OPENAI_API_KEY" },
  { model: "google/gemini-2.5-flash", says: "GOOGLE_GENERATIVE_AI_API_KEY is not set", hint: "or GEMINI_API_KEY" },
  { model: "compatible/m", says: "SPARKY_MODEL_URL is not set", hint: "http://127.0.0.1:8000/v1" },
  { model: "ollama/m", set: { OLLAMA_BASE_URL: "box" }, says: 'OLLAMA_BASE_URL is "box"', hint: "http://host/path" },
])("$model is refused: $says", ({ model, set = {}, says, hint }) => {
  const refusal = expect(() => from(model, set));
  refusal.toThrow(SparkyError);
  refusal.toThrow(expect.objectContaining({ code: "invalid_input", message: expect.stringContaining(says) }));
  refusal.toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
});

test.each([
  {
    model: "gpt-5.4",
    says: 'the chosen model is "gpt-5.4", which is not allowed',
    hint: "choose demo, openai/MODEL",
  },
  {
    model: "openai/m",
    says: 'the chosen model is "openai/m", but OPENAI_API_KEY is not set',
    hint: "choose another model",
  },
  { model: "compatible/m", says: "the chosen model is", hint: "http://127.0.0.1:8000/v1" },
])("what was chosen, $model, is refused in words about the choice: $says", ({ model, says, hint }) => {
  const refusal = expect(() => selectModel({ model, modelUrl: null, providers: {} }, "choice"));
  refusal.toThrow(expect.objectContaining({ code: "invalid_input", message: expect.stringContaining(says) }));
  refusal.toThrow(expect.objectContaining({ hint: expect.stringContaining(hint) }));
  refusal.toThrow(expect.objectContaining({ message: expect.not.stringContaining("SPARKY_MODEL is") }));
});

test.each([
  [null, null, []],
  [" ", null, []],
  ["openai/a", "openai/a", []],
  ["openai/a, anthropic/b ,,google/c,", "openai/a", ["anthropic/b", "google/c"]],
])("SPARKY_MODEL=%j names the model %j, and in its place %j", (named, model, fallbacks) =>
  expect(chainOf(named)).toEqual({ model, fallbacks }),
);

test.each([
  { named: "openai/a,anthropic/b", says: null },
  { named: "openai/a,claude-opus-5", says: 'SPARKY_MODEL is "claude-opus-5", which is not allowed' },
  { named: "openai/a,compatible/b", says: "SPARKY_MODEL_URL is not set" },
  { named: "openai/a,demo", says: '"demo" only plays' },
  { named: "openai/a,anthropic/b,openai/a", says: '"openai/a" is named twice' },
])("the models $named are checked at the start, each of them: $says", ({ named, says }) => {
  const select = () => selectChain({ ...chainOf(named), modelUrl: null, providers: ALL });
  if (says === null) expect(select().id).toBe("openai/a");
  else
    expect(select).toThrow(expect.objectContaining({ code: "invalid_input", message: expect.stringContaining(says) }));
});

test("neither a choice nor a refusal shows a key or a password (F17)", () => {
  const choice = from("openai/gpt-5.4", { OPENAI_API_KEY: "very-secret" });
  expect(`${inspect(choice)} ${JSON.stringify(choice)}`).not.toContain("very-secret");
  expect(choice.kind === "remote" && choice.key()).toBe("very-secret");
  expect(() => from("ollama/m", { OLLAMA_BASE_URL: "http://ann:very-secret@box" })).toThrow(
    expect.objectContaining({ message: expect.not.stringContaining("very-secret") }),
  );
});

test.each(["ollama", "lmstudio", "llamacpp"] as const)(
  "whoever listens where %s usually is on this machine is told no key; at an address that is set, it is",
  (provider) => {
    const keyAt = (settings: { readonly [variable: string]: string }) => {
      const choice = from(`${provider}/m`, { SPARKY_MODEL_KEY: "local-key", ...settings });
      return choice.kind === "remote" ? choice.key() : "no such model";
    };
    expect(keyAt({})).toBeNull();
    const variable = `${provider.toUpperCase()}_BASE_URL`;
    expect(keyAt({ [variable]: "http://127.0.0.1:11434/v1" })).toBe("local-key");
  },
);
