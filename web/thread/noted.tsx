import { CheckSquare, CircleDot, GitFork, Info, ListChecks, ListTodo, Square, TriangleAlert } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { causeOf } from "../../src/core/causes.ts";
import type { EventOf } from "../../src/core/events.ts";
import { flawsIn, timesOf, type RunView } from "../../src/core/run-state.ts";
import type { UnknownEvent } from "../../src/core/transcript.ts";
import type { Shown } from "../../src/wire/state-words.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { JsonView } from "../text/json-view.tsx";
import { count, duration, fullTime, roughly, timeOfDay } from "../ui/format.ts";
import { StateIcon, stateColour, StateMark, stateOfRun, stateWord } from "../ui/state.tsx";
import { useThreadActions } from "./actions.ts";
import { WORDS } from "../words/thread.ts";

/** What happened around the words: statuses, plans, errors, notes. */

const STATES: Readonly<Record<EventOf<"status">["data"]["state"], Shown>> = {
  queued: "queued",
  starting: "working",
  waiting: "waiting",
  resumed: "working",
  interrupted: "interrupted",
  stopping: "stopping",
  completed: "completed",
  failed: "failed",
  cancelled: "cancelled",
};

/** A quiet line: icon, word, what was said, when. */
export function Status({ event, run }: { event: EventOf<"status">; run: RunView | undefined }) {
  const { data } = event;
  const state = shownAs(data);
  const isEnd = data.state === "completed" || data.state === "failed" || data.state === "cancelled";
  const isPast = data.state === "starting" || data.state === "resumed";
  return (
    <p
      data-status={data.state}
      {...(isEnd && { "data-run-id": event.runId, "data-run-state": data.state })}
      className="flex flex-wrap items-center gap-x-2 px-1.5 py-0.5 text-sm"
    >
      <span className={`inline-flex items-center gap-1.5 font-medium ${stateColour(state)}`}>
        {/* The spinner stands for work that goes on; this line is about its beginning. */}
        {isPast ? <CircleDot aria-hidden="true" className="size-4 shrink-0" /> : <StateIcon state={state} />}
        {data.message === "" || data.state === "cancelled" || state === "flawed" ? stateWord(state) : data.message}
      </span>
      {data.state === "completed" && state === "flawed" && (
        <span className="text-muted">{event.taskId === null ? flawsIn(data) : data.message}</span>
      )}
      {data.state === "cancelled" && <span className="text-muted">{WORDS.byWhom(data.by)}</span>}
      {data.state === "stopping" && <span className="text-muted">{WORDS.askedBy(data.by)}</span>}
      {data.state === "failed" && !data.message.includes(data.reason) && (
        <span className="text-bad">{data.reason}</span>
      )}
      {data.state === "resumed" && data.reason === "recovered" && (
        <span className="text-muted">{WORDS.attempt(data.attempt)}</span>
      )}
      <span className="text-xs text-muted">
        <EndFacts at={event.at} run={isEnd ? run : undefined} />
        {isEnd && event.runId !== null && <OpenRun runId={event.runId} />}
      </span>
    </p>
  );
}

function shownAs(data: EventOf<"status">["data"]): Shown {
  if (data.state === "waiting") return stateOfRun(data);
  return data.state === "completed" ? stateOfRun({ state: data.state, reason: flawsIn(data) }) : STATES[data.state];
}

/** When, and of a run's end how long it worked, how long it waited, and what it used. */
export function EndFacts({ at, run }: { at: string; run: RunView | undefined }) {
  return (
    <>
      {run !== undefined && <RunTotals run={run} />}
      <time dateTime={at} title={fullTime(at)}>
        {timeOfDay(at)}
      </time>
    </>
  );
}

/** Leads to what a run did, step by step. */
export function OpenRun({ runId }: { runId: string }) {
  return (
    <>
      {" · "}
      <Link to="/runs/$runId" params={{ runId }} className="underline underline-offset-2 hover:text-ink">
        {WORDS.openEnded}
      </Link>
    </>
  );
}

function RunTotals({ run }: { run: RunView }) {
  const tokens = run.inputTokens + run.outputTokens;
  const times = timesOf(run);
  const hasWaited = times !== null && times.waitedMs >= 1000;
  const facts = [
    times === null ? null : hasWaited ? WORDS.worked(duration(times.workedMs)) : duration(times.workedMs),
    hasWaited ? WORDS.waited(roughly(times.waitedMs)) : null,
    tokens > 0 ? WORDS.tokens(count(tokens)) : null,
    run.costUsd !== null ? `$${run.costUsd.toFixed(2)}` : null,
  ].filter((fact) => fact !== null);
  return facts.map((fact) => `${fact} · `).join("");
}

/** The head of a task run's block. That it waits for somebody is said where it asks. */
export function RunHead({ taskId, runId, run }: { taskId: string; runId: string; run: RunView | undefined }) {
  return (
    <div
      data-run-id={runId}
      data-run-state={run?.state ?? "unknown"}
      className="flex flex-wrap items-center gap-x-3 gap-y-1 py-1.5 text-sm"
    >
      <Link
        to="/tasks"
        search={{ id: taskId }}
        className="inline-flex items-center gap-1.5 rounded-full bg-accent-soft px-2.5 py-0.5 text-xs font-semibold text-accent hover:underline"
      >
        <ListTodo aria-hidden="true" className="size-3.5" />
        {WORDS.task(taskId.slice(0, 8))}
      </Link>
      {run !== undefined && stateOfRun(run) !== "asks" && <StateMark state={stateOfRun(run)} />}
    </div>
  );
}

