import { expect, test } from "vitest";
import type { Entry } from "../../src/core/transcript.ts";
import { questionBefore } from "./try-again.ts";

const said = (seq: number, text: string, taskId: string | null): Entry =>
  ({
    ...{ kind: "event", key: `e${seq}`, seq, runId: null, taskId },
    event: { type: "message", seq, runId: null, taskId, data: { role: "user", text } },
  }) as unknown as Entry;

test("what is asked again is what was said in the chat; what a task was given may be a model's words, and is not", () => {
  expect(questionBefore([said(1, "Tea?", null), said(3, "More?", null)], 3)).toEqual({ seq: 1, text: "Tea?" });
  expect(questionBefore([said(1, "Tea?", null), said(3, "Read @docs:x://a", "t")], 5)).toBeNull();
});
