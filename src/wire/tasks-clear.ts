import { z } from "zod";
import { idSchema, taskSchema, TASK_STATUSES, taskStatusSchema, timeSchema } from "./api.ts";

/** Which tasks are to be deleted together. Without a field: all. */
export const clearTasksSchema = z.strictObject({
  status: taskStatusSchema.optional(),
  schedule: z.string().min(1).max(200).optional(),
  chatId: idSchema.optional(),
  /** In the instruction or the result. */
  search: z.string().min(1).max(200).optional(),
  /** Added at this time or later, and before that one. */
  since: timeSchema.optional(),
  before: timeSchema.optional(),
  dryRun: z.boolean().optional(),
  /** Only what has not been added, started or ended since this time. */
  unchangedSince: timeSchema.optional(),
});
export type ClearTasks = z.infer<typeof clearTasksSchema>;

export const clearedSchema = z.object({
  /** When it was looked at: the `unchangedSince` of a clearing that takes nothing else. */
  at: z.string(),
  dryRun: z.boolean(),
  total: z.number(),
  byStatus: z.partialRecord(z.enum(TASK_STATUSES), z.number()),
  /** The newest few. */
  items: z.array(taskSchema),
  /** So many more match: one call takes at most 50, in one transaction. */
  left: z.number(),
  /** So many match and stay: they are being worked on. */
  working: z.number(),
});
export type Cleared = z.infer<typeof clearedSchema>;
