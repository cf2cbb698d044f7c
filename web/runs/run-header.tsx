import { Link } from "@tanstack/react-router";
import { ArrowLeft, MessagesSquare } from "lucide-react";
import type { RunAlone } from "../../src/wire/runs.ts";
import { Stop } from "../thread/stop.tsx";
import { count, duration, roughly, until } from "../ui/format.ts";
import { Timer, useNow } from "../ui/now.tsx";
import { StateMark, stateOfRun } from "../ui/state.tsx";
import { Worked } from "../ui/worked.tsx";
import type { RunNow } from "./run-now.ts";
import { aboutOf, nameOf } from "./step-words.ts";
import { isEnded, timesOf } from "../../src/core/run-state.ts";
import type { Timeline } from "./timeline.ts";
import { WORDS } from "../words/runs.ts";

/** What the run is, how it stands and what it took, with Stop; it stays in sight. */
export function RunHeader({ run, now, live, isLive }: { run: RunAlone; now: RunNow; live: string; isLive: boolean }) {
  const isOver = isEnded(now.state);
  return (
    <header
      data-run-id={run.id}
      data-run-state={now.state}
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-4 py-2"
    >
      <Back run={run} />
      <StateMark state={stateOfRun(now)} />
      <h1 dir="auto" className="min-w-0 flex-1 basis-40 truncate text-base font-semibold" title={run.title}>
        {run.title}
      </h1>
      {!isOver && now.startedAt !== null && (
        <span className="text-sm text-muted">
          <Worked run={now} still={(time) => WORDS.worked(time, null)} />
        </span>
      )}
      {!isOver && run.canWrite && <Stop key={run.id} runId={run.id} state={now.state} about={run.title} />}
      <p className="flex w-full flex-wrap gap-x-3 gap-y-0.5 text-xs text-muted">
        <Facts run={run} now={now} />
        <Link
          to="/chats/$chatId"
          params={{ chatId: run.chatId }}
          search={{ at: run.firstSeq }}
          className="inline-flex items-center gap-1 text-accent hover:underline"
        >
          <MessagesSquare aria-hidden="true" className="size-3.5" />
          {WORDS.openInChat}
        </Link>
        <span className="ml-auto" data-live={isLive}>
          {live}
        </span>
      </p>
    </header>
  );
}

function Back({ run }: { run: RunAlone }) {
  const look = "tap -ml-2 inline-flex items-center justify-center md:hidden";
  const arrow = <ArrowLeft aria-hidden="true" className="size-5" />;
  return run.taskId === null ? (
    <Link to="/chats/$chatId" params={{ chatId: run.chatId }} aria-label={WORDS.backToChat} className={look}>
      {arrow}
    </Link>
  ) : (
    <Link to="/tasks" aria-label={WORDS.allTasks} className={look}>
      {arrow}
    </Link>
  );
}

function Facts({ run, now }: { run: RunAlone; now: RunNow }) {
  const waited = now.startedAt === null ? null : Date.parse(now.startedAt) - Date.parse(run.queuedAt);
  const facts = [
    run.schedule !== null ? WORDS.bySchedule : WORDS.by(run.by),
    waited !== null && waited >= 50 ? WORDS.waited(duration(waited)) : null,
    // Of one that was completed its last line says so.
    now.state === "completed" ? null : workedWords(now),
    WORDS.steps(now.step),
    now.tokens > 0 ? WORDS.tokens(count(now.tokens)) : null,
    now.costUsd === null ? null : `$${now.costUsd.toFixed(2)}`,
    run.model,
  ].filter((fact) => fact !== null);
  return facts.map((fact) => <span key={fact}>{fact}</span>);
}

/** What a person took, or a restart, is not work; null: it has not ended, or never began. */
export function workedWords(now: RunNow): string | null {
  const times = timesOf(now);
  if (times === null) return null;
  return WORDS.worked(duration(times.workedMs), times.waitedMs < 1000 ? null : roughly(times.waitedMs));
}

/** What it does at this moment, by name, with a timer from when the server began it; or what it waits for. */
export function NowLine({ now, timeline }: { now: RunNow; timeline: Timeline }) {
  const at = useNow(1000);
  if (isEnded(now.state)) return null;
  const working = timeline.steps.filter(({ state }) => state === "working");
  const [step] = working;
  const since = step?.spans.at(-1)?.from;
  const left = now.until === null ? null : until(now.until, at);
  return (
    <p
      data-now={now.state}
      className="flex shrink-0 items-center gap-2 border-b border-line bg-panel px-4 py-1 text-sm"
    >
      <span className="font-medium">{WORDS.now}</span>
      <span className={`min-w-0 truncate text-muted ${now.state === "waiting" ? "max-md:whitespace-normal" : ""}`}>
        {now.state === "queued" && WORDS.waitsForItsTurn}
        {now.state === "stopping" && WORDS.stopping}
        {now.state === "waiting" && now.message}
        {now.state === "waiting" && left !== null && now.reason === "retry" && ` · ${WORDS.retryIn(left)}`}
        {now.state === "working" &&
          (step === undefined ? WORDS.begins : `${nameOf(step)} ${step.kind === "tool" ? aboutOf(step) : ""}`)}
        {now.state === "working" && working.length > 1 && WORDS.andMore(working.length - 1)}
      </span>
      {now.state === "working" && since !== undefined && (
        <span className="shrink-0 text-muted">
          <Timer since={new Date(since).toISOString()} />
        </span>
      )}
    </p>
  );
}
