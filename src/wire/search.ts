import { z } from "zod";
import { taskStatusSchema } from "./api.ts";

/** What a search finds, as it crosses HTTP. Times are ISO 8601 UTC; a snippet is one line around the first hit. */

export const FOUND_KINDS = ["chat", "task", "node", "event"] as const;
export const foundKindSchema = z.enum(FOUND_KINDS);

export const foundSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("chat"), chatId: z.string(), title: z.string(), at: z.string() }),
  z.object({
    kind: z.literal("task"),
    taskId: z.string(),
    chatId: z.string(),
    status: taskStatusSchema,
    at: z.string(),
    snippet: z.string(),
  }),
  z.object({
    kind: z.literal("node"),
    nodeId: z.string(),
    type: z.string(),
    name: z.string(),
    snippet: z.string(),
  }),
  z.object({
    kind: z.literal("event"),
    chatId: z.string(),
    chatTitle: z.string(),
    seq: z.number(),
    type: z.enum(["message", "thought", "tool_result"]),
    /** Whose words, of a message. */
    role: z.enum(["user", "assistant"]).nullable(),
    runId: z.string().nullable(),
    taskId: z.string().nullable(),
    at: z.string(),
    snippet: z.string(),
  }),
]);
export type Found = z.infer<typeof foundSchema>;

export const searchPageSchema = z.object({
  items: z.array(foundSchema),
  next: z.string().nullable(),
  /** False: the log is still being indexed, and there may be more. */
  indexed: z.boolean(),
});
export type SearchPage = z.infer<typeof searchPageSchema>;
