import { Link } from "@tanstack/react-router";
import type { ChatView } from "../../src/core/chat-view.ts";
import { callLine } from "../../src/core/exact.ts";
import type { OpenPart } from "../../src/core/open-parts.ts";
import type { RunView } from "../../src/core/run-state.ts";
import { shorten } from "../../src/core/text.ts";
import { until } from "../ui/format.ts";
import { Timer, useNow } from "../ui/now.tsx";
import { StateMark, stateOfRun } from "../ui/state.tsx";
import { Worked } from "../ui/worked.tsx";
import { Stop } from "./stop.tsx";
import { WORDS } from "../words/thread.ts";

/** What the chat's run does now, and Stop: both drawn from the run's state. */
export function RunBar({ view, parts, canStop }: { view: ChatView; parts: readonly OpenPart[]; canStop: boolean }) {
  const run = currentRun(view);
  if (run === null) return null;
  const done = view.plan.filter(({ status }) => status === "done").length;
  return (
    <section
      aria-label={WORDS.run}
      data-run-id={run.id}
      data-run-state={run.state}
      className="mx-auto flex w-full max-w-3xl items-center gap-3 px-4 py-1 text-sm"
    >
      <Link
        to="/runs/$runId"
        params={{ runId: run.id }}
        title={WORDS.openRun}
        className="tap inline-flex items-center underline-offset-2 hover:underline"
      >
        <StateMark state={stateOfRun(run)} />
        <span className="sr-only">{WORDS.openRunHeard}</span>
      </Link>
      <span className="min-w-0 flex-1 truncate text-muted">
        <Doing run={run} view={view} parts={parts} />
      </span>
      {view.plan.length > 0 && run.state !== "queued" && (
        <span className="hidden items-center gap-2 text-xs text-muted sm:flex">
          <progress className="bar w-20" max={view.plan.length} value={done} aria-label={WORDS.plan} />
          {done}/{view.plan.length}
        </span>
      )}
      <span className="text-xs text-muted">
        <Clock run={run} />
      </span>
      {canStop && <Stop key={run.id} runId={run.id} state={run.state} />}
    </section>
  );
}

/** The run that holds the chat, else the next one in the queue. */
export function currentRun(view: ChatView): RunView | null {
  const active = view.activeRunId === null ? undefined : view.runs.get(view.activeRunId);
  if (active !== undefined) return active;
  for (const run of view.runs.values()) if (run.state === "queued") return run;
  return null;
}

function Doing({ run, view, parts }: { run: RunView; view: ChatView; parts: readonly OpenPart[] }) {
  if (run.state === "waiting" && run.until !== null) return <Until run={run} at={run.until} />;
  if (run.state === "waiting") return waitWords(run);
  if (run.state === "queued") return run.reason === null ? WORDS.itsTurn : WORDS.goesOnAfter(run.reason);
  if (run.state === "stopping") return run.by === null ? "" : WORDS.askedBy(run.by);
  const call = view.openCalls.findLast(({ runId }) => runId === run.id);
  if (call !== undefined) return shorten(callLine(call.name, call.summary), 120);
  const part = parts.findLast(({ runId }) => runId === run.id);
  if (part !== undefined) return part.kind === "thought" ? WORDS.isThinking : WORDS.isWriting;
  return WORDS.callsModel;
}

/** What stands beside "Waits for you" does not say it again. */
function waitWords({ reason, message }: RunView): string {
  if (reason === "approval") return WORDS.yesOrNo;
  return reason === "question" ? WORDS.anAnswer : message;
}

/** How long it works, or how long it waits to begin; while it waits for somebody, nothing of it runs. */
function Clock({ run }: { run: RunView }) {
  if (run.startedAt === null) return <Timer since={run.queuedAt} />;
  return <Worked run={run} still={WORDS.worked} />;
}

function Until({ run, at }: { run: RunView; at: string }) {
  const left = until(at, useNow(1000));
  // It waits for the agent's own work, or for a limit to begin anew, and says so: that needs nobody.
  if (run.reason === "tasks" || run.reason === "limit") return run.message;
  return `${waitWords(run)}${left === null ? "" : run.reason === "retry" ? WORDS.retryIn(left) : WORDS.expiresIn(left)}`;
}
