import type { EventBody } from "../core/events.ts";
import { ModelError, type Model, type StepChunk } from "../models/model.ts";
import type { Parts } from "./parts.ts";

/** Whether what a model gave is an answer. */

type Finish = Extract<StepChunk, { type: "finish" }>;

/** No word in it: nothing that a person would see. */
export function isBlank(text: string): boolean {
  return /^[\s\p{Cf}\p{Cc}\ufffd]*$/u.test(text);
}

/** Throws what stands in the place of an answer: without a tool call there must be words. */
export function checkAnswer(model: Model, finish: Finish | undefined, parts: Parts): asserts finish is Finish {
  const bad = (what: string, retryable: boolean): ModelError =>
    new ModelError("model_bad_response", `${model.id} ${what}`, { retryable });
  if (finish === undefined) throw bad("ended its answer in the middle", true);
  if (finish.toolCalls.length > 0) return;
  if (finish.reason === "content-filter") {
    throw bad("refused to answer: its content filter stopped it. Put the request in other words.", false);
  }
  const said = parts.open.filter(({ text }) => !isBlank(text));
  if (said.some(({ kind }) => kind === "message")) return;
  if (finish.reason === "length") {
    throw bad(
      `reached its longest output ${said.length > 0 ? "while it still thought" : "before its first word"}`,
      false,
    );
  }
  const end = finish.word === undefined ? "" : ` (${finish.word})`;
  throw bad(said.length > 0 ? `thought, but gave no answer${end}` : `answered with nothing${end}`, true);
}

/** What is to be told of an answer that stands, although it may not be whole; null: nothing. */
export function doubtOf(model: Model, { reason, word }: Finish): EventBody | null {
  const told = (code: string, message: string): EventBody => ({
    type: "error",
    data: { code, message, retryable: false },
  });
  if (reason === "length")
    return told("model_length", "The answer was cut off: it reached the model's longest output.");
  if (reason !== "other") return null;
  return told("model_ending", `The answer may not be whole: ${model.id} ended it with ${JSON.stringify(word ?? "")}.`);
}
