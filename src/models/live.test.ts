import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tempHome } from "../../test/kit/temp-home.ts";
import { loadConfig } from "../config.ts";
import { changeSetting, settingsStamp } from "../settings.ts";
import { LiveModels } from "./live.ts";
import { ModelSetup } from "./setup.ts";

async function scene(file = "") {
  const home = await tempHome();
  const path = join(home, ".env");
  const env = { SPARKY_HOME: home };
  writeFileSync(path, file);
  const problems: unknown[] = [];
  const keys: (string | undefined)[] = [];
  const source = { read: () => loadConfig(env), stamp: () => settingsStamp(env, {}) };
  const models = new LiveModels(loadConfig(env), source, {
    onSettings: ({ providers }) => void keys.push(providers["OPENAI_API_KEY"]),
    onProblem: (error) => void problems.push(error),
  });
  const set = (name: string, value: string | null) => changeSetting(env, name, value);
  return { models, path, problems, keys, set };
}

test("a changed file counts from the next answer on; a model that was taken before stays as it was", async () => {
  const { models, keys, set, problems } = await scene();
  expect(models.for(null).id).toBe("demo");
  await set("OPENAI_API_KEY", "sk-1");
  const before = models.for(null);
  expect(before.id).toBe("openai/gpt-6-astra");
  expect(models.for(null)).toBe(before);
  await set("OPENAI_API_KEY", "sk-2");
  expect(models.for(null)).not.toBe(before);
  expect(models.for("openai/gpt-5.4").id).toBe("openai/gpt-5.4");
  expect(keys.at(0)).toBeUndefined();
  expect(keys.at(-1)).toBe("sk-2");
  await set("LOG_LEVEL", "warn");
  const same = models.for(null);
  await set("LOG_LEVEL", "info");
  expect(models.for(null)).toBe(same);
  expect(problems).toEqual([]);
});

test("what stands in for the default model is found by its place, and is kept when another one is set, or a provider forgotten", async () => {
  const { models, set } = await scene("OPENAI_API_KEY=a\nANTHROPIC_API_KEY=b\nGEMINI_API_KEY=c\n");
  await set("SPARKY_MODEL", "openai/a,anthropic/b,google/c");
  expect([0, 1, 2, 3].map((place) => models.for(null, place).id)).toEqual([
    ...(["openai/a", "anthropic/b", "google/c", "openai/a"] as const),
  ]);
  expect(models.for("google/c", 1).id).toBe("google/c");
  const setup = new ModelSetup({
    models,
    write: async (changes) => {
      for (const [name, value] of changes) await set(name, value);
    },
    probe: () => Promise.reject(new Error("nothing is asked here")),
    severalNodes: false,
    file: ".env",
    restartNeeded: () => false,
  });
  await setup.choose("google/c");
  expect(models.settings()).toMatchObject({ model: "google/c", fallbacks: ["anthropic/b"] });
  await setup.forget("anthropic");
  expect(models.settings()).toMatchObject({ model: "google/c", fallbacks: [] });
  await setup.forget("google");
  expect(models.id()).toBe("openai/gpt-6-astra");
});

test("a file that is made wrong by hand is told of once, and what was set before goes on", async () => {
  const { models, path, problems } = await scene("SPARKY_MODEL=openai/gpt-5.4\nOPENAI_API_KEY=sk-1\n");
  expect(models.id()).toBe("openai/gpt-5.4");
  writeFileSync(path, "SPARKY_MODEL='openai\n");
  expect(models.for(null).id).toBe("openai/gpt-5.4");
  expect(models.id()).toBe("openai/gpt-5.4");
  expect(problems).toHaveLength(1);
  writeFileSync(path, "SPARKY_MODEL=demo\n");
  expect(models.id()).toBe("demo");
});

test("a default without its key says what is missing, and the demo model is shown in its place", async () => {
  const { models, set } = await scene("SPARKY_MODEL=openai/gpt-5.4\nOPENAI_API_KEY=sk-1\n");
  await set("OPENAI_API_KEY", null);
  expect(() => models.for(null)).toThrow(expect.objectContaining({ code: "model_unset", retryable: false }));
  expect(() => models.for(null)).toThrow(/OPENAI_API_KEY is not set; set OPENAI_API_KEY/);
  expect(() => models.for("gpt-5")).toThrow(/did you mean "openai\/gpt-5"/);
  expect(models.shown().id).toBe("demo");
  expect(models.id()).toBe("openai/gpt-5.4");
});
