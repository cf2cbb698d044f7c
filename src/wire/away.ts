import { z } from "zod";
import { idSchema } from "./api.ts";
import { changeSchema } from "./changes.ts";

/** "While you were away": what lies above the caller's own `seen` in the chats that they may see. */

export const AWAY_KINDS = [
  "completed",
  "failed",
  "cancelled",
  "recovered",
  "asks",
  "waits",
  "notice",
  "skipped",
  "paused",
  "mentioned",
] as const;
export const MAX_AWAY = 500;

export const awayItemSchema = z.object({
  /** How a run ended; `recovered`: it was interrupted and went on; `asks`: it waits for an approval, or an answer; `waits`: it waits for a limit of the person whose work it is; `notice`: what the agent wants you to know; `skipped`, `paused`: what a schedule did not do; `mentioned`: somebody means you by `@` and your name. */
  kind: z.enum(AWAY_KINDS),
  chatId: z.string(),
  /** The event that says so. */
  seq: z.number(),
  at: z.string(),
  runId: z.string().nullable(),
  taskId: z.string().nullable(),
  /** The schedule's name, the task's first words, or the chat's title. */
  title: z.string(),
  /** Why it failed, what did not go well on the way of what was completed, by whom it was cancelled, what is asked, which limit it waits for and until when, what the notice says, who mentions you in which words. */
  reason: z.string().nullable(),
  /** Of what is asked. */
  approvalId: z.string().nullable(),
  questionId: z.string().nullable(),
  expiresAt: z.string().nullable(),
  /** That a run which ended was for. */
  schedule: z.string().nullable(),
  /** From its start to its end, waits included; null: no run ended here. */
  tookMs: z.number().nullable(),
});
export type AwayItem = z.infer<typeof awayItemSchema>;

export const awaySchema = z.object({
  /** The newest first, at most 500. */
  items: z.array(awayItemSchema),
  next: z.null(),
  /** How many there are, shown or not. */
  total: z.number(),
  /** Of everything above `seen`, shown or not. */
  totals: z.object({
    completed: z.number(),
    /** Of those, on whose way not all went well. */
    flawed: z.number(),
    failed: z.number(),
    cancelled: z.number(),
    recovered: z.number(),
    asks: z.number(),
    waits: z.number(),
    notice: z.number(),
    skipped: z.number(),
    paused: z.number(),
    mentioned: z.number(),
    inputTokens: z.number(),
    outputTokens: z.number(),
    costUsd: z.number().nullable(),
  }),
  /** Approvals, questions, and new or changed tools and skills that wait for an answer, seen or not. */
  waiting: z.number(),
  /** The last of these. */
  changes: z.array(changeSchema),
  /** false: so much lies above `seen` that only the newest of it was looked at. */
  complete: z.boolean(),
});
export type Away = z.infer<typeof awaySchema>;

/** Marks chats as seen up to the `seq`s that were shown. */
export const awaySeenSchema = z.strictObject({
  chats: z
    .record(idSchema, z.number().int().nonnegative())
    .refine((chats) => Object.keys(chats).length <= MAX_AWAY, { error: `must name at most ${MAX_AWAY} chats` }),
});
export const awayMarkedSchema = z.object({ marked: z.number() });
