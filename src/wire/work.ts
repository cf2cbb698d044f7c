import { z } from "zod";

/** A run that is at work, or waits, as an owner is told of it: whose, and nothing of what it is about. */
export const workSchema = z.object({
  /** The run's, by which it is stopped. */
  id: z.string(),
  /** The name of the account whose work it is. */
  user: z.string(),
  kind: z.enum(["answer", "task", "schedule"]),
  state: z.enum(["queued", "working", "waiting", "stopping", "completed", "failed", "cancelled"]),
  /** While it waits, what for: `approval`, `question`, `tasks`, `retry`, `limit`, `message`. */
  waitsFor: z.string().nullable(),
  since: z.string(),
  /** Where it is worked on; null: nowhere, it waits. */
  node: z.string().nullable(),
  /** Whether you may stop it. */
  mayStop: z.boolean(),
  /** null: its chat is not shared with you. */
  shown: z.object({ runId: z.string(), title: z.string() }).nullable(),
});
export type Work = z.infer<typeof workSchema>;
