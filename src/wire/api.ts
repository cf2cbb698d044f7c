import { z } from "zod";
import { effortSchema } from "../core/effort.ts";
import { chatEventSchema, jsonSchema, usageData } from "../core/events.ts";
import { ENDED, RUN_STATES } from "../core/run-state.ts";
import { attachmentIdsSchema, fileSchema } from "./files.ts";
import { MAX_TEXT_BYTES } from "./limits.ts";

/** Every shape that crosses HTTP, shared by server, CLI and web UI. Times are ISO 8601 UTC, ids are opaque. */

export const idSchema = z.string().min(1).max(100);
export const keySchema = z.string().min(1).max(200);
export const timeSchema = z.iso.datetime({ offset: true });
/** Of a model that is chosen: the server says whether it can be used. */
export const modelNameSchema = z.string().min(1).max(200);

/** A person's words: not blank, at most 64 KB of UTF-8. */
export const textSchema = z
  .string()
  .refine((text) => text.trim() !== "", { error: "must not be empty" })
  .refine((text) => new TextEncoder().encode(text).length <= MAX_TEXT_BYTES, {
    error: `must be at most ${MAX_TEXT_BYTES / 1024} KB; put long material into a file and name the file`,
  });

export const errorBodySchema = z.object({
  error: z.object({ code: z.string(), message: z.string(), hint: z.string().optional() }),
});
export type ErrorBody = z.infer<typeof errorBodySchema>;

export const healthSchema = z.object({
  status: z.literal("ok"),
  version: z.string(),
  agentLoop: z.boolean(),
  startedAt: z.string(),
});
export type Health = z.infer<typeof healthSchema>;

export const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(["owner", "admin", "member", "viewer", "agent"]),
});
export type User = z.infer<typeof userSchema>;

// --- tasks and runs -------------------------------------------------------------------------------------------------

export const TASK_STATUSES = ["pending", "in_progress", "waiting", "completed", "failed", "cancelled"] as const;
export const taskStatusSchema = z.enum(TASK_STATUSES);
export type TaskStatus = z.infer<typeof taskStatusSchema>;

/** Who a task comes from: a person, a schedule, or a run that has added it. */
export const TASK_ORIGINS = ["person", "schedule", "run"] as const;

export const limitsSchema = z.strictObject({
  steps: z.number().int().min(1).max(10_000).optional(),
  minutes: z.number().positive().max(100_000).optional(),
  /** Of input and output together. */
  tokens: z.number().int().min(1).max(1_000_000_000).optional(),
  costUsd: z.number().positive().max(1_000_000).optional(),
});
export type Limits = z.infer<typeof limitsSchema>;

export const metadataSchema = z
  .record(z.string().min(1).max(200), jsonSchema)
  .refine((value) => JSON.stringify(value).length <= 16_384, { error: "must be at most 16 KB as JSON" });

export const newTaskSchema = z.strictObject({
  instruction: textSchema,
  chatId: idSchema.optional(),
  metadata: metadataSchema.optional(),
  /** Higher first; then the older first. */
  priority: z.number().int().min(-1000).max(1000).optional(),
  dependsOn: z.array(idSchema).max(100).optional(),
  runAt: timeSchema.optional(),
  key: keySchema.optional(),
  limits: limitsSchema.optional(),
  /** Works on it; left out: the chat's, else the instance's. */
  model: modelNameSchema.optional(),
  /** How hard the model thinks; left out: as in the chat, else as the instance says. */
  effort: effortSchema.optional(),
  attachments: attachmentIdsSchema.optional(),
});
export type NewTask = z.infer<typeof newTaskSchema>;

export const taskPatchSchema = newTaskSchema
  .pick({ instruction: true, metadata: true, priority: true, dependsOn: true, limits: true })
  .extend({ runAt: timeSchema.nullable(), model: modelNameSchema.nullable(), effort: effortSchema.nullable() })
  .partial();
