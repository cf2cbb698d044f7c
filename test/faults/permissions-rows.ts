import { form } from "../kit/files.ts";
import type { AnnsThings } from "./anns-things.ts";
import { MARK } from "./anns-things.ts";

/**
 * Who asks, in the order of the letters below. All but Ann are somebody else; `watcher` and `writer` share her chat to watch and to
 * write, and so does `viewer`, who may write there by the share, and not by their role.
 */
export const CALLERS = ["owner", "admin", "ann", "bob", "watcher", "writer", "viewer", "agent"] as const;
export type Caller = (typeof CALLERS)[number];

/** `y`: it is done. `n`: they are told that they may not. `-`: it is not there for them. */
export type Outcome = "y" | "n" | "-";

const EVERYBODY = "yyyyyyyy";
const WHO_WORKS = "yyyyyyny";
const OWNER = "ynnnnnnn";

/** What becomes of a request about Ann's things, or about nobody's in particular, by who asks: one word for each route. */
const ROWS: { readonly [letters: string]: readonly string[] } = {
  // Each is told, or sets, what is theirs.
  [EVERYBODY]: [
    ..."GET /api/activity,GET /api/approvals,GET /api/grants,GET /api/audit,GET /api/away,GET /api/changes".split(","),
    ..."GET /api/chats,GET /api/tags,GET /api/facts,GET /api/graph/changes,GET /api/graph/export".split(","),
    ..."GET /api/graph/duplicates,GET /api/graph/stats,GET /api/graph/search,GET /api/graph/check".split(","),
    ..."GET /api/models/choices,GET /api/resources,GET /api/prompts,GET /api/sessions,GET /api/preferences".split(","),
    ..."GET /api/questions,GET /api/recall,GET /api/recall/items,GET /api/schedules,GET /api/search,GET /api/references".split(
      ",",
    ),
    ..."GET /api/skills,GET /api/stats,GET /api/me,GET /api/status,GET /api/tasks,GET /api/tokens".split(","),
    ..."GET /api/tools,GET /api/tools/usage,GET /api/mcp/servers,GET /api/people,POST /api/sign-out".split(","),
    // A link to Ann's chat: whoever is signed in comes by it; it is refused to the agent as what it has no need of.
    "POST /api/shared",
    ..."GET /api/passkeys,POST /api/passkeys/begin,POST /api/passkeys".split(","),
  ],
  [WHO_WORKS]: [
    ..."POST /api/chats,POST /api/tasks,POST /api/tasks/clear,POST /api/schedules,POST /api/schedules/preview".split(
      ",",
    ),
    ..."POST /api/skills/validate,POST /api/facts,POST /api/graph/import,POST /api/graph/fix".split(","),
    ..."POST /api/files,POST /api/away/seen,PATCH /api/me,PATCH /api/preferences,POST /api/tokens".split(","),
    ..."POST /api/prompts/{server}/{name},POST /api/prompts/{name}".split(","),
  ],
  // The chat and what is in it.
  "--y-yyy-": [
    ..."GET /api/chats/{id},GET /api/chats/{id}/export,GET /api/chats/{id}/events".split(","),
    ..."GET /api/chats/{id}/places,GET /api/chats/{id}/stream,GET /api/questions/{id}".split(","),
    ..."GET /api/blobs/{id},GET /api/files/{id},GET /api/runs/{id},GET /api/tasks/{id},GET /api/tasks/{id}/tree".split(
      ",",
    ),
    ..."GET /api/tasks/{id}/runs,GET /api/chats/{id}/shares,GET /api/chats/{id}/people,frame subscribe".split(","),
  ],
  // What it asks before it acts: whoever answers for her sees that of it, and says yes to it; she may say no.
  "yyy-yyy-": ["GET /api/approvals/{id}"],
  "yyn-nnn-": ["POST /api/approvals/{id}", "frame decide"],
  // Only she says with whom it is shared.
  "--y-nnn-": [
    // It has what is remembered of her in it.
    "GET /api/chats/{id}/context",
    ..."POST /api/chats/{id}/shares,DELETE /api/chats/{id}/shares/{user},GET /api/chats/{id}/links".split(","),
    ..."POST /api/chats/{id}/links,DELETE /api/chats/{id}/links/{link}".split(","),
  ],
  "--y-yyn-": [
    ..."POST /api/chats/{id}/pin,POST /api/chats/{id}/tags,POST /api/chats/{id}/seen".split(","),
    // What is sent belongs to the chat, and they are told so.
    "DELETE /api/files/{id}",
  ],
  "--y-nyn-": [
    ..."PATCH /api/chats/{id},DELETE /api/chats/{id},POST /api/chats/{id}/messages,POST /api/chats/{id}/fork".split(
      ",",
    ),
    ..."POST /api/chats/{id}/compact,POST /api/chats/{id}/stop,POST /api/chats/bulk,POST /api/runs/{id}/stop,POST /api/questions/{id}".split(
      ",",
    ),
    ..."PATCH /api/tasks/{id},DELETE /api/tasks/{id},POST /api/tasks/{id}/cancel,POST /api/tasks/{id}/retry".split(","),
    ..."POST /api/tasks/bulk,frame message,frame stop".split(","),
  ],
  "--y--yn-": ["POST /api/chats/{id}/restore"],
  // What is hers alone.
  "--y-----": [
    ..."GET /api/facts/{id},GET /api/entities/{id},GET /api/graph/nodes/{id},GET /api/graph/nodes/{id}/edges".split(
      ",",
    ),
    ..."GET /api/graph/neighbors/{id},GET /api/graph/path,GET /api/schedules/{name}".split(","),
    ..."GET /api/schedules/{name}/prompt,GET /api/schedules/{name}/occurrences".split(","),
    ..."GET /api/schedules/{name}/check,GET /api/schedules/{name}/next,GET /api/skills/{name}".split(","),
    ..."GET /api/skills/{name}/files,DELETE /api/tokens/{id},PATCH /api/passkeys/{id}".split(","),
  ],
  "--y---n-": [
    ..."PATCH /api/facts/{id},DELETE /api/facts/{id},POST /api/graph/changes/{id}/undo".split(","),
    ..."POST /api/graph/apart,POST /api/graph/merge,PATCH /api/schedules/{name},DELETE /api/schedules/{name}".split(
      ",",
    ),
    ..."POST /api/schedules/{name}/run,POST /api/skills/{name}/approve,POST /api/skills/{name}/refuse".split(","),
    "DELETE /api/skills/{name}",
  ],
  // Of her runs, and given by the owner.
  "y-y---n-": ["DELETE /api/grants/{id}"],
  // Her sign-ins, and what is spent in her name.
  "yny-----": ["POST /api/users/{name}/password"],
  "yyy-----": ["DELETE /api/sessions/{id}", "DELETE /api/passkeys/{id}", "GET /api/users/{name}/limits"],
  "n-y---n-": ["POST /api/users/{name}/login-link"],
  // What concerns the whole instance.
  [OWNER]: [
    ..."GET /api/changes/tools/{server},POST /api/changes/tools/{server},GET /api/verify,GET /api/db".split(","),
    ..."GET /api/models,PATCH /api/models,POST /api/models/test,POST /api/models/providers/{provider}".split(","),
    ..."DELETE /api/models/providers/{provider},GET /api/secrets,POST /api/secrets,DELETE /api/secrets/{name}".split(
      ",",
    ),
    ..."GET /api/tools/shell,PATCH /api/tools/{name},POST /api/mcp/servers,DELETE /api/mcp/servers/{name}".split(","),
    ..."POST /api/mcp/servers/{name}/test,POST /api/mcp/servers/{name}/restart".split(","),
    ..."POST /api/mcp/servers/{name}/enable,POST /api/mcp/servers/{name}/disable".split(","),
    ..."POST /api/mcp/servers/{name}/login,POST /api/mcp/servers/{name}/logout".split(","),
    ..."POST /api/mcp/servers/{name}/approve,POST /api/mcp/servers/{name}/call".split(","),
    ..."GET /api/mcp/servers/{name}/logs,POST /api/skills".split(","),
  ],
  // Who looks after people.
  yynnnnnn: [
    ..."GET /api/users,POST /api/users,PATCH /api/users/{name},POST /api/users/{name}/invite".split(","),
    ..."PATCH /api/users/{name}/limits,GET /api/invites,DELETE /api/invites/{id},GET /api/work".split(","),
    "POST /api/work/{id}/stop",
  ],
};

