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
  readonly step: number;
  readonly tokens: number;
  readonly costUsd: number | null;
}

export function runNow(run: RunAlone, folded: RunView | undefined): RunNow {
  const asked = run.inputTokens + run.outputTokens;
  if (folded === undefined) {
    const { state, reason, startedAt, endedAt, step, costUsd } = run;
    return { state, message: "", reason, until: null, by: null, startedAt, endedAt, step, tokens: asked, costUsd };
  }
  return {
    // An end is never taken back.
    state: isEnded(run.state) ? run.state : folded.state,
    message: folded.message,
    reason: folded.reason ?? run.reason,
    until: folded.until,
    by: folded.by,
    startedAt: run.startedAt ?? folded.startedAt,
    endedAt: run.endedAt ?? folded.endedAt,
    // Each is a part of the same sums, and they only grow.
    step: Math.max(run.step, folded.step),
    tokens: Math.max(asked, folded.inputTokens + folded.outputTokens),
    costUsd: folded.costUsd === null ? run.costUsd : Math.max(run.costUsd ?? 0, folded.costUsd),
  };
}
