import { z } from "zod";
import { effortSchema } from "./effort.ts";
import { ORIGINS } from "./origins.ts";

/**
 * The events of a chat's log: the public contract of the log. An event is immutable and old events live for ever: never
 * change what a variant means, add one. Rows are decoded with these schemas when they are read.
 */

export const ACTOR_KINDS = ["user", "agent", "system"] as const;
export const actorSchema = z.object({ kind: z.enum(ACTOR_KINDS), id: z.string(), name: z.string() });
export type Actor = z.infer<typeof actorSchema>;

/** What a tool touches: nothing, our own data or files, or the world outside. */
export const effectSchema = z.enum(["read", "write", "external"]);
export type Effect = z.infer<typeof effectSchema>;

/** JSON as it came from a model, a tool or a person. */
export type Json = string | number | boolean | null | { [key: string]: Json } | Json[];
export const jsonSchema: z.ZodType<Json> = z.json() as z.ZodType<Json>;

/**
 * When it was said or done, of what a chat that was made from another begins with: the event's own `at` is when it was copied.
 */
const copied = { originAt: z.iso.datetime().optional() };

/** Why nothing could be read in a PDF. */
export const UNREAD = ["encrypted", "damaged", "no_text", "too_much"] as const;
export type Unread = (typeof UNREAD)[number];

/** A file that was sent along with a message. */
export const attachmentSchema = z.object({
  id: z.string(),
  name: z.string(),
  /** Bytes. */
  size: z.number(),
  /** By its bytes, whatever its name says. */
  mime: z.string(),
  /** Of pictures that can be shown. */
  width: z.number().int().optional(),
  height: z.number().int().optional(),
  /** Of PDFs, where it is known. */
  pages: z.number().int().optional(),
  /** The first so many have been read, where that is not all. */
  readPages: z.number().int().optional(),
  /** Of a PDF in which nothing could be read. */
  unread: z.enum(UNREAD).optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;

export const messageData = z.object({
  ...copied,
  role: z.enum(["user", "assistant"]),
  text: z.string(),
  /** `<lease>.<n>`: the streamed part that this event replaces. */
  part: z.string().optional(),
  /** The sender's own id for this message: sent twice, stored once. */
  key: z.string().optional(),
  /** Whom a person's words mention by `@name`: of those who could see the chat when it was said. */
  mentions: z.array(z.object({ id: z.string(), name: z.string() })).optional(),
  attachments: z.array(attachmentSchema).optional(),
  /** The part was cut off: the step did not finish. */
  partial: z.literal(true).optional(),
});

export const thoughtData = z.object({
  ...copied,
  text: z.string(),
  part: z.string().optional(),
  /** The assistant's words in a step that also calls tools. Without it: reasoning, or either in an old log. */
  said: z.literal(true).optional(),
  partial: z.literal(true).optional(),
});

export const toolUseData = z.object({
  ...copied,
  callId: z.string(),
  name: z.string(),
  args: jsonSchema,
  effect: effectSchema,
  /** One line for people: the call's main argument. */
  summary: z.string(),
  /** Why the call never runs: what the model sent is not JSON, or its message was cut. `args` is what was sent. */
  badArgs: z.string().optional(),
  /** Only of arguments over 32 KB: their bytes as JSON; `args` is a preview then, and `blob` names the whole. */
  size: z.number().optional(),
  blob: z.string().optional(),
});

export const toolStartData = z.object({ ...copied, callId: z.string(), attempt: z.number().int() });

export const toolResultData = z.object({
  ...copied,
  callId: z.string(),
  name: z.string(),
  ok: z.boolean(),
  result: jsonSchema.optional(),
  error: z.string().optional(),
  durationMs: z.number(),
  /** Bytes of the whole result as JSON; over 32 KB `result` is a preview and `blob` names the whole. */
  size: z.number(),
  blob: z.string().optional(),
  interrupted: z.literal(true).optional(),
});

/** What a run's own task inherits: by which run it was added, and where all of it comes from. */
export const descentData = z.object({
  parentRun: z.string(),
  rootRun: z.string(),
  depth: z.number().int(),
  origins: z.array(z.enum(ORIGINS)).readonly(),
});

const statusBase = { message: z.string() };
export const statusData = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("queued"),
    ...statusBase,
    reason: z.string().optional(),
    /** Of a task that a run has added, at its beginning. */
    from: descentData.optional(),
  }),
  z.object({ state: z.literal("starting"), ...statusBase, attempt: z.number().int(), worker: z.string().optional() }),
  z.object({
    state: z.literal("waiting"),
    ...statusBase,
    /** `approval`, `question`, `tasks`, `retry`, `limit`: one that only a newer Sparky knows is told by `message`. */
    reason: z.string(),
    until: z.string().optional(),
    attempt: z.number().int().optional(),
  }),
  z.object({
    state: z.literal("resumed"),
    ...statusBase,
    /** `approval`, `answer`, `tasks`, `message`, `retry`, `limit`, `recovered`. */
    reason: z.string(),
    attempt: z.number().int(),
    worker: z.string().optional(),
  }),
  z.object({ state: z.literal("interrupted"), ...statusBase, reason: z.string() }),
  z.object({ state: z.literal("stopping"), ...statusBase, by: z.string() }),
  z.object({
    state: z.literal("completed"),
    ...statusBase,
    /** What did not go well on the way, in words: `one tool failed`. Older logs say it behind a comma in `message`. */
    reason: z.string().optional(),
  }),
  z.object({ state: z.literal("failed"), ...statusBase, reason: z.string() }),
  z.object({ state: z.literal("cancelled"), ...statusBase, by: z.string() }),
]);
export type StatusData = z.infer<typeof statusData>;

