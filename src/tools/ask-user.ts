import { z } from "zod";
import { NeedsAnswer } from "./needs-answer.ts";
import { defineTool } from "./tool.ts";

const UNANSWERED = {
  declined: "the person would not say; go on without the answer, or say what you cannot do without it",
  expired: "nobody answered in time; go on as well as you can without the answer",
  withdrawn: "the person wrote something else instead of an answer",
} as const;

/** Asks, and waits: for days, and across restarts. */
export const askUser = defineTool({
  name: "ask_user",
  description:
    "Asks the person one question and waits for the answer, which may take hours: other work of yours in this run waits " +
    "with it. Use it when you cannot go on well without a decision or a fact that only the person has. Offer choices " +
    "where there are a few likely answers; the person may answer in other words.",
  effect: "read",
  idempotent: true,
  timeoutMs: 10_000,
  args: z.strictObject({
    question: z
      .string()
      .trim()
      .min(1)
      .max(4000)
      .describe("in the person's language, complete without this conversation"),
    choices: z.array(z.string().trim().min(1).max(300)).max(12).describe("likely answers, the best first").optional(),
  }),
  summary: ({ question }) => question,
  execute: ({ question, choices = [] }, { answer }) => {
    if (answer === undefined) throw new NeedsAnswer({ text: question, choices: [...new Set(choices)], state: null });
    if (answer.outcome === "answered") return Promise.resolve({ answer: answer.answer, by: answer.by });
    return Promise.resolve({ answer: null, note: UNANSWERED[answer.outcome] });
  },
});
