import { z } from "zod";
import { defineTransactionalTool } from "./tool.ts";

/** A word that is told apart from the conversation: in the list of what happened while one was away. */
export const notify = defineTransactionalTool<{ text: string }, unknown>({
  name: "notify",
  description:
    "Leaves the person a notice, which stands on their home page among what happened while they were away, with the way " +
    "to this chat. Use it in work that nobody watches, for what they should know without looking for it.",
  effect: "write",
  idempotent: true,
  timeoutMs: 5000,
  args: z.strictObject({ text: z.string().trim().min(1).max(500).describe("one sentence or two") }),
  summary: ({ text }) => text,
  execute: ({ text }, context) => {
    context.emit({ type: "notice", data: { text } });
    return Promise.resolve({ told: true });
  },
});
