import { expect, test } from "vitest";
import type { Deps, Diagnosis } from "../../src/cli/deps.ts";
import { sparky, views, type Stage } from "./scripted-cli.ts";

/** `sparky doctor`, with the checks played by a script. */

const fine: Diagnosis = { check: "node", state: "ok", what: "Node 24.21.0", remedy: null, fixed: false };
const fixed: Diagnosis = { ...fine, check: "home", what: "/home/ada/.sparky was open to others; its mode is 700 now", fixed: true };
const odd: Diagnosis = {
  ...fine,
  check: "schedules",
  state: "warn",
  what: "tidy is paused: failed 5 times in a row",
  remedy: "sparky agent schedule history tidy, then: sparky agent schedule enable tidy",
};
const bad: Diagnosis = {
  ...fine,
  check: "model",
  state: "fail",
  what: "OpenAI refused the key: set OPENAI_API_KEY to a valid one",
  remedy: "sparky config set OPENAI_API_KEY",
};

const asked: object[] = [];
function stage(items: readonly Diagnosis[], change: Partial<Deps> = {}): Stage {
  const deps: Partial<Deps> = {
    async *examine(flags, options) {
      asked.push({ ...flags, ...options });
      yield* items;
    },
    ...change,
  };
  return { deps };
}

test("what the doctor shows, and how it ends", async () => {
  const cases: readonly (readonly [argv: readonly string[], stage: Stage])[] = [
    [["doctor"], stage([fine])],
    [["doctor"], stage([fine, odd, bad])],
    [["doctor", "--fix"], stage([fixed, odd])],
    [["doctor"], stage([fine], { loadConfig: () => Promise.reject(new Error("SPARKY_PORT is wrong")) })],
    [["doctor"], stage([fine], { loadConfig: async () => ({ home: "/none", url: "http://127.0.0.1:1", token: "t", agentLoop: false, dbUrl: null }) })],
  ];
  let text = "";
  for (const [argv, at] of cases) text += await views(argv, at);
  await expect(text).toMatchFileSnapshot("cli-doctor.txt");
});

test("only what is asked for is done: nothing is fixed, and the model is asked, without options", async () => {
  asked.length = 0;
  await sparky(["doctor"], stage([fine]));
  await sparky(["doctor", "--fix", "--offline", "--env-file", "/x"], stage([fine]));
  expect(asked).toEqual([
    { fix: false, offline: false },
    { fix: true, offline: true, envFile: "/x" },
  ]);
});
