import type { ModelMessage } from "ai";
import { expect, test } from "vitest";
import { conceded, concessionFor, isEffortRefused, type Concession } from "./concessions.ts";

test.each([
  ["Your organization must be verified to generate reasoning summaries.", "summaries"],
  ["messages.2.reasoning_content: Extra inputs are not permitted", "reasoning"],
  ["property 'reasoning_content' is unsupported", "reasoning"],
  ["The encrypted content gAAA could not be verified.", "reasoning"],
  ["messages.1.content.0: Invalid `signature` in `thinking` block", "reasoning"],
  ["Missing `reasoning_content` field in the assistant message at message index 2.", "emptyReasoning"],
  ["The `reasoning_content` in the thinking mode must be passed back to the API.", "emptyReasoning"],
  ["messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.", "thinking"],
  ["After the optional system message, conversation roles must alternate user and assistant roles", "alternation"],
  ["Unexpected role 'user' after role 'tool'", "alternation"],
  ["Unrecognized request argument supplied: stream_options", "usage"],
  ["Invalid schema for function 'note'", null],
])("F88 %s: what is left out is %s", (said, is) => {
  expect(concessionFor(said, new Set())).toBe(is);
  if (is !== null) expect(concessionFor(said, new Set([is as Concession]))).not.toBe(is);
});

test.each([
  ["Unsupported parameter: 'reasoning.effort' is not supported with this model.", true],
  ["output_config.effort: Input should be 'low', 'medium' or 'high'", true],
  ["Budget 0 is invalid. This model only works in thinking mode.", true],
  ["thinking.enabled.budget_tokens: Input should be greater than or equal to 1024", true],
  ['think value "xhigh" is not supported for this model', true],
  ["Your organization must be verified to generate reasoning summaries.", false],
  ["messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`.", false],
  ["property 'reasoning_content' is unsupported", false],
  ["messages.1.content.0: Invalid `signature` in `thinking` block", false],
  ["Invalid schema for function 'note'", false],
])("F88 %s: an effort is refused is %s", (said, is) => {
  expect(isEffortRefused(said)).toBe(is);
});

const USER: ModelMessage = { role: "user", content: "and?" };
const CALL: ModelMessage = {
  role: "assistant",
  content: [
    { type: "reasoning", text: "hm", providerOptions: { p: { signature: "s" } } },
    { type: "tool-call", toolCallId: "a", toolName: "look", input: {} },
  ],
};
const RESULT: ModelMessage = {
  role: "tool",
  content: [{ type: "tool-result", toolCallId: "a", toolName: "look", output: { type: "text", value: "A" } }],
};

const given = (...names: Concession[]) =>
  conceded(
    { instructions: "", messages: [USER, CALL, RESULT, USER], tools: [], signal: new AbortController().signal },
    new Set(names),
  ).messages;

test("F88 a server gets what it takes, and nothing else is changed", () => {
  expect(given()).toEqual([USER, CALL, RESULT, USER]);
  expect(given("alternation").map(({ role }) => role)).toEqual(["user", "assistant", "tool", "assistant", "user"]);
  expect(JSON.stringify(given("reasoning"))).not.toMatch(/reasoning|signature/);
  const [, call] = given("reasoning", "emptyReasoning");
  expect(call?.providerOptions).toEqual({ openaiCompatible: { reasoning_content: "" } });
  expect(given("emptyReasoning")[1]).toEqual(CALL);
});
