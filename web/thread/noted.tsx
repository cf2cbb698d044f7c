import { CheckSquare, CircleDot, Info, ListChecks, ListTodo, Square, TriangleAlert } from "lucide-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { EventOf } from "../../src/core/events.ts";
import type { RunView } from "../../src/core/run-state.ts";
import type { UnknownEvent } from "../../src/core/transcript.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { JsonView } from "../text/json-view.tsx";
import { count, duration, fullTime, timeOfDay } from "../ui/format.ts";
import { Timer } from "../ui/now.tsx";
import { StateIcon, stateColour, StateMark, stateWord, type Shown } from "../ui/state.tsx";

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
  const state = STATES[data.state];
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
        {data.message === "" || data.state === "cancelled" ? stateWord(state) : data.message}
      </span>
      {data.state === "cancelled" && <span className="text-muted">by {data.by}</span>}
      {data.state === "stopping" && <span className="text-muted">asked by {data.by}</span>}
      {data.state === "failed" && !data.message.includes(data.reason) && (
        <span className="text-bad">{data.reason}</span>
      )}
      {data.state === "resumed" && data.reason === "recovered" && (
        <span className="text-muted">attempt {data.attempt}</span>
      )}
      <span className="text-xs text-muted">
        {isEnd && run !== undefined && <RunTotals run={run} />}
        <time dateTime={event.at} title={fullTime(event.at)}>
          {timeOfDay(event.at)}
        </time>
      </span>
    </p>
  );
}

function RunTotals({ run }: { run: RunView }) {
  const tokens = run.inputTokens + run.outputTokens;
  const facts = [
    run.startedAt !== null && run.endedAt !== null
      ? duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))
      : null,
    tokens > 0 ? `${count(tokens)} tokens` : null,
    run.costUsd !== null ? `$${run.costUsd.toFixed(2)}` : null,
  ].filter((fact) => fact !== null);
  return facts.map((fact) => `${fact} · `).join("");
}

/** The head of a task run's block. */
export function RunHead({ taskId, runId, run }: { taskId: string; runId: string; run: RunView | undefined }) {
  const isOver = run?.endedAt != null;
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
        Task {taskId.slice(0, 8)}
      </Link>
      {run !== undefined && <StateMark state={run.state} {...doneWord(run)} />}
      {run?.startedAt != null && !isOver && (
        <span className="text-xs text-muted">
          <Timer since={run.startedAt} />
        </span>
      )}
    </div>
  );
}

export function Plan({ items }: { items: EventOf<"plan">["data"]["items"] }) {
  const done = items.filter(({ status }) => status === "done").length;
  return (
    <div className="px-1.5 py-1 text-sm">
      <p className="flex items-center gap-1.5 font-medium">
        <ListChecks aria-hidden="true" className="size-4 text-muted" />
        Plan · {done} of {items.length} done
      </p>
      <ul className="mt-0.5 pl-1">
        {items.map(({ text, status }, index) => (
          <li key={index} className={`flex items-start gap-2 ${status === "done" ? "text-muted" : ""}`}>
            {status === "done" ? (
              <CheckSquare role="img" aria-label="done" className="mt-1 size-3.5 shrink-0 text-good" />
            ) : status === "doing" ? (
              <CircleDot role="img" aria-label="doing" className="mt-1 size-3.5 shrink-0 text-live" />
            ) : (
              <Square role="img" aria-label="to do" className="mt-1 size-3.5 shrink-0 text-muted" />
            )}
            {text}
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
        {event.data.code.replaceAll("_", " ")}
        {event.data.retryable && <span className="font-normal text-muted">· will be tried again</span>}
      </p>
      <p className="mt-0.5 whitespace-pre-wrap [overflow-wrap:anywhere]">{event.data.message}</p>
    </div>
  );
}

export function Note({ children, at }: { children: string; at: string }) {
  return (
    <p className="flex items-center gap-1.5 px-1.5 text-xs text-muted">
      <Info aria-hidden="true" className="size-3.5 shrink-0" />
      {children} ·{" "}
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
      <summary className="tap">Event of the kind “{event.name}”</summary>
      <JsonView label="Data" value={event.data} />
    </details>
  );
}

export function ChatChange({ event }: { event: EventOf<"chat"> }) {
  const { http } = useServices();
  const { data: me } = useQuery(meQuery(http));
  return <Note at={event.at}>{chatNote(event.data, me?.id)}</Note>;
}

function chatNote(data: EventOf<"chat">["data"], myId: string | undefined): string {
  switch (data.change) {
    case "created":
      return "Chat created";
    case "renamed":
      return `${data.by === "agent" ? "Named" : "Renamed to"} “${data.title}”`;
    case "shared":
      return data.userId === myId ? "Shared with you" : "Shared with another user";
    case "unshared":
      return data.userId === myId ? "No longer shared with you" : "No longer shared with a user";
    case "archived":
      return data.archived ? "Archived" : "Taken out of the archive";
    case "model":
      return `Model set to ${data.model}`;
  }
}

/** What is to be said beside "Done", such as that a tool failed, stands behind the first comma of the run's last words. */
function doneWord({ state, message }: RunView): { readonly word?: string } {
  const comma = message.indexOf(",");
  return state === "completed" && comma > 0 ? { word: `Done${message.slice(comma)}` } : {};
}