/** The outcome for each caller, by route, and by frame as `frame TYPE`. */
export const EXPECTED: ReadonlyMap<string, { readonly [caller in Caller]: Outcome }> = new Map(
  Object.entries(ROWS).flatMap(([letters, names]) =>
    names.map((name) => {
      const outcomes = CALLERS.map((caller, at) => [caller, letters[at]] as const);
      return [name, Object.fromEntries(outcomes) as { readonly [caller in Caller]: Outcome }] as const;
    }),
  ),
);

/** What is asked behind a route's path. */
export function queriesFor(things: AnnsThings): { readonly [route: string]: string } {
  return {
    "GET /api/graph/path": `?from=${things.nodes[0]}&to=${things.nodes[1]}`,
    "GET /api/recall": `?q=${MARK}`,
    "GET /api/search": `?q=${MARK}`,
    "GET /api/recall/items": `?ids=${things.factId}`,
    "POST /api/graph/import": "?dryRun=true&format=json",
  };
}

/** Bodies that a route takes from who may; `{}` for all others. */
export function bodiesFor({ chatId, taskId, nodes, link }: AnnsThings): { readonly [route: string]: object } {
  const [one, two] = nodes;
  const hash = "0".repeat(64);
  const key = { clientDataJSON: "", attestationObject: "" };
  const madeElsewhere = { id: "x", rawId: "x", type: "public-key", response: key };
  const file = { path: "SKILL.md", text: "---\nname: other\ndescription: other\n---\nother\n" };
  return {
    "POST /api/chats/bulk": { do: "archive", ids: [chatId] },
    "POST /api/tasks/bulk": { do: "cancel", ids: [taskId] },
    "POST /api/chats/{id}/messages": { text: "hello" },
    "POST /api/chats/{id}/seen": { seq: 1 },
    "POST /api/chats/{id}/pin": { pinned: true },
    "POST /api/chats/{id}/tags": { add: ["tea"] },
    "POST /api/chats/{id}/fork": { seq: 1 },
    "POST /api/chats/{id}/shares": { user: "bob" },
    "POST /api/shared": { token: link.token },
    "POST /api/files": form("notes.txt", "hello"),
    "POST /api/away/seen": { chats: { [chatId]: 1 } },
    "POST /api/tasks": { instruction: "wait", runAt: "2999-01-01T00:00:00Z" },
    "POST /api/schedules": { name: "other", when: "every(1 hour)", prompt: "look" },
    "POST /api/schedules/preview": { when: "every(1 hour)" },
    "POST /api/approvals/{id}": { decision: "approve" },
    "POST /api/questions/{id}": { answer: "yes" },
    "POST /api/facts": { subject: "me", text: "likes tea" },
    "POST /api/graph/import": { nodes: [], edges: [] },
    "POST /api/graph/fix": { kinds: ["empty"] },
    "POST /api/graph/apart": { left: one, right: two, apart: true },
    "POST /api/graph/merge": { keep: one, drop: two },
    "POST /api/skills": { folder: "other", files: [file] },
    "POST /api/skills/validate": { folder: "other", files: [file] },
    "POST /api/skills/{name}/approve": { hash },
    "POST /api/skills/{name}/refuse": { hash },
    "POST /api/tokens": { name: "another", scopes: ["read"] },
    "PATCH /api/me": { welcome: "done" },
    "PATCH /api/preferences": { "time.clock": "24" },
    "POST /api/users": { name: "dora" },
    "PATCH /api/users/{name}": { disabled: true },
    "PATCH /api/users/{name}/limits": { tokensPerDay: 1000 },
    "POST /api/users/{name}/password": { password: "three small words" },
    "PATCH /api/passkeys/{id}": { name: "other" },
    "POST /api/passkeys": { name: "other", response: madeElsewhere },
    "POST /api/secrets": { name: "OTHER", value: "another value" },
    "PATCH /api/models": { model: null },
    "POST /api/models/providers/{provider}": { key: "a key", untested: true },
    "PATCH /api/tools/{name}": { policy: { chat: "allow" } },
    "POST /api/mcp/servers": { text: "{}" },
    "POST /api/mcp/servers/{name}/approve": { tool: "echo", digest: hash },
    "POST /api/mcp/servers/{name}/call": { tool: "echo", args: {} },
    "POST /api/changes/tools/{server}": { decision: "refuse", tools: [{ tool: "echo", digest: hash }] },
    "POST /api/prompts/{server}/{name}": { arguments: {} },
    "POST /api/prompts/{name}": { arguments: {} },
  };
}
