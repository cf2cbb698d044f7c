import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Task } from "../../src/wire/api.ts";
import { taskQuery, taskRunsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Words } from "../text/words.tsx";
import { Fact } from "../ui/fact.tsx";
import { count, duration, fullTime, oneLine, timeOfDay } from "../ui/format.ts";
import { Failure } from "../ui/notice.tsx";
import { StateIcon, StateMark, stateOfTask, stateWord } from "../ui/state.tsx";

/** All that is known of a task: its words, its limits, what it waits for, each run, and how it ended, in full. */
export function TaskDetails({ task }: { task: Task }) {
  const { steps, minutes, tokens, costUsd } = task.limits;
  const limits = [
    steps !== undefined && `${steps} steps`,
    minutes !== undefined && `${minutes} min`,
    tokens !== undefined && `${tokens} tokens`,
    costUsd !== undefined && `$${costUsd}`,
  ].filter((limit) => limit !== false);
  return (
    <dl className="grid gap-x-4 gap-y-2 pb-3 text-sm md:grid-cols-[7rem_1fr]">
      {task.error !== null && (
        <Fact name={task.status === "failed" ? "Failed because" : "Ended because"}>
          <p className={`whitespace-pre-wrap [overflow-wrap:anywhere] ${task.status === "failed" ? "text-bad" : ""}`}>
            {task.error}
          </p>
        </Fact>
      )}
      <Fact name="Instruction">
        <p className="max-h-72 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]" tabIndex={0}>
          {task.instruction}
        </p>
      </Fact>
      {task.result !== null && (
        <Fact name="Result">
          <div className="max-h-96 overflow-y-auto" tabIndex={0} role="group" aria-label="Result">
            <Words text={task.result} />
          </div>
        </Fact>
      )}
      {task.dependsOn.length > 0 && (
        <Fact name="After">
          <Dependencies ids={task.dependsOn} />
        </Fact>
      )}
      {limits.length > 0 && <Fact name="At most">{limits.join(", ")}</Fact>}
      {task.priority !== 0 && <Fact name="Priority">{task.priority}</Fact>}
      {task.runAt !== null && <Fact name="Not before">{fullTime(task.runAt)}</Fact>}
      <Fact name="Runs">
        <Runs task={task} />
      </Fact>
      <Fact name="Id">
        <code className="[overflow-wrap:anywhere]">{task.id}</code>
      </Fact>
    </dl>
  );
}

function Runs({ task }: { task: Task }) {
  const { http } = useServices();
  const runs = useQuery(taskRunsQuery(http, task.id));
  if (runs.data === undefined) {
    return runs.error === null ? (
      <p className="text-muted">Loading its runs…</p>
    ) : (
      <Failure what="Its runs could not be loaded" error={runs.error} retry={() => void runs.refetch()} />
    );
  }
  if (runs.data.items.length === 0) return <p className="text-muted">None yet.</p>;
  return (
    <ol className="flex flex-col gap-0.5">
      {runs.data.items.map((run) => (
        <li key={run.id} className="flex flex-wrap items-center gap-x-3">
          <StateMark state={run.state} />
          <span className="text-xs text-muted">
            {timeOfDay(run.startedAt ?? run.queuedAt)}
            {run.startedAt !== null &&
              run.endedAt !== null &&
              ` · ${duration(Date.parse(run.endedAt) - Date.parse(run.startedAt))}`}
            {` · ${run.step} ${run.step === 1 ? "step" : "steps"}`}
            {run.tokens > 0 && ` · ${count(run.tokens)} tokens`}
            {run.costUsd !== null && ` · $${run.costUsd.toFixed(2)}`}
          </span>
          {run.reason !== null && <span className="text-muted [overflow-wrap:anywhere]">{run.reason}</span>}
        </li>
      ))}
    </ol>
  );
}

/** The tasks that come first, each with its state. */
export function Dependencies({ ids }: { ids: readonly string[] }) {
  return (
    <span className="inline-flex flex-wrap gap-x-3 gap-y-1">
      {ids.map((id) => (
        <Dependency key={id} id={id} />
      ))}
    </span>
  );
}

function Dependency({ id }: { id: string }) {
  const { http } = useServices();
  const { data: task, error } = useQuery(taskQuery(http, id));
  const state = task === undefined ? null : stateOfTask(task.status);
  return (
    <Link
      to="/tasks"
      search={{ id }}
      data-depends-on={id}
      className="inline-flex items-center gap-1 text-accent underline"
      {...(task !== undefined && { title: oneLine(task.instruction, 200) })}
    >
      {state !== null && <StateIcon state={state} className="size-3.5" />}
      task {id.slice(0, 8)}
      {state !== null && <span className="text-muted">({stateWord(state).toLowerCase()})</span>}
      {error !== null && <span className="text-muted">(not there)</span>}
    </Link>
  );
}
