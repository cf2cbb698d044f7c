import { z } from "zod";
import { RUN_STATES } from "../core/run-state.ts";

/** What the agent worked on: runs of tasks, as marks on a line of time. */
export const activityItemSchema = z.object({
  runId: z.string(),
  taskId: z.string(),
  chatId: z.string(),
  /** The schedule's name, or the task's first words. */
  title: z.string(),
  schedule: z.string().nullable(),
  state: z.enum(RUN_STATES),
  startedAt: z.string(),
  endedAt: z.string().nullable(),
  /** Since when it works without a pause; `workedMs` is what it worked before. */
  workingSince: z.string().nullable(),
  workedMs: z.number(),
  /** While it waits, what for: `approval`, `question`, `tasks`, `retry`, `limit`, `message`. */
  waitsFor: z.string().nullable(),
  /** Why it waits or why it ended, in words; of one that was completed, what did not go well on the way. */
  reason: z.string().nullable(),
});
export type ActivityItem = z.infer<typeof activityItemSchema>;
