import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { timesOf } from "../../src/core/run-state.ts";
import type { Run, Task } from "../../src/wire/api.ts";
import { shownRun, shownTask } from "../../src/wire/state-words.ts";
import { taskQuery, taskRunsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Words } from "../text/words.tsx";
import { Fact } from "../ui/fact.tsx";
import { count, duration, fullTime, oneLine, roughly, timeOfDay } from "../ui/format.ts";
import { Failure } from "../ui/notice.tsx";
import { StateIcon, StateMark, stateWord } from "../ui/state.tsx";
import { WORDS } from "../words/tasks.tsx";

/** All that is known of a task: its words, its limits, what it waits for, each run, and how it ended, in full. */
export function TaskDetails({ task }: { task: Task }) {
  const { steps, minutes, tokens, costUsd } = task.limits;
  const limits = [
    steps !== undefined && WORDS.steps(steps),
    minutes !== undefined && WORDS.minutes(minutes),
    tokens !== undefined && WORDS.tokens(tokens),
    costUsd !== undefined && `$${costUsd}`,
  ].filter((limit) => limit !== false);
  return (
    <dl className="grid gap-x-4 gap-y-2 pb-3 text-sm md:grid-cols-[7rem_1fr]">
      {task.error !== null && (
        <Fact name={task.status === "failed" ? WORDS.failedBecause : WORDS.endedBecause}>
          <p className={`whitespace-pre-wrap [overflow-wrap:anywhere] ${task.status === "failed" ? "text-bad" : ""}`}>
            {task.error}
          </p>
        </Fact>
      )}
      {task.progress.current !== null && task.status !== "in_progress" && (
        <Fact name={WORDS.waitsBecause}>
          <p className="[overflow-wrap:anywhere]">{task.progress.current}</p>
        </Fact>
      )}
      <Fact name={WORDS.instruction}>
        <p dir="auto" className="max-h-72 overflow-y-auto whitespace-pre-wrap [overflow-wrap:anywhere]" tabIndex={0}>
          {task.instruction}
        </p>
      </Fact>
      {task.result !== null && (
        <Fact name={WORDS.result}>
          <div className="max-h-96 overflow-y-auto" tabIndex={0} role="group" aria-label={WORDS.result}>
            <Words text={task.result} />
          </div>
        </Fact>
      )}
      {task.dependsOn.length > 0 && (
        <Fact name={WORDS.after}>
          <Dependencies ids={task.dependsOn} />
        </Fact>
      )}
      {limits.length > 0 && <Fact name={WORDS.atMost}>{limits.join(", ")}</Fact>}
      {task.model !== null && <Fact name={WORDS.model}>{task.model}</Fact>}
      {task.effort !== null && <Fact name={WORDS.effort}>{task.effort}</Fact>}
      {task.priority !== 0 && <Fact name={WORDS.priority}>{task.priority}</Fact>}
      {task.runAt !== null && <Fact name={WORDS.notBefore}>{fullTime(task.runAt)}</Fact>}
      <Fact name={WORDS.runs}>
        <Runs task={task} />
      </Fact>
      <Fact name={WORDS.id}>
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
      <p className="text-muted">{WORDS.loadingRuns}</p>
    ) : (
      <Failure what={WORDS.runsNotLoaded} error={runs.error} retry={() => void runs.refetch()} />
    );
  }
  if (runs.data.items.length === 0) return <p className="text-muted">{WORDS.noRuns}</p>;
  return (
    <ol className="flex flex-col gap-0.5">
      {runs.data.items.map((run) => (
        <li key={run.id} className="flex flex-wrap items-center gap-x-3">
          <StateMark state={shownRun(run)} />
          <span className="text-xs text-muted">
            {timeOfDay(run.startedAt ?? run.queuedAt)}
            {workedWords(run)}
            {` · ${WORDS.steps(run.step)}`}
            {run.tokens > 0 && ` · ${WORDS.tokens(count(run.tokens))}`}
            {run.costUsd !== null && ` · $${run.costUsd.toFixed(2)}`}
          </span>
          {run.reason !== null && run.state !== "waiting" && (
            <span className="text-muted [overflow-wrap:anywhere]">{run.reason}</span>
          )}
        </li>
      ))}
    </ol>
  );
}

/** What somebody took is not work. */
function workedWords(run: Run): string {
  const times = timesOf(run);
  if (times === null) return run.startedAt === null ? "" : ` · ${WORDS.worked(duration(run.workedMs))}`;
  const waited = times.waitedMs < 1000 ? "" : ` · ${WORDS.waited(roughly(times.waitedMs))}`;
  return ` · ${WORDS.worked(duration(times.workedMs))}${waited}`;
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
  const state = task === undefined ? null : shownTask(task);
  return (
    <Link
      to="/tasks"
      search={{ id }}
      data-depends-on={id}
      className="inline-flex items-center gap-1 text-accent underline"
      {...(task !== undefined && { title: oneLine(task.instruction, 200) })}
    >
      {state !== null && <StateIcon state={state} className="size-3.5" />}
      {WORDS.taskOf(id.slice(0, 8))}
      {state !== null && <span className="text-muted">{WORDS.inState(stateWord(state).toLowerCase())}</span>}
      {error !== null && <span className="text-muted">{WORDS.notFound}</span>}
    </Link>
  );
}
