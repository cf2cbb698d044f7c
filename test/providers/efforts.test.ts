import { expect, test } from "vitest";
import type { Effort } from "../../src/core/effort.ts";
import type { Asked, StepChunk } from "../../src/models/model.ts";
import { openModel } from "../../src/models/open.ts";
import { selectModel } from "../../src/models/select.ts";
import { providerServer, type Reply } from "./server.ts";
import { settingsFor, WIRES, type WireName } from "./wires.ts";

/** How hard a model is to think, as each provider is told of it. */

const answerOf = (wire: WireName): Reply => ({ body: WIRES[wire].answer({ text: ["Four."] }) });
const refuses = (message: string): Reply => ({ status: 400, body: JSON.stringify({ error: { message } }) });

async function scene(wire: WireName, model: string, replies: readonly Reply[]) {
  const server = await providerServer(replies);
  const opened = openModel(selectModel(settingsFor(model, server.url)));
  return {
    /** The effort that the answer was asked with, or which its server has refused. */
    asked: async (effort?: Asked): Promise<Asked | { readonly refused: Asked } | undefined> => {
      let last: StepChunk | undefined;
      const { signal } = new AbortController();
      const messages = [{ role: "user", content: "2 + 2?" } as const];
      const request = { instructions: "", messages, tools: [], signal, ...(effort !== undefined && { effort }) };
      for await (const chunk of opened.step(request)) last = chunk;
      if (last?.type !== "finish") throw new Error("no answer");
      return last.effortRefused === undefined ? last.effort : { refused: last.effortRefused };
    },
    bodies: () => server.requests.map((body) => JSON.parse(body) as { readonly [field: string]: unknown }),
  };
}

type Row = {
  readonly wire: WireName;
  readonly model: string;
  readonly effort: Exclude<Effort, "provider-default"> | undefined;
  /** Fields of the request. */
  readonly sends: { readonly [field: string]: unknown };
  /** It is told nothing of it. */
  readonly untold?: true;
};

const ROWS: readonly Row[] = [
  { wire: "responses", model: "openai/gpt-5.4", effort: undefined, sends: { reasoning: { summary: "auto" } } },
  {
    wire: "responses",
    model: "openai/gpt-5.4",
    effort: "high",
    sends: { reasoning: { effort: "high", summary: "auto" } },
  },
  { wire: "responses", model: "openai/gpt-5.4", effort: "none", sends: { reasoning: { effort: "none" } } },
  { wire: "responses", model: "openai/gpt-4.1", effort: "high", sends: { reasoning: undefined }, untold: true },
  {
    ...{ wire: "anthropic", model: "anthropic/claude-sonnet-4-6", effort: undefined },
    sends: { thinking: { type: "adaptive", display: "summarized" }, output_config: undefined },
  },
  {
    ...{ wire: "anthropic", model: "anthropic/claude-sonnet-4-6", effort: "low" },
    sends: { thinking: { type: "adaptive", display: "summarized" }, output_config: { effort: "low" } },
  },
  {
    ...{ wire: "anthropic", model: "anthropic/claude-sonnet-4-6", effort: "none" },
    sends: { thinking: { type: "disabled" }, output_config: undefined },
  },
  {
    ...{ wire: "google", model: "google/gemini-2.5-flash", effort: undefined },
    sends: { generationConfig: { thinkingConfig: { includeThoughts: true } } },
  },
  {
    ...{ wire: "google", model: "google/gemini-2.5-flash", effort: "low" },
    sends: { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingBudget: 6554 } } },
  },
  {
    ...{ wire: "google", model: "google/gemini-2.5-flash", effort: "none" },
    sends: { generationConfig: { thinkingConfig: { thinkingBudget: 0 } } },
  },
  {
    ...{ wire: "google", model: "google/gemini-3-pro-preview", effort: "high" },
    sends: { generationConfig: { thinkingConfig: { includeThoughts: true, thinkingLevel: "high" } } },
  },
  {
    wire: "google",
    model: "google/gemini-2.0-flash",
    effort: "high",
    sends: { thinkingConfig: undefined },
    untold: true,
  },
  { wire: "chat", model: "compatible/some-model", effort: undefined, sends: { reasoning_effort: undefined } },
  { wire: "chat", model: "compatible/some-model", effort: "minimal", sends: { reasoning_effort: "minimal" } },
  { wire: "ollama", model: "ollama/some-model", effort: "none", sends: { reasoning_effort: "none" } },
];

test.each(ROWS)("$model is told of the effort $effort as $sends", async ({ wire, model, effort, sends, untold }) => {
  const { asked, bodies } = await scene(wire, model, [answerOf(wire)]);
  expect(await asked(effort)).toBe(untold ? undefined : effort);
  expect(bodies()).toHaveLength(1);
  for (const [field, value] of Object.entries(sends)) expect(bodies()[0]?.[field]).toEqual(value);
});

test.each([
  { wire: "responses", says: "Unsupported value: 'reasoning.effort' does not support 'xhigh' with this model." },
  { wire: "anthropic", says: "This model does not support the effort parameter." },
  { wire: "google", says: "Thinking level is not supported for this model." },
  { wire: "chat", says: "Unrecognized request argument supplied: reasoning_effort" },
  { wire: "ollama", says: '"some-model" does not support thinking' },
] as const)("$wire refuses an effort with $says: it is left out at once, and from then on", async ({ wire, says }) => {
  const { asked, bodies } = await scene(wire, WIRES[wire].model, [refuses(says), answerOf(wire)]);
  expect(await asked("xhigh")).toEqual({ refused: "xhigh" });
  expect(await asked("xhigh")).toEqual({ refused: "xhigh" });
  // Another one it may well take.
  expect(await asked("low")).toBe("low");
  const told = bodies().map((body) => /"(?:effort|reasoning_effort|thinkingBudget)":/.test(JSON.stringify(body)));
  expect(told).toEqual([true, false, false, true]);
});

test("an account that may see no summaries is asked for none, with an effort too", async () => {
  const says = "Your organization must be verified to generate reasoning summaries.";
  const { asked, bodies } = await scene("responses", "openai/gpt-5.4", [refuses(says), answerOf("responses")]);
  expect(await asked("high")).toBe("high");
  expect(bodies().map(({ reasoning }) => reasoning)).toEqual([{ effort: "high", summary: "auto" }, { effort: "high" }]);
});

test("Anthropic is asked for no thoughts of a turn that began without, with an effort too", async () => {
  const says = "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.";
  const { asked, bodies } = await scene("anthropic", WIRES.anthropic.model, [refuses(says), answerOf("anthropic")]);
  expect(await asked("high")).toEqual({ refused: "high" });
  expect(bodies()[1]).not.toHaveProperty("thinking");
  expect(bodies()[1]).not.toHaveProperty("output_config");
});
