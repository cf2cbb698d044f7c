import { z } from "zod";
import { jsonSchema } from "../core/events.ts";

/** What crosses the wire about approvals: a person's yes or no to one exact call, and the standing yes of a grant. */

export const APPROVAL_STATES = ["requested", "approved", "denied", "expired", "withdrawn"] as const;

export const approvalSchema = z.object({
  id: z.string(),
  chatId: z.string(),
  /** Empty where the caller does not see the chat. */
  chatTitle: z.string(),
  /** The name of the chat's owner. */
  chatOwner: z.string().default(""),
  runId: z.string(),
  taskId: z.string().nullable(),
  callId: z.string(),
  tool: z.string(),
  /** The call's main argument in one line. */
  summary: z.string(),
  /** The exact arguments: what is answered for, nothing else. */
  args: jsonSchema,
  /** How the call would run, where that is not always the same: `not sandboxed`. */
  terms: z.string().nullable().default(null),
  /** Rules that would let such commands through, where it is one: offered, to be edited. */
  rules: z.array(z.string()).default([]),
  argsDigest: z.string(),
  state: z.enum(APPROVAL_STATES),
  requestedAt: z.string(),
  expiresAt: z.string(),
  decidedAt: z.string().nullable(),
  /** Who answered, by name. */
  by: z.string().nullable(),
  /** By which credential: `session`, `passkey` (a session that one has begun), `token:NAME` or `token file`. */
  via: z.string().nullable().default(null),
  note: z.string().nullable(),
  /** The caller sees the chat; else they answer for its owner, and see nothing of it but this. */
  canSee: z.boolean().default(true),
  /** The caller may answer it: with a no at least. */
  canDecide: z.boolean(),
  /** The caller may say yes. */
  canApprove: z.boolean().default(true),
});
export type Approval = z.infer<typeof approvalSchema>;

/** What a yes covers: this call, this tool for the rest of the run, or this tool until a time (milliseconds). */
export type Scope =
  | { readonly kind: "call" }
  | { readonly kind: "run" }
  | { readonly kind: "until"; readonly at: number };

const untilTime = z.iso.datetime({ offset: true });

/** `call`, `run`, or `until ` and a time with its offset; null for anything else. */
export function parseScope(text: string): Scope | null {
  if (text === "call" || text === "run") return { kind: text };
  const time = untilTime.safeParse(/^until (\S+)$/.exec(text)?.[1]);
  return time.success ? { kind: "until", at: Date.parse(time.data) } : null;
}

export const scopeSchema = z
  .string()
  .max(100)
  .refine((text) => parseScope(text) !== null, {
    error: 'must be "call", "run", or "until" and a time such as "until 2030-01-15T18:00:00Z"',
  });

export const noteSchema = z.string().trim().max(2000);

export const decisionSchema = z.strictObject({
  decision: z.enum(["approve", "deny"]),
  /** What a yes covers; `call` when left out. */
  scope: scopeSchema.optional(),
  /** With a scope beyond the call: commands that these rules cover, in place of every call of the tool. */
  rules: z.array(z.string().min(1).max(1000)).max(20).optional(),
  /** Told to the model with a no, and kept with either. */
  note: noteSchema.optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

export const grantSchema = z.object({
  id: z.string(),
  tool: z.string(),
  /** Only for commands that it covers; null: for every call of the tool. */
  rule: z.string().nullable().default(null),
  /** Only for calls that run so; null: it is always the same. */
  terms: z.string().nullable().default(null),
  /** For whose runs. */
  principalId: z.string(),
  /** Only in this run; null: until a time. */
  runId: z.string().nullable(),
  until: z.string().nullable(),
  grantedBy: z.string(),
  createdAt: z.string(),
});
export type Grant = z.infer<typeof grantSchema>;
