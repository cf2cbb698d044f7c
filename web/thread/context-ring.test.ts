import { expect, test } from "vitest";
import { contextWords, shareOf } from "./context-ring.tsx";

const call = { model: "m", inputTokens: 12_000, outputTokens: 400, durationMs: 1 };
const context = { system: 1000, tools: 2000, messages: 9000, leftOut: 0, window: 200_000 };

test.each([
  ["before the first call", null, null, "Context: no model was called yet"],
  ["of a window that is known", { ...call, context }, 0.062, "Context: 12.4k of 200.0k tokens, 6 %"],
  [
    "of one that is smaller",
    { ...call, context: { ...context, window: 8000 } },
    1,
    "Context: 12.4k of 8.0k tokens, 100 %",
  ],
  [
    "of one that is guessed",
    { ...call, context: { ...context, windowGuessed: true as const } },
    null,
    "Context: 12.4k tokens, of a window that is not known",
  ],
  ["of an old call", call, null, "Context: 12.4k tokens, of a window that is not known"],
])("the ring says true numbers %s", (_, of, share, words) => {
  expect(contextWords(of)).toBe(words);
  expect(of === null ? null : shareOf(of)).toBe(share);
});