export const planData = z.object({
  items: z.array(z.object({ text: z.string(), status: z.enum(["todo", "doing", "done"]) })),
});

export const approvalData = z.object({
  approvalId: z.string(),
  callId: z.string(),
  state: z.enum(["requested", "approved", "denied", "expired", "withdrawn"]),
  argsDigest: z.string(),
  /** How the call would run, where that is not always the same: `not sandboxed`. */
  terms: z.string().optional(),
  by: z.string().optional(),
  /** By which credential it was answered: `session`, `token:NAME` or `token file`. */
  via: z.string().optional(),
  note: z.string().optional(),
});

export const QUESTION_STATES = ["asked", "answered", "expired", "withdrawn"] as const;
export const questionData = z.object({
  questionId: z.string(),
  callId: z.string(),
  text: z.string(),
  choices: z.array(z.string()).optional(),
  state: z.enum(QUESTION_STATES),
  /** What a person said; long ones only begin here. */
  answer: jsonSchema.optional(),
  by: z.string().optional(),
  /** By which credential, as of an approval; `message`: by what was written in the chat. */
  via: z.string().optional(),
});

/** A task that a call has delegated: added, then as it ended. */
export const childData = z.object({
  taskId: z.string(),
  state: z.enum(["pending", "in_progress", "waiting", "completed", "failed", "cancelled"]),
  callId: z.string(),
});

/** What the agent wants a person to know who does not look. */
export const noticeData = z.object({ text: z.string() });

