import type { NewEvent } from "../../src/core/events.ts";

const WORDS = "The graph holds 1,204 nodes and 3,377 edges; nothing is missing, nothing is doubled. ".repeat(3);
const PLACE = { runId: null, taskId: null, step: null, actor: { kind: "agent", id: "agent", name: "agent" } } as const;

/** An event of the usual size. */
export function event(n: number): NewEvent {
  return { type: "message", data: { role: "assistant", text: `${n}: ${WORDS}` }, ...PLACE };
}

/** A log as a working agent writes it: of each five events one is a call, one its start, one its result. */
export function workingEvent(n: number): NewEvent {
  const callId = `call_${Math.floor(n / 5)}`;
  switch (n % 5) {
    case 0:
      return { type: "thought", data: { text: WORDS }, ...PLACE };
    case 1:
      return {
        type: "tool_use",
        data: { callId, name: "graph_search", args: { query: WORDS.slice(0, 40) }, effect: "read", summary: "nodes" },
        ...PLACE,
      };
    case 2:
      return { type: "tool_start", data: { callId, attempt: 1 }, ...PLACE };
    case 3:
      return {
        type: "tool_result",
        data: { callId, name: "graph_search", ok: true, result: { found: WORDS }, durationMs: 12, size: WORDS.length },
        ...PLACE,
      };
    default:
      return event(n);
  }
}

/** The body of an event's row, for the bare databases. */
export const BODY = JSON.stringify({ at: new Date(0).toISOString(), ...event(1) });
