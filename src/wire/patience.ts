/** What waits for a tool server, which may install itself first, takes longer than other requests. In milliseconds. */

/** To start a server and look at its tools. */
export const LOOK_MS = 60_000;
/** For a call of one of its tools. */
export const CALL_MS = 600_000;
/** On top of what the server gives itself: its answer says more than "too late". */
const MARGIN_MS = 10_000;

/** How long a client waits for an answer to this path, where it usually waits for `usualMs`. */
export function patienceFor(path: string, usualMs: number): number {
  const [, what] = /^\/api\/mcp\/servers\/[^/]+\/(test|restart|login|call)$/.exec(path) ?? [];
  if (what === undefined) return usualMs;
  return Math.max(usualMs, (what === "call" ? CALL_MS : LOOK_MS) + MARGIN_MS);
}
