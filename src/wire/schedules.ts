import { z } from "zod";
import { effortSchema } from "../core/effort.ts";
import { jsonSchema } from "../core/events.ts";
import { limitsSchema, listSchema, metadataSchema, modelNameSchema, textSchema } from "./api.ts";

/** Schedules and their ledger as they cross HTTP. Times are ISO 8601 UTC. */

/** Letters of every script, with their marks and the joiners that some are written with; one way to write each (NFC). */
export const scheduleNameSchema = z
  .string()
  .overwrite((name) => name.normalize("NFC"))
  .regex(/^[\p{L}\p{N}][\u200c-\u200d\p{L}\p{N}\p{M}_.-]{0,99}$/u, {
    error: "must be 1 to 100 letters, digits, _, - or ., without spaces",
  });

const settings = z.strictObject({
  /** `every(30 minutes)`, `cron(0 9 * * 1-5)` or `at(2030-01-15T09:00)`; or in words, such as `weekdays at 9:00`. */
  when: z.string().min(1).max(200),
  /** Words, or `file(/path)`. */
  prompt: textSchema,
  description: z.string().max(500).optional(),
  timezone: z.string().min(1).max(100).optional(),
  state: z.enum(["enabled", "disabled", "paused"]).optional(),
  /** With `state: "paused"`; null or absent: until it is enabled again. */
  pausedUntil: z.iso.datetime({ offset: true }).nullable().optional(),
  catchUp: z.enum(["skip", "latest", "all"]).optional(),
  catchUpMax: z.number().int().min(1).max(1000).optional(),
  catchUpMaxAgeSeconds: z.number().int().min(60).max(315_360_000).optional(),
  overlap: z.enum(["skip", "queue", "cancel"]).optional(),
  onCrash: z.enum(["retry", "leave", "ask"]).optional(),
  jitterSeconds: z.number().int().min(0).max(86_400).optional(),
  /** So many failures in a row pause it; 0: never. */
  maxFailures: z.number().int().min(0).max(1000).optional(),
  limits: limitsSchema.optional(),
  /** Works on its tasks; null: as without one. */
  model: modelNameSchema.nullable().optional(),
  effort: effortSchema.nullable().optional(),
  metadata: metadataSchema.optional(),
});
export const newScheduleSchema = settings.extend({ name: scheduleNameSchema });
export type NewSchedule = z.infer<typeof newScheduleSchema>;
export const schedulePatchSchema = settings.partial();
export type SchedulePatch = z.infer<typeof schedulePatchSchema>;

export const OUTCOMES = [
  "queued",
  "running",
  "ran",
  "ran late",
  "merged",
  "skipped",
  "interrupted",
  "failed",
  "cancelled",
] as const;

export const occurrenceSchema = z.object({
  schedule: z.string(),
  dueAt: z.string(),
  outcome: z.enum(OUTCOMES),
  /** Why it was skipped or merged (`overlap`, `policy`, `paused`, `down`, `backoff`, `account`), how it failed, or what did not go well though it ran. */
  reason: z.string().nullable(),
  /** Asked for by a person: not an instant of the rule. */
  manual: z.boolean(),
  taskId: z.string().nullable(),
  runId: z.string().nullable(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Since when its task's active or last run works without a pause; `workedMs` is what that run worked before. null: it has none any more. */
  workingSince: z.string().nullable(),
  workedMs: z.number().nullable(),
  /** While that run waits, what for, as of any run. */
  waitsFor: z.string().nullable(),
  /** One row may stand for many instants, from `dueAt` to `until`. */
  count: z.number(),
  until: z.string().nullable(),
});
export type Occurrence = z.infer<typeof occurrenceSchema>;

export const scheduleSchema = z.object({
  name: z.string(),
  description: z.string(),
  prompt: z.string(),
  when: z.string(),
  timezone: z.string(),
  enabled: z.boolean(),
  state: z.enum(["enabled", "disabled", "paused"]),
  pausedUntil: z.string().nullable(),
  pauseReason: z.string().nullable(),
  catchUp: z.enum(["skip", "latest", "all"]),
  catchUpMax: z.number(),
  catchUpMaxAgeSeconds: z.number(),
  overlap: z.enum(["skip", "queue", "cancel"]),
  onCrash: z.enum(["retry", "leave", "ask"]),
  jitterSeconds: z.number(),
  maxFailures: z.number(),
  /** In a row, so far. */
  failures: z.number(),
  /** After a failure: what is due before this is skipped. */
  restsUntil: z.string().nullable(),
  limits: limitsSchema,
  model: z.string().nullable(),
  effort: effortSchema.nullable(),
  metadata: z.record(z.string(), jsonSchema),
  chatId: z.string().nullable(),
  /** The next instant that is to run; null: none. */
  nextDueAt: z.string().nullable(),
  last: occurrenceSchema.nullable(),
  lastTaskId: z.string().nullable(),
  /** The newest rows of its ledger, the newest first; only in a list that was asked for them. */
  recent: z.array(occurrenceSchema).optional(),
  createdAt: z.string(),
  updatedAt: z.string(),
});
export type Schedule = z.infer<typeof scheduleSchema>;

/** What the agent is told. */
export const schedulePromptSchema = z.object({
  /** null: its file cannot be read. */
  text: z.string().nullable(),
  /** Where its words stand, when they are not the schedule's own. */
  file: z.string().nullable(),
  problem: z.string().nullable(),
});

export const scheduleListSchema = listSchema(scheduleSchema).extend({
  /** What was wrong with the server's file of schedules when it started, for the owner. */
  problems: z.array(z.string()).optional(),
});
export type ScheduleList = z.infer<typeof scheduleListSchema>;

/** The ledger against the rules: `ok` when every due instant has its row, and no row stands without one. */
export const ledgerCheckSchema = z.object({
  ok: z.boolean(),
  due: z.number(),
  recorded: z.number(),
  from: z.string(),
  to: z.string(),
  missing: z.array(z.string()),
  extra: z.array(z.string()),
});
export type LedgerCheck = z.infer<typeof ledgerCheckSchema>;

/** A rule that is not a schedule's yet. */
export const rulePreviewSchema = settings.pick({ when: true, timezone: true }).extend({
  n: z.number().int().min(1).max(100).optional(),
});
export type RulePreview = z.infer<typeof rulePreviewSchema>;
export const previewedRuleSchema = z.object({
  items: z.array(z.object({ dueAt: z.string() })),
  /** As a schedule keeps it. */
  rule: z.string(),
  /** The rule as people say it. */
  words: z.string(),
  timezone: z.string(),
});
export type PreviewedRule = z.infer<typeof previewedRuleSchema>;
