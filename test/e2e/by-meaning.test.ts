import { expect, test, vi } from "vitest";
import type { Diagnosis } from "../../src/cli/deps.ts";
import type { RecallPage } from "../../src/wire/recall.ts";
import { embeddingServer } from "../kit/embedding-server.ts";
import { Sparky } from "./sparky-process.ts";

vi.setConfig({ testTimeout: 300_000 });

const SAID = ["My physician wants to see me on Tuesday.", "Rain is likely.", "Bread is sold out.", "The bus was late."];

test("F54: with an embedding model a home is asked by meaning, and by words once its provider is gone", async () => {
  const provider = await embeddingServer();
  await using sparky = await Sparky.start({
    SPARKY_MODEL: "demo",
    SPARKY_MODEL_URL: provider.url,
    SPARKY_EMBEDDING_MODEL: "compatible/concepts",
  });
  for (const text of SAID) expect(await sparky.run("chat", "send", text)).toMatchObject({ code: 0 });
  const asked = (query: string) => sparky.json<RecallPage>("recall", query, "--kind", "message");
  await expect
    .poll(async () => (await asked("Which doctor?")).items.map(({ text, why }) => [text, why])[0], { timeout: 120_000 })
    .toEqual([SAID[0], ["similar in meaning"]]);
  const { items } = JSON.parse((await sparky.run("doctor", "--json")).stdout) as { items: readonly Diagnosis[] };
  expect(items.find(({ check }) => check === "embedding")).toMatchObject({
    state: "ok",
    what: expect.stringMatching(/^compatible\/concepts at http.* answered \(\d+ ms, 64 numbers\)$/),
  });
  await provider.stop();
  const { stdout, stderr } = await sparky.run("recall", "the physician");
  expect(stdout).toContain(SAID[0]);
  expect(stderr).toContain("found by words alone: compatible/concepts cannot be reached");
  const doctor = JSON.parse((await sparky.run("doctor", "--json")).stdout) as { items: readonly Diagnosis[] };
  expect(doctor.items.find(({ check }) => check === "embedding")).toMatchObject({ state: "warn" });
});

test("a model that cannot make vectors is refused at the start, with what to set", async () => {
  const start = Sparky.start({ SPARKY_MODEL: "demo", SPARKY_EMBEDDING_MODEL: "anthropic/claude-sonnet-5-5" });
  await expect(start).rejects.toThrow(/SPARKY_EMBEDDING_MODEL is .* which is not allowed/s);
});