export function Plan({ items }: { items: EventOf<"plan">["data"]["items"] }) {
  const done = items.filter(({ status }) => status === "done").length;
  return (
    <div className="px-1.5 py-1 text-sm">
      <p className="flex items-center gap-1.5 font-medium">
        <ListChecks aria-hidden="true" className="size-4 text-muted" />
        {WORDS.planDone(done, items.length)}
      </p>
      <ul className="mt-0.5 pl-1">
        {items.map(({ text, status }, index) => (
          <li key={index} className={`flex items-start gap-2 ${status === "done" ? "text-muted" : ""}`}>
            {status === "done" ? (
              <CheckSquare role="img" aria-label={WORDS.planStates.done} className="mt-1 size-3.5 shrink-0 text-good" />
            ) : status === "doing" ? (
              <CircleDot role="img" aria-label={WORDS.planStates.doing} className="mt-1 size-3.5 shrink-0 text-live" />
            ) : (
              <Square role="img" aria-label={WORDS.planStates.open} className="mt-1 size-3.5 shrink-0 text-muted" />
            )}
            <span dir="auto">{text}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}

export function Problem({ event }: { event: EventOf<"error"> }) {
  return (
    <div className="rounded-md border-l-4 border-bad bg-bad-soft px-3 py-2 text-sm">
      <p className="flex items-center gap-1.5 font-medium text-bad">
        <TriangleAlert aria-hidden="true" className="size-4 shrink-0" />
        {causeOf(event.data.code)}
        {event.data.retryable && <span className="font-normal text-muted">{WORDS.willBeTried}</span>}
      </p>
      <p dir="auto" className="mt-0.5 whitespace-pre-wrap [overflow-wrap:anywhere]">
        {event.data.message}
      </p>
    </div>
  );
}

export function Note({ children, at }: { children: string; at: string }) {
  return (
    <p className="flex items-center gap-1.5 px-1.5 text-xs text-muted">
      <Info aria-hidden="true" className="size-3.5 shrink-0" />
      {WORDS.beforeTime(children)}{" "}
      <time dateTime={at} title={fullTime(at)}>
        {timeOfDay(at)}
      </time>
    </p>
  );
}

/** Of a type that this version of the page does not know. */
export function Unknown({ event }: { event: UnknownEvent }) {
  return (
    <details className="px-1.5 text-sm text-muted">
      <summary className="tap">{WORDS.eventOfKind(event.name)}</summary>
      <JsonView label={WORDS.data} value={event.data} />
    </details>
  );
}

export function ChatChange({ event }: { event: EventOf<"chat"> }) {
  const relatives = useThreadActions()?.relatives;
  const { http } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const { data } = event;
  const by = event.actor.id === me?.id ? WORDS.you : event.actor.name;
  if (data.change === "forked" || data.change === "fork") {
    const other = data.change === "forked" ? data.from : data.to;
    return (
      <Link
        to="/chats/$chatId"
        params={{ chatId: other }}
        search={{ at: data.seq + 1 }}
        className="inline-flex items-center gap-1.5 px-1.5 text-xs text-accent underline"
      >
        <GitFork aria-hidden="true" className="size-3.5 shrink-0" />
        {WORDS.noteBy(WORDS.changes[data.change](relatives?.get(other) ?? ""), by)}
      </Link>
    );
  }
  const note = chatNote(data, me?.id);
  return <Note at={event.at}>{data.change === "memory" ? WORDS.noteBy(note, by) : note}</Note>;
}

function chatNote(data: EventOf<"chat">["data"], myId: string | undefined): string {
  switch (data.change) {
    case "created":
      return WORDS.changes.created;
    case "renamed":
      return data.by === "agent" ? WORDS.changes.named(data.title) : WORDS.changes.renamed(data.title);
    case "shared":
      return data.userId === myId
        ? WORDS.changes.sharedWithYou(data.write, data.link)
        : WORDS.changes.shared(data.name ?? null, data.write, data.link);
    case "unshared":
      return data.userId === myId ? WORDS.changes.unsharedWithYou : WORDS.changes.unshared(data.name ?? null);
    case "archived":
      return data.archived ? WORDS.changes.archived : WORDS.changes.unarchived;
    case "recall":
      return data.recall ? WORDS.changes.memoryUsed : WORDS.changes.memoryNotUsed;
    case "memory":
      return data.open ? WORDS.changes.memoryOpened : WORDS.changes.memoryClosed;
    case "model":
      return data.model === "" ? WORDS.changes.ownModel : WORDS.changes.model(data.model);
    case "effort":
      return data.effort === "" ? WORDS.changes.ownEffort : WORDS.changes.effort(data.effort);
    case "forked":
    case "fork":
      return WORDS.changes[data.change]("");
  }
}
