import { z } from "zod";
import { effectSchema, jsonSchema } from "../core/events.ts";
import { listSchema } from "./api.ts";
import { refusalSchema } from "./changes.ts";

/** What crosses the wire about tools and the servers that some of them come from. */

const verdict = z.enum(["allow", "ask", "deny"]);
const policySchema = z.object({ chat: verdict, task: verdict, schedule: verdict });

export const toolSchema = z.object({
  name: z.string(),
  description: z.string(),
  /** The server that it comes from, and its name there; null: it is built in. */
  server: z.string().nullable(),
  tool: z.string().nullable(),
  effect: effectSchema,
  policy: policySchema,
  /**
   * Where it depends on what is asked for: kinds of calls, each with who may let one happen; `policy` is then the strictest of
   * them. Empty: `policy` counts for every call.
   */
  cases: z.array(z.object({ when: z.string(), policy: policySchema })),
  /** May be run again after a crash that left its outcome unknown. */
  idempotent: z.boolean(),
  /** JSON Schema of its arguments. */
  schema: z.record(z.string(), jsonSchema),
  /** What its server says of it: shown, and never obeyed. */
  hints: z.record(z.string(), jsonSchema),
  /** What a model call takes for it. */
  bytes: z.number(),
  /** Found by `tool_search` instead of being in each model call. */
  deferred: z.boolean(),
});
export type ToolInfo = z.infer<typeof toolSchema>;

/** For runs of each origin; one that is left out stays as it is, and null takes back what was said of it. */
export const toolChangeSchema = z.strictObject({
  policy: z
    .strictObject({ chat: verdict.nullable(), task: verdict.nullable(), schedule: verdict.nullable() })
    .exactPartial(),
});

/** How the shell's commands are run here. */
export const commandsSchema = z.object({
  /** Closed in; as the server's own user, each asked about; or not at all. */
  kind: z.enum(["sandbox", "host", "off"]),
  /** Why they are not closed in, and what to do. */
  why: z.string().nullable(),
  remedy: z.string().nullable(),
});
export type Commands = z.infer<typeof commandsSchema>;

/** What became of a tool's calls in the last week. */
export const toolUsageSchema = z.object({
  name: z.string(),
  calls: z.number(),
  failures: z.number(),
  /** 95 of 100 calls took no longer. */
  p95Ms: z.number(),
  lastAt: z.string(),
});
export type ToolUsage = z.infer<typeof toolUsageSchema>;

const waitingSchema = z.object({
  tool: z.string(),
  change: z.enum(["new", "changed"]),
  /** What a yes is given to. */
  digest: z.string(),
  /** What is new against what was approved, line by line, `-` and `+` before each. */
  diff: z.string(),
  /** A person has seen it as it is, and keeps it out. */
  refused: z.boolean(),
  /** Of what is kept out now, or was in the form before. */
  refusal: refusalSchema.nullable(),
});

export const mcpServerSchema = z.object({
  name: z.string(),
  by: z.enum(["stdio", "http"]),
  /** Its command or address, its variables not filled in. */
  reached: z.string(),
  state: z.enum(["idle", "starting", "ready", "failed", "disabled", "invalid", "sign_in_again"]),
  /** Why it failed, why its definition cannot be used, or why you have to sign in again. */
  error: z.string().nullable(),
  hint: z.string().nullable(),
  pid: z.number().nullable(),
  /** How it is closed in; null: it is not. */
  sandbox: z.object({ network: z.boolean() }).nullable(),
  shared: z.boolean(),
  /** Whether it has given you, by your sign-in there, what is kept here. */
  signedIn: z.boolean(),
  /** Its tools that runs are given; null: nobody has looked yet. */
  tools: z.number().nullable(),
  waiting: z.array(waitingSchema),
  refused: z.array(z.object({ tool: z.string(), why: z.string() })),
  warnings: z.array(z.string()),
});
export type McpServer = z.infer<typeof mcpServerSchema>;

export const mcpServersSchema = listSchema(mcpServerSchema).extend({
  /** The file that defines them, and why it is not applied as it is now. */
  file: z.string(),
  problem: z.string().nullable(),
});
export type McpServers = z.infer<typeof mcpServersSchema>;

/** An `mcp.json`, or a part of one, as a server's own page shows it. */
export const newMcpServersSchema = z.strictObject({ text: z.string().min(2).max(262_144) });

export const approveToolsSchema = z.strictObject({
  /** All that wait when left out. */
  tool: z.string().optional(),
  /** Of the change that was shown. */
  digest: z.string().optional(),
});

export const mcpCallSchema = z.strictObject({
  tool: z.string().min(1),
  args: z.record(z.string(), jsonSchema).default({}),
});

export const mcpResultSchema = z.object({
  ok: z.boolean(),
  result: jsonSchema,
  error: z.string().nullable(),
  durationMs: z.number(),
});
export type McpResult = z.infer<typeof mcpResultSchema>;

export const mcpLogSchema = z.object({ name: z.string(), text: z.string() });

/** The page on which a person signs in at a server; null: there is no need to. */
export const mcpLoginSchema = z.object({ name: z.string(), page: z.string().nullable() });
export type McpLogin = z.infer<typeof mcpLoginSchema>;

/** A client's metadata, as issuers read it. */
export const oauthClientSchema = z.object({
  client_id: z.string(),
  client_name: z.string(),
  redirect_uris: z.array(z.string()),
  grant_types: z.array(z.string()),
  response_types: z.array(z.string()),
  token_endpoint_auth_method: z.string(),
});

export const mcpLogoutSchema = z.object({
  name: z.string(),
  /** Whether you were signed in. */
  signedOut: z.boolean(),
  /** Whether the server has been told, so that nobody gets in by what it gave. */
  revoked: z.boolean(),
  /** Why it could not be told; null: it was, or takes nothing back. */
  problem: z.string().nullable(),
});
export type McpLogout = z.infer<typeof mcpLogoutSchema>;
