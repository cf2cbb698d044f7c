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
  /** Why it waits or why it ended, in words. */
  reason: z.string().nullable(),
});
export type ActivityItem = z.infer<typeof activityItemSchema>;
