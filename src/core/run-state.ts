import type { ChatEvent, EventOf } from "./events.ts";

export const RUN_STATES = ["queued", "working", "waiting", "stopping", "completed", "failed", "cancelled"] as const;
export type RunStateName = (typeof RUN_STATES)[number];

/** A run as its chat's log tells it. */
export interface RunView {
  readonly id: string;
  readonly taskId: string | null;
  readonly state: RunStateName;
  /** The last status line in words, as shown to people. */
  readonly message: string;
  /** Why: of one that waits a code, of one that was completed what did not go well on the way. */
  readonly reason: string | null;
  /** Waiting for a back-off: when it ends. */
  readonly until: string | null;
  /** How many leases the run has had. */
  readonly attempt: number;
  readonly by: string | null;
  readonly worker: string | null;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Since when it works without a pause, and how long it worked before that: what a person or a retry took is no work. */
  readonly workingSince: string | null;
  readonly workedMs: number;
  /** The last step with an event. */
  readonly step: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number | null;
  readonly model: string | null;
}

/** The states that nothing follows: the last ones of a run, and a task's statuses of the same names. */
export const ENDED = ["completed", "failed", "cancelled"] as const satisfies readonly RunStateName[];
export type EndedState = (typeof ENDED)[number];

export function isEnded(state: string): state is EndedState {
  return (ENDED as readonly string[]).includes(state);
}

/** The states that hold a run's chat. */
export const ACTIVE = ["working", "waiting", "stopping"] as const satisfies readonly RunStateName[];

export function isActive(state: RunStateName): boolean {
  return (ACTIVE as readonly string[]).includes(state);
}

function newRun(id: string, event: ChatEvent): RunView {
  return {
    id,
    taskId: event.taskId,
    state: "queued",
    message: "",
    reason: null,
    until: null,
    attempt: 0,
    by: null,
    worker: null,
    queuedAt: event.at,
    startedAt: null,
    endedAt: null,
    workingSince: null,
    workedMs: 0,
    step: 0,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: null,
    model: null,
  };
}

/** Folds one event of a run into its view. Pure; an ended run never changes again. */
export function applyRunEvent(before: RunView | undefined, event: ChatEvent & { readonly runId: string }): RunView {
  const seen = before ?? newRun(event.runId, event);
  if (isEnded(seen.state)) return seen;
  const run = event.step !== null && event.step > seen.step ? { ...seen, step: event.step } : seen;
  if (event.type === "usage") return addUsage(run, event);
  if (event.type === "status") return applyStatus(run, event);
  return run;
}

function addUsage(run: RunView, { data }: EventOf<"usage">): RunView {
  return {
    ...run,
    model: data.model,
    inputTokens: run.inputTokens + data.inputTokens,
    outputTokens: run.outputTokens + data.outputTokens,
    costUsd: data.costUsd === undefined ? run.costUsd : (run.costUsd ?? 0) + data.costUsd,
  };
}

/** The run no longer works, or begins anew. A clock that was set back takes nothing away. */
function paused(run: RunView, at: string): RunView {
  if (run.workingSince === null) return run;
  const ms = Math.max(0, Date.parse(at) - Date.parse(run.workingSince));
  return { ...run, workingSince: null, workedMs: run.workedMs + ms };
}

/** How long it has worked until `now`. */
export function workedUntil(now: number, run: Pick<RunView, "workingSince" | "workedMs">): number {
  return run.workedMs + (run.workingSince === null ? 0 : Math.max(0, now - Date.parse(run.workingSince)));
}

/** What did not go well on the way of what was completed; null: all went well. Older logs have it only in their last words. */
export function flawsIn({
  message,
  reason,
}: Extract<EventOf<"status">["data"], { state: "completed" }>): string | null {
  return reason ?? /, (.*)$/s.exec(message)?.[1] ?? null;
}

/** How long a run worked, and how long it waited meanwhile; null while it has not ended, or where its start is not known. */
export function timesOf(
  run: Pick<RunView, "startedAt" | "endedAt" | "workedMs">,
): { readonly workedMs: number; readonly waitedMs: number } | null {
  if (run.startedAt === null || run.endedAt === null) return null;
  const tookMs = Date.parse(run.endedAt) - Date.parse(run.startedAt);
  return { workedMs: run.workedMs, waitedMs: Math.max(0, tookMs - run.workedMs) };
}

function applyStatus(before: RunView, { data, at }: EventOf<"status">): RunView {
  const isAtWork = data.state === "stopping";
  const run = { ...(isAtWork ? before : paused(before, at)), message: data.message, reason: null, until: null };
  switch (data.state) {
    case "queued":
      return { ...run, state: "queued", reason: data.reason ?? null };
    case "starting":
      return {
        ...run,
        state: "working",
        attempt: data.attempt,
        worker: data.worker ?? null,
        startedAt: run.startedAt ?? at,
        workingSince: at,
      };
    case "waiting":
      return { ...run, state: "waiting", reason: data.reason, until: data.until ?? null };
    case "resumed":
      return {
        ...run,
        state: "working",
        reason: data.reason,
        attempt: data.attempt,
        worker: data.worker ?? null,
        startedAt: run.startedAt ?? at,
        workingSince: at,
      };
    case "interrupted":
      return { ...run, state: "queued", reason: data.reason };
    case "stopping":
      return { ...run, state: "stopping", by: data.by };
    case "completed":
      return { ...run, state: "completed", reason: flawsIn(data), endedAt: at };
    case "failed":
      return { ...run, state: "failed", reason: data.reason, endedAt: at };
    case "cancelled":
      return { ...run, state: "cancelled", by: data.by, endedAt: at };
    default:
      // A state of a newer Sparky: its words are shown, and the run stays where it was.
      return { ...before, message: (data satisfies never as { readonly message: string }).message };
  }
}
