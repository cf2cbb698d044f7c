import type { ChatEvent } from "../../core/events.ts";
import type { Run } from "../../wire/api.ts";
import type { TerminalView } from "./view.ts";

/** The view with the active run as the server tells it, where the events begin in the middle of it. */
export function withRun(view: TerminalView, run: Run | null, events: readonly ChatEvent[]): TerminalView {
  if (run === null || events[0]?.seq === 1) return view;
  if (events.some((event) => event.type === "status" && event.runId === run.id)) return view;
  const { id, taskId, state, attempt, queuedAt, startedAt, endedAt, step, costUsd, model } = run;
  const { workingSince, workedMs } = run;
  const times = { queuedAt, startedAt, endedAt, workingSince, workedMs };
  // A view has the code of what is waited for, and the words for people beside it.
  const reason = run.waitsFor ?? run.reason;
  const known = { id, taskId, state, reason, attempt, ...times, step, costUsd, model };
  const rest = {
    message: state === "waiting" ? (run.reason ?? "") : "",
    until: null,
    by: null,
    worker: null,
    inputTokens: 0,
    outputTokens: run.tokens,
  };
  const runs = new Map(view.transcript.runs).set(id, { ...known, ...rest });
  return { ...view, transcript: { ...view.transcript, runs } };
}
