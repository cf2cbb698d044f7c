import { z } from "zod";
import { chatEventSchema } from "../core/events.ts";
import type { Right } from "../core/rights.ts";
import type { Scope } from "../core/scopes.ts";
import { idSchema, keySchema, textSchema } from "./api.ts";
import { noteSchema, scopeSchema } from "./approvals.ts";
import { attachmentIdsSchema } from "./files.ts";

/** WebSocket frames, one JSON object per text frame. `sub` and `ref` are the client's own strings. */

const sub = z.string().min(1).max(100);
const ref = z.string().min(1).max(100);

export const clientFrameSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("hello"), v: z.literal(1), token: z.string().max(200).optional() }),
  z.object({
    type: z.literal("subscribe"),
    sub,
    chatId: idSchema,
    after: z.number().int().nonnegative(),
    /** Needed when `after` is above 0. */
    epoch: z.string().max(100).optional(),
    deltas: z.boolean().optional(),
    /** To be told who watches the chat too, and to be told of to those who do. */
    watchers: z.boolean().optional(),
  }),
  z.object({ type: z.literal("unsubscribe"), sub }),
  z.object({
    type: z.literal("message"),
    ref,
    chatId: idSchema,
    text: textSchema,
    key: keySchema,
    attachments: attachmentIdsSchema.optional(),
  }),
  z.object({ type: z.literal("stop"), ref, chatId: idSchema.optional(), runId: idSchema.optional() }),
  z.object({
    type: z.literal("decide"),
    ref,
    approvalId: idSchema,
    decision: z.enum(["approve", "deny"]),
    scope: scopeSchema.optional(),
    note: noteSchema.optional(),
  }),
  z.object({ type: z.literal("pong") }),
]);
export type ClientFrame = z.infer<typeof clientFrameSchema>;

interface Needed {
  readonly right: Right;
  readonly scope: Scope;
}

/** What their sender must have the right to do, and what a token must be for; null: they change nothing and tell nothing. */
export const FRAMES: { readonly [type in ClientFrame["type"]]: Needed | null } = {
  hello: null,
  subscribe: { right: "chats.see", scope: "read" },
  unsubscribe: null,
  message: { right: "chats.write", scope: "write" },
  stop: { right: "chats.write", scope: "write" },
  decide: { right: "chats.answer", scope: "admin" },
  pong: null,
};

export const TOPICS = ["chats", "tasks", "schedules", "approvals", "graph", "preferences"] as const;
export type Topic = (typeof TOPICS)[number];

export const deltaSchema = z.object({
  chatId: z.string(),
  runId: z.string(),
  /** `<lease>.<n>`, never reused. */
  part: z.string(),
  kind: z.enum(["message", "thought"]),
  /** UTF-16 units: cut the part's text there and append. */
  offset: z.number().int().nonnegative(),
  text: z.string(),
});
export type DeltaFrame = z.infer<typeof deltaSchema> & { readonly type: "delta"; readonly sub: string };

const progressSchema = z.object({
  chatId: z.string(),
  runId: z.string(),
  callId: z.string(),
  /** One line, in the place of the one before. */
  text: z.string(),
});
export type ProgressFrame = z.infer<typeof progressSchema> & { readonly type: "progress"; readonly sub: string };

export const serverFrameSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("welcome"),
    v: z.literal(1),
    user: z.object({ id: z.string(), name: z.string() }),
    epoch: z.string(),
    node: z.string(),
    pingMs: z.number(),
  }),
  z.object({ type: z.literal("events"), sub: z.string(), chatId: z.string(), events: z.array(chatEventSchema) }),
  z.object({ type: z.literal("live"), sub: z.string(), chatId: z.string(), seq: z.number() }),
  deltaSchema.extend({ type: z.literal("delta"), sub: z.string() }),
  progressSchema.extend({ type: z.literal("progress"), sub: z.string() }),
  /** All who watch the chat by this node, the reader among them: at first, and when that changes. */
  z.object({ type: z.literal("watching"), sub: z.string(), chatId: z.string(), names: z.array(z.string()) }),
  z.object({
    type: z.literal("reset"),
    sub: z.string(),
    chatId: z.string(),
    reason: z.enum(["epoch", "ahead", "gone"]),
    first: z.number(),
    last: z.number(),
    epoch: z.string(),
  }),
  z.object({ type: z.literal("ack"), ref: z.string(), seq: z.number().optional(), runId: z.string().optional() }),
  z.object({ type: z.literal("changed"), topic: z.enum(TOPICS), id: z.string().optional() }),
  z.object({ type: z.literal("ping"), heads: z.record(z.string(), z.number()) }),
  z.object({
    type: z.literal("error"),
    ref: z.string().optional(),
    sub: z.string().optional(),
    code: z.string(),
    message: z.string(),
  }),
]);
export type ServerFrame = z.infer<typeof serverFrameSchema>;