export type TaskPatch = z.infer<typeof taskPatchSchema>;

export const taskSchema = z.object({
  id: z.string(),
  instruction: z.string(),
  status: taskStatusSchema,
  chatId: z.string(),
  ownerId: z.string(),
  metadata: z.record(z.string(), jsonSchema),
  priority: z.number(),
  dependsOn: z.array(z.string()),
  runAt: z.string().nullable(),
  key: z.string().nullable(),
  limits: limitsSchema,
  /** Its own; null: the chat's, else the instance's. */
  model: z.string().nullable(),
  effort: effortSchema.nullable(),
  /** The files of its instruction. */
  attachments: z.array(fileSchema).optional(),
  /** How many runs it has had. */
  attempts: z.number(),
  /** The active or last run. */
  runId: z.string().nullable(),
  result: z.string().nullable(),
  error: z.string().nullable(),
  schedule: z.string().nullable(),
  createdAt: z.string(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  /** Since when its active or last run works without a pause; `workedMs` is what that run worked before: no wait is in it. */
  workingSince: z.string().nullable(),
  workedMs: z.number(),
  /** While its run waits, what for: `approval`, `question`, `tasks`, `retry`, `limit`, `message`. */
  waitsFor: z.string().nullable(),
  /** Of one that was completed: what did not go well on the way, in words; null: all went well. */
  flaws: z.string().nullable(),
  progress: z.object({
    /** Items of the plan that are done, and all of them; 0 of 0 without a plan. */
    done: z.number(),
    total: z.number(),
    step: z.number(),
    /** What it does now, in words: `calling the model`, `web_fetch "…"`; of one that waits for a limit or for somebody, why, and until when. */
    current: z.string().nullable(),
  }),
});
export type Task = z.infer<typeof taskSchema>;

export const retrySchema = z.strictObject({
  /** Only if it has had so many runs: two who ask at once, or one after the other, make one more together. */
  attempts: z.number().int().nonnegative().optional(),
  /** Works on it from now on. */
  model: modelNameSchema.optional(),
});

/** A task that a task's runs have started, at any distance. */
export const treeTaskSchema = z.object({
  id: z.string(),
  /** The task whose run has started it. */
  parentId: z.string(),
  /** 1: the task's own child. */
  depth: z.number(),
  instruction: z.string(),
  status: taskStatusSchema,
  /** As of any task. */
  waitsFor: z.string().nullable(),
  flaws: z.string().nullable(),
  chatId: z.string(),
  /** Its parent waits for it, or has waited. */
  isDelegated: z.boolean(),
  startedAt: z.string().nullable(),
  finishedAt: z.string().nullable(),
  error: z.string().nullable(),
});
export type TreeTask = z.infer<typeof treeTaskSchema>;

export const runSchema = z.object({
  id: z.string(),
  chatId: z.string(),
  taskId: z.string().nullable(),
  state: z.enum(RUN_STATES),
  attempt: z.number(),
  queuedAt: z.string(),
  startedAt: z.string().nullable(),
  endedAt: z.string().nullable(),
  /** Since when it works without a pause; `workedMs` is what it worked before. */
  workingSince: z.string().nullable(),
  workedMs: z.number(),
  step: z.number(),
  current: z.string().nullable(),
  /** While it waits, what for: `approval`, `question`, `tasks`, `retry`, `limit`, `message`. */
  waitsFor: z.string().nullable(),
  /** Why it waits or why it ended, in words; of one that was completed, what did not go well on the way. */
  reason: z.string().nullable(),
  tokens: z.number(),
  costUsd: z.number().nullable(),
  model: z.string().nullable(),
});
export type Run = z.infer<typeof runSchema>;

// --- chats ----------------------------------------------------------------------------------------------------------

export const CHAT_ORIGINS = ["user", "task", "schedule"] as const;

export const newChatSchema = z.strictObject({
  title: z.string().trim().min(1).max(200).optional(),
  model: modelNameSchema.optional(),
  effort: effortSchema.optional(),
  key: keySchema.optional(),
});
export type NewChat = z.infer<typeof newChatSchema>;

export const chatPatchSchema = z.strictObject({
  title: z.string().trim().min(1).max(200).optional(),
  archived: z.boolean().optional(),
  recall: z.boolean().optional(),
  openMemory: z.boolean().optional(),
  model: modelNameSchema.nullable().optional(),
  effort: effortSchema.nullable().optional(),
});
export type ChatPatch = z.infer<typeof chatPatchSchema>;

export const chatPreviewSchema = z.object({
  /** The beginning of what was said last, in one line; null: nothing was. */
  lastLine: z.string().nullable(),
  /** The agent's messages that the caller has not seen; 100: or more. */
  unread: z.number(),
  pinned: z.boolean(),
  /** A run has failed since the caller looked, whatever came of later ones. */
  failed: z.boolean(),
  tags: z.array(z.string()),
});

export const chatSchema = z.object({
  id: z.string(),
  title: z.string(),
  ownerId: z.string(),
  origin: z.enum(CHAT_ORIGINS),
  model: z.string().nullable(),
  /** How hard its model thinks; null: as the instance says. */
  effort: effortSchema.nullable(),
  /** The last `seq` of its log. */
  head: z.number(),
  /** The caller has seen up to here. */
  seen: z.number(),
  archived: z.boolean(),
  /** Whether runs here are given what is known that matters to them. */
  recall: z.boolean(),
  /** Your memory is used here, whoever reads it. */
  openMemory: z.literal(true).optional(),
  /** Others read it too, or may by a link that holds: without `openMemory` runs here know only what all share and what is said here. */
  othersRead: z.literal(true).optional(),
  createdAt: z.string(),
  /** When its last event came: what "recent" means. */
  lastEventAt: z.string(),
  /** The state of the run that holds the chat, or of the next queued one; null when nothing is to be done. */
  runState: z.enum(RUN_STATES).nullable(),
  /** How the last run ended; null before the first end. */
  lastRunState: z.enum(ENDED).nullable(),
  /** The caller may write here; false: may only watch. */
  canWrite: z.boolean(),
  /** Whose it is, by name, where the caller sees it only because it is shared with them. */
  owner: z.string().optional(),
  /** Only of a list that was asked for with `preview=true`. */
  preview: chatPreviewSchema.optional(),
});
export type Chat = z.infer<typeof chatSchema>;

/** The fold of a chat's log up to `head`. */
export const chatViewSchema = z.object({
  head: z.number(),
  activeRun: runSchema.nullable(),
  queuedRuns: z.array(z.string()),
  openCalls: z.array(
    z.object({
      callId: z.string(),
      runId: z.string(),
      step: z.number(),
      name: z.string(),
      summary: z.string(),
      startedAt: z.string().nullable(),
    }),
  ),
  approvals: z.array(z.object({ approvalId: z.string(), callId: z.string(), state: z.string() })),
  questions: z.array(z.object({ questionId: z.string(), callId: z.string(), state: z.string() })),
  plan: z.array(z.object({ text: z.string(), status: z.enum(["todo", "doing", "done"]) })),
  totals: z.object({ inputTokens: z.number(), outputTokens: z.number(), costUsd: z.number().nullable() }),
  /** What the last model call took; null before the first. */
  lastCall: usageData.nullable(),
});
export const chatWithViewSchema = chatSchema.extend({ view: chatViewSchema });
export type ChatWithView = z.infer<typeof chatWithViewSchema>;

export const eventsPageSchema = z.object({
  events: z.array(chatEventSchema),
  /** The first and last `seq` that exist; 0 and 0 for an empty log. */
  first: z.number(),
  last: z.number(),
  epoch: z.string(),
});
export type EventsPage = z.infer<typeof eventsPageSchema>;

/** A chat with its whole log; what is one reader's is left out. */
export const exportedChatSchema = z.object({
  chat: chatSchema.omit({ canWrite: true, owner: true, seen: true, preview: true }),
  events: z.array(chatEventSchema),
});

export const newMessageSchema = z.strictObject({
  text: textSchema,
  key: keySchema.optional(),
  attachments: attachmentIdsSchema.optional(),
  /** The id of whoever wrote it: refused where the request comes from somebody else, as after another sign-in. */
  by: idSchema.optional(),
});
export type NewMessage = z.infer<typeof newMessageSchema>;
export const messageAcceptedSchema = z.object({ seq: z.number(), runId: z.string() });
export type MessageAccepted = z.infer<typeof messageAcceptedSchema>;

export const newForkSchema = z.strictObject({
  /** The last event that the new chat begins with; 0: with none. */
  seq: z.number().int().nonnegative(),
  text: textSchema.optional(),
  /** Files that go with the text: one's own, or such as the chat has. */
  attachments: attachmentIdsSchema.optional(),
  model: modelNameSchema.optional(),
  key: keySchema.optional(),
});
export type NewFork = z.infer<typeof newForkSchema>;
/** `message`: where the text stands, and the run that reads it. */
export const forkedSchema = z.object({ chat: chatSchema, message: messageAcceptedSchema.nullable() });
export type Forked = z.infer<typeof forkedSchema>;

/** A message from which several chats go on, in the order in which they were made; `seq` is where it stands in each. */
export const forkPlaceSchema = z.object({
  seq: z.number(),
  chats: z.array(z.object({ chatId: z.string(), seq: z.number() })).readonly(),
});
export type ForkPlace = z.infer<typeof forkPlaceSchema>;
export const forkPlacesSchema = z.object({
  items: z.array(forkPlaceSchema).readonly(),
  /** The chats that this one was made from or that were made from it, as far as you may see them, and what they are called. */
  relatives: z.array(z.object({ chatId: z.string(), title: z.string() })).readonly(),
});

/** The answer to a stop or cancel: the run that was told to stop, or null when nothing ran. */
/** The run that sums up what was said. */
export const compactedSchema = z.object({ runId: z.string() });
export type Compacted = z.infer<typeof compactedSchema>;

export const stoppedSchema = z.object({ runId: z.string().nullable() });
export type Stopped = z.infer<typeof stoppedSchema>;

export const pinSchema = z.strictObject({ pinned: z.boolean() });

export const seenSchema = z.strictObject({ seq: z.number().int().nonnegative() });

// --- the rest -------------------------------------------------------------------------------------------------------

/** When a schedule is due next. */
export const upcomingSchema = z.object({ schedule: z.string(), dueAt: z.string() });

export const statusSchema = z.object({
  tasks: z.object({
    pending: z.number(),
    in_progress: z.number(),
    waiting: z.number(),
    completed: z.number(),
    failed: z.number(),
    cancelled: z.number(),
    total: z.number(),
  }),
  /** The runs that are working, stopping or waiting, each with its title for people. */
  running: z.array(runSchema.extend({ title: z.string() })),
  next: z.array(upcomingSchema),
  /** What waits for people: approvals and questions that are open, tools and skills that are new or changed. */
  waiting: z.object({ approvals: z.number(), questions: z.number(), changes: z.number() }),
  agentLoop: z.boolean(),
  model: z.string(),
  node: z.string(),
  startedAt: z.string(),
});
export type Status = z.infer<typeof statusSchema>;

export const loginLinkSchema = z.object({ url: z.string(), expiresAt: z.string() });
export type LoginLink = z.infer<typeof loginLinkSchema>;

/** `{items, next, total?}`: `next` is the cursor of the following page, null on the last. */
export function listSchema<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), next: z.string().nullable(), total: z.number().optional() });
}
export interface List<T> {
  readonly items: readonly T[];
  readonly next: string | null;
  readonly total?: number;
}
