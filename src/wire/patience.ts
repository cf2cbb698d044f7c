/** What waits for a tool server, which may install itself first, or for a model takes longer than other requests. In milliseconds. */

/** To start a server and look at its tools. */
export const LOOK_MS = 60_000;
/** For a call of one of its tools. */
export const CALL_MS = 600_000;
/** For a model to answer with one word. */
export const MODEL_MS = 20_000;
/** For the same with many chats or tasks. */
const BULK_MS = 60_000;
/** For a file of memory to be taken in. */
const IMPORT_MS = 600_000;
/** For the groups of a whole graph. */
const DEEP_MS = 90_000;
/** On top of what the server gives itself: its answer says more than "too late". */
const MARGIN_MS = 10_000;

/** How long a client waits for an answer to this path, where it usually waits for `usualMs`. */
export function patienceFor(path: string, usualMs: number): number {
  if (/^\/api\/models\/(test|providers\/[^/]+)$/.test(path)) return Math.max(usualMs, MODEL_MS + MARGIN_MS);
  if (/^\/api\/(chats|tasks)\/bulk$/.test(path)) return Math.max(usualMs, BULK_MS);
  if (path === "/api/graph/import") return IMPORT_MS;
  if (path === "/api/graph/stats") return Math.max(usualMs, DEEP_MS);
  const [, what] = /^\/api\/mcp\/servers\/[^/]+\/(test|restart|login|call)$/.exec(path) ?? [];
  if (what === undefined) return usualMs;
  return Math.max(usualMs, (what === "call" ? CALL_MS : LOOK_MS) + MARGIN_MS);
}
