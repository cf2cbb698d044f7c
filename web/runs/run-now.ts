import { isEnded, type RunStateName, type RunView } from "../../src/core/run-state.ts";
import type { RunAlone } from "../../src/wire/runs.ts";

/** How a run stands: as the server last told of it, and as its log has told since. */
export interface RunNow {
  readonly state: RunStateName;
  /** The last status line in words. */
  readonly message: string;
  readonly reason: string | null;
  readonly until: string | null;
  readonly by: string | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly workingSince: string | null;
  readonly workedMs: number;
  readonly step: number;
  readonly tokens: number;
  readonly costUsd: number | null;
}

export function runNow(run: RunAlone, folded: RunView | undefined): RunNow {
  const asked = run.inputTokens + run.outputTokens;
  if (folded === undefined) {
    const { state, startedAt, endedAt, workingSince, workedMs, step, costUsd } = run;
    const times = { startedAt, endedAt, workingSince, workedMs };
    const why =
      state === "waiting" ? { message: run.reason ?? "", reason: run.waitsFor } : { message: "", reason: run.reason };
    return { state, ...why, until: null, by: null, ...times, step, tokens: asked, costUsd };
  }
  return {
    // An end is never taken back.
    state: isEnded(run.state) ? run.state : folded.state,
    message: folded.message,
    reason: folded.reason ?? (run.state === "waiting" ? null : run.reason),
    until: folded.until,
    by: folded.by,
    startedAt: run.startedAt ?? folded.startedAt,
    endedAt: run.endedAt ?? folded.endedAt,
    // Of one that was over before, the log may be loaded from its middle on only.
    workingSince: isEnded(run.state) ? run.workingSince : folded.workingSince,
    workedMs: isEnded(run.state) ? run.workedMs : folded.workedMs,
    // Each is a part of the same sums, and they only grow.
    step: Math.max(run.step, folded.step),
    tokens: Math.max(asked, folded.inputTokens + folded.outputTokens),
    costUsd: folded.costUsd === null ? run.costUsd : Math.max(run.costUsd ?? 0, folded.costUsd),
  };
}
