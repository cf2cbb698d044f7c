import type { NewEvent } from "../../src/core/events.ts";
import type { HubDelta } from "../../src/core/hub.ts";

const WORDS = "The graph holds 1,204 nodes and 3,377 edges; nothing is missing, nothing is doubled. ".repeat(3);
const PLACE = { runId: null, taskId: null, step: null, actor: { kind: "agent", id: "agent", name: "agent" } } as const;

/** An event of the usual size, that says `first` before anything else. */
export function event(first: number): NewEvent {
  return { type: "message", data: { role: "assistant", text: `${first} ${WORDS}` }, ...PLACE };
}

/** Events of one run in `workingEvent`'s log: its life, and steps of thought, tokens used, and a call between. */
const RUN_EVENTS = 40;

/** A log as a working agent writes it, run after run, event by event from 0. */
export function workingEvent(n: number): NewEvent {
  const runId = `run_${Math.floor(n / RUN_EVENTS)}`;
  const callId = `call_${Math.floor(n / 5)}`;
  const name = "graph_search";
  const place = { ...PLACE, runId, step: Math.floor((n % RUN_EVENTS) / 5) };
  switch (n % RUN_EVENTS) {
    case 0:
      return { type: "status", data: { state: "queued", message: "Queued" }, ...place };
    case 1:
      return { type: "status", data: { state: "starting", message: "Working", attempt: 1 }, ...place };
    case RUN_EVENTS - 2:
      return { ...event(n), runId };
    case RUN_EVENTS - 1:
      return { type: "status", data: { state: "completed", message: "Done" }, ...place };
  }
  switch (n % 5) {
    case 0:
      return { type: "thought", data: { text: WORDS }, ...place };
    case 1:
      return {
        type: "tool_use",
        data: { callId, name, args: { query: WORDS.slice(0, 40) }, effect: "read", summary: "nodes" },
        ...place,
      };
    case 2:
      return { type: "tool_start", data: { callId, attempt: 1 }, ...place };
    case 3:
      return {
        type: "tool_result",
        data: { callId, name, ok: true, result: { found: WORDS }, durationMs: 12, size: WORDS.length },
        ...place,
      };
    default:
      return {
        type: "usage",
        data: { model: "demo", inputTokens: 1200, outputTokens: 80, durationMs: 900 },
        ...place,
      };
  }
}

/** The n-th piece of an answer as it streams. */
export function delta(chatId: string, n: number): HubDelta {
  return { chatId, runId: "run_1", lease: 1, part: "1.1", kind: "message", offset: n * WORDS.length, text: WORDS };
}

/** And its frame as the wire has it, for the bare sockets. */
export function deltaFrame(chatId: string, n: number): string {
  const { lease: _, ...rest } = delta(chatId, n);
  return JSON.stringify({ type: "delta", sub: "s", ...rest });
}

/** What the body of an event's row is like, for the bare databases. */
export const BODY = JSON.stringify({ at: new Date(0).toISOString(), ...event(1) });

/** A frame as the wire has it, for the bare sockets. */
export function frameOf(chatId: string, seq: number, events: readonly NewEvent[]): string {
  const at = new Date(0).toISOString();
  const placed = events.map((body, i) => ({ chatId, seq: seq + i, at, ...body }));
  return JSON.stringify({ type: "events", sub: "s", chatId, events: placed });
}