export const usageData = z.object({
  model: z.string(),
  /** How hard it was asked to think; without one as it does by itself. */
  effort: effortSchema.exclude(["provider-default"]).optional(),
  /** How hard it should have thought: its server has refused that, so it was asked without. */
  effortRefused: effortSchema.exclude(["provider-default"]).optional(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  cachedTokens: z.number().optional(),
  /** Of the input, what the provider has put into its cache. */
  cacheWriteTokens: z.number().optional(),
  reasoningTokens: z.number().optional(),
  costUsd: z.number().optional(),
  /** The server did not tell: the tokens, and so the costs, are estimated. */
  estimated: z.literal(true).optional(),
  durationMs: z.number(),
  /** What the request was made of, in tokens as Sparky estimates them: providers tell only their sum. */
  context: z
    .object({
      system: z.number(),
      tools: z.number(),
      messages: z.number(),
      /** Messages, and steps with their results, that did not fit. */
      leftOut: z.number().int(),
      /** Tokens that the model was taken to have room for; guessed: nobody has said so. */
      window: z.number(),
      windowGuessed: z.literal(true).optional(),
    })
    .optional(),
});

export const summaryData = z.object({
  text: z.string(),
  /** The last event that it speaks of. */
  upTo: z.number().int(),
  /** Whose context begins with it: `chat`, or a task's id. */
  scope: z.string(),
});
export const recallData = z.object({
  query: z.string(),
  /** What was brought in: a node, or a message as `CHAT.SEQ`. Only their readers are told what they say. */
  nodes: z.array(z.object({ id: z.string(), why: z.string(), kind: z.string().optional() })),
  /** The message that it was brought in for. */
  messageSeq: z.number().int().optional(),
});

export const FACT_CHANGES = ["added", "confirmed", "superseded", "retired", "forgotten", "proposed"] as const;
/** What has become of something that is remembered; of what is forgotten it does not say what that was. */
export const factData = z.object({
  factId: z.string(),
  change: z.enum(FACT_CHANGES),
  text: z.string().optional(),
  /** Who asked for it, by name. */
  by: z.string().optional(),
  /** The message that asked for it: each thing that it asks for is done once. */
  asked: z.number().int().optional(),
});

/** What `@SERVER:URI` in a message refers to, read once for it. */
export const resourceData = z.object({
  ...copied,
  /** Of the message. */
  messageSeq: z.number().int(),
  server: z.string(),
  uri: z.string(),
  ok: z.boolean(),
  /** What it was called then: of a thing of Sparky's own. */
  title: z.string().optional(),
  /** As the server gave it; over 32 KB the beginning of its JSON, and `blob` names the whole. */
  text: z.string().optional(),
  /** Why it could not be read. */
  error: z.string().optional(),
  /** Bytes of the whole as JSON. */
  size: z.number(),
  blob: z.string().optional(),
});

export const errorData = z.object({ code: z.string(), message: z.string(), retryable: z.boolean() });

/** What a schedule did not do, in its chat. */
export const scheduleData = z.discriminatedUnion("change", [
  z.object({
    change: z.literal("skipped"),
    schedule: z.string(),
    /** As in the ledger. */
    reason: z.string(),
    /** The first of them, and the last when there are more. */
    dueAt: z.string(),
    until: z.string().optional(),
    count: z.number().int(),
    message: z.string(),
  }),
  z.object({ change: z.literal("paused"), schedule: z.string(), reason: z.string(), message: z.string() }),
]);

export const chatData = z.discriminatedUnion("change", [
  z.object({ change: z.literal("created"), title: z.string(), ownerId: z.string() }),
  z.object({ change: z.literal("renamed"), title: z.string(), by: z.enum(["person", "agent"]) }),
  /** Older ones have no name, and do not tell whether to watch or to write. */
  z.object({
    change: z.literal("shared"),
    userId: z.string(),
    name: z.string().optional(),
    write: z.boolean().optional(),
    /** They came by a link. */
    link: z.literal(true).optional(),
  }),
  z.object({ change: z.literal("unshared"), userId: z.string(), name: z.string().optional() }),
  z.object({ change: z.literal("archived"), archived: z.boolean() }),
  z.object({ change: z.literal("model"), model: z.string() }),
  z.object({ change: z.literal("effort"), effort: z.union([effortSchema, z.literal("")]) }),
  z.object({ change: z.literal("recall"), recall: z.boolean() }),
  /** Who did it has let their memory be used here, whoever reads it, or has taken that back. */
  z.object({ change: z.literal("memory"), open: z.boolean() }),
  /** This chat began as another one did up to its event `seq`; what stands above is copied from there. */
  z.object({ change: z.literal("forked"), from: z.string(), seq: z.number().int().nonnegative() }),
  /** Another chat was made from this one, of what it holds up to `seq`. */
  z.object({ change: z.literal("fork"), to: z.string(), seq: z.number().int().nonnegative() }),
]);

/** What an appender writes: the kind and its data, before the log gives it a place. */
export const eventBodySchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("message"), data: messageData }),
  z.object({ type: z.literal("thought"), data: thoughtData }),
  z.object({ type: z.literal("tool_use"), data: toolUseData }),
  z.object({ type: z.literal("tool_start"), data: toolStartData }),
  z.object({ type: z.literal("tool_result"), data: toolResultData }),
  z.object({ type: z.literal("status"), data: statusData }),
  z.object({ type: z.literal("plan"), data: planData }),
  z.object({ type: z.literal("approval"), data: approvalData }),
  z.object({ type: z.literal("question"), data: questionData }),
  z.object({ type: z.literal("child"), data: childData }),
  z.object({ type: z.literal("notice"), data: noticeData }),
  z.object({ type: z.literal("usage"), data: usageData }),
  z.object({ type: z.literal("summary"), data: summaryData }),
  z.object({ type: z.literal("recall"), data: recallData }),
  z.object({ type: z.literal("resource"), data: resourceData }),
  z.object({ type: z.literal("fact"), data: factData }),
  z.object({ type: z.literal("error"), data: errorData }),
  z.object({ type: z.literal("chat"), data: chatData }),
  z.object({ type: z.literal("schedule"), data: scheduleData }),
]);
export type EventBody = z.infer<typeof eventBodySchema>;
export type EventType = EventBody["type"];
export const EVENT_TYPES = eventBodySchema.options.map((option) => option.shape.type.value);

/** An event without its place in the log: `seq`, `at` and the chat are given by the append. */
export type NewEvent = EventBody & {
  readonly runId: string | null;
  readonly taskId: string | null;
  readonly step: number | null;
  readonly actor: Actor;
};

const placeSchema = z.object({
  chatId: z.string(),
  /** Per chat, from 1, without gaps, never reused within an epoch. */
  seq: z.number().int().positive(),
  at: z.iso.datetime(),
  runId: z.string().nullable(),
  taskId: z.string().nullable(),
  step: z.number().int().nullable(),
  actor: actorSchema,
});

/** One fact in a chat's log. */
export type ChatEvent = z.infer<typeof placeSchema> & EventBody;
const [first, ...rest] = eventBodySchema.options;
/** Found by the type, and not merged of two parts: whole logs are read by it, in the server and in every page. */
export const chatEventSchema: z.ZodType<ChatEvent> = z.discriminatedUnion("type", [
  placeSchema.extend(first.shape),
  ...rest.map((option) => placeSchema.extend(option.shape)),
]);
export type EventOf<T extends EventType> = Extract<ChatEvent, { type: T }>;

/** When it happened: what a chat has been made with happened before it was written there. */
export function happenedAt({ at, data }: ChatEvent): string {
  return ("originAt" in data ? data.originAt : undefined) ?? at;
}

/** What a client that may be older than the server reads: an unknown `type` is shown as such. */
export const anyEventSchema = placeSchema.extend({ type: z.string(), data: z.record(z.string(), z.unknown()) });

/** Beside its name, what is shown of an event whose type only a newer Sparky knows. */
export const NEWER = "this Sparky is too old to show it";

/** The name of a type that only a newer server knows. That none of ours is left to get here is proved by the compiler. */
export function newerType(event: never): string {
  return String((event as { readonly type: unknown }).type);
}
