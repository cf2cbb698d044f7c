import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { TASK_STATUSES } from "../../src/wire/api.ts";
import { statusQuery, tasksQuery, type TaskFilter, type TaskOrigin } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { CommandLine, Empty, Failure, Loading } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { Pill } from "../ui/pill.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { stateOfTask, stateWord } from "../ui/state.tsx";
import { ChosenTasks } from "./chosen-tasks.tsx";
import { TaskForm } from "./task-form.tsx";
import { TaskPane } from "./task-pane.tsx";
import { TaskRow } from "./task-row.tsx";

const PAGE = 50;

const ORIGINS: Readonly<Record<TaskOrigin, string>> = { person: "By people", schedule: "By schedules", run: "By runs" };
const TIMES = { "1h": "Last hour", "24h": "Last 24 hours", "7d": "Last 7 days", "30d": "Last 30 days" } as const;
const HOURS = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 } as const;
const SELECT = "tap rounded-md border border-line-strong bg-page px-2 py-0.5 text-sm";

export function TasksScreen() {
  const { http } = useServices();
  const filter = useSearch({ from: "/tasks" });
  const navigate = useNavigate({ from: "/tasks" });
  const [limit, setLimit] = useState(PAGE);
  const { data: status } = useQuery(statusQuery(http));
  const { id, schedule, origin, time, open = id } = filter;
  const isFiltered = [filter.status, filter.q, id, schedule, origin, time].some((each) => each !== undefined);
  const asked: TaskFilter = {
    ...{ status: filter.status, search: filter.q, id, schedule, origin },
    hours: time === undefined ? undefined : HOURS[time],
  };
  const known = useQuery(tasksQuery(http, asked, limit)).data?.items.find((task) => task.id === open);
  const show = (change: Partial<typeof filter>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });

  return (
    <div className="flex h-full">
      <title>Tasks · Sparky</title>
      {/* Where the details take the place of the list. */}
      {open !== undefined && <h1 className="sr-only md:hidden">Tasks</h1>}
      <div className={`h-full min-w-0 flex-1 overflow-y-auto px-4 py-3 ${open === undefined ? "" : "max-md:hidden"}`}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h1 className="text-base font-semibold">Tasks</h1>
          <SearchBox
            key={filter.q ?? ""}
            label="Search tasks"
            value={filter.q ?? ""}
            onChange={(q) => show({ q: q === "" ? undefined : q })}
          />
          <div className="flex flex-wrap items-center gap-2 max-md:order-last max-md:w-full">
            <select
              aria-label="Where they come from"
              className={SELECT}
              value={origin ?? ""}
              onChange={(event) => show({ origin: oneOf(ORIGINS, event.target.value) })}
            >
              <option value="">From anywhere</option>
              {Object.entries(ORIGINS).map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
            <select
              aria-label="When they were added"
              className={SELECT}
              value={time ?? ""}
              onChange={(event) => show({ time: oneOf(TIMES, event.target.value) })}
            >
              <option value="">At any time</option>
              {Object.entries(TIMES).map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </div>
          <Button kind="primary" className="ml-auto" onClick={() => show({ new: true })}>
            <Plus aria-hidden="true" className="size-4" />
            New task
          </Button>
        </div>
        <div role="group" aria-label="Filter by state" className="mt-1 flex gap-1 overflow-x-auto py-1">
          <Pill
            word="All"
            n={status?.tasks.total}
            isOn={filter.status === undefined}
            onClick={() => show({ status: undefined })}
          />
          {TASK_STATUSES.map((state) => (
            <Pill
              key={state}
              word={stateWord(stateOfTask(state))}
              n={status?.tasks[state]}
              isOn={filter.status === state}
              onClick={() => show({ status: state })}
            />
          ))}
        </div>
        {status?.agentLoop === false && (
          <div className="mt-2 rounded-lg border border-warn bg-warn-soft px-4 py-3 text-sm">
            <p className="font-medium text-warn">The task loop is off: tasks wait in the queue.</p>
            <CommandLine command="sparky chat stop; SPARKY_ENABLE_AGENT_LOOP=true sparky chat start" />
          </div>
        )}
        {filter.new && <TaskForm onClose={() => show({ new: undefined })} />}
        {filter.id !== undefined && (
          <p className="mt-2 flex items-center gap-2 text-sm">
            Only task <code>{filter.id.slice(0, 8)}</code>
            <Button className="px-2 py-0.5" onClick={() => show({ id: undefined, open: undefined })}>
              Show all
            </Button>
          </p>
        )}
        {filter.schedule !== undefined && (
          <p className="mt-2 flex flex-wrap items-center gap-2 text-sm">
            <span>
              Only of the schedule{" "}
              <Link to="/schedules/$name" params={{ name: filter.schedule }} className="text-accent underline">
                {filter.schedule}
              </Link>
            </span>
            <Button className="px-2 py-0.5" onClick={() => show({ schedule: undefined })}>
              Show all
            </Button>
          </p>
        )}
        <TaskTable
          filter={asked}
          limit={limit}
          isFiltered={isFiltered}
          open={open}
          onOpen={(task) => show(task === open ? { open: undefined, id: undefined } : { open: task })}
          onMore={() => setLimit(limit + PAGE)}
          onClear={() => void navigate({ search: {}, replace: true })}
        />
      </div>
      {open !== undefined && (
        <TaskPane key={open} id={open} known={known} onClose={() => show({ open: undefined, id: undefined })} />
      )}
    </div>
  );
}

/** The key of `words` that this is; undefined: none. */
function oneOf<T extends string>(words: Readonly<Record<T, string>>, value: string): T | undefined {
  // Just looked up.
  return Object.hasOwn(words, value) ? (value as T) : undefined;
}

interface TableProps {
  readonly filter: TaskFilter;
  readonly limit: number;
  readonly isFiltered: boolean;
  readonly open: string | undefined;
  readonly onOpen: (taskId: string) => void;
  readonly onMore: () => void;
  readonly onClear: () => void;
}

function TaskTable({ filter, limit, isFiltered, open, onOpen, onMore, onClear }: TableProps) {
  const { http } = useServices();
  const list = useQuery(tasksQuery(http, filter, limit));
  const now = useNow(15_000);
  const [chosenIds, choose] = useState<readonly string[]>([]);
  if (list.isPending) return <Loading what="Loading tasks…" />;
  if (list.data === undefined) {
    return <Failure what="The tasks could not be loaded" error={list.error} retry={() => void list.refetch()} />;
  }
  if (list.data.items.length === 0) {
    return isFiltered ? (
      <Empty title="No task fits these filters">
        <Button className="mt-2" onClick={onClear}>
          Show all tasks
        </Button>
      </Empty>
    ) : (
      <Empty title="No tasks yet" command='sparky agent tasks add "Check knowledge graph stats"'>
        Queue work for the agent with “New task”, or in a terminal:
      </Empty>
    );
  }
  const { items } = list.data;
  // Beside the details there is room for what a task is and how it stands.
  const narrow = open === undefined ? "" : "md:max-[96rem]:hidden";
  const chosen = items.filter(({ id }) => chosenIds.includes(id));
  return (
    <>
      <ChosenTasks tasks={chosen} onChange={choose} />
      <table className="mt-2 w-full border-collapse text-sm max-md:block">
        <caption className="sr-only">Tasks, newest first</caption>
        <thead className="max-md:sr-only">
          <tr className="text-left text-xs text-muted">
            <th className="w-8 py-1.5">
              <label className="tap inline-flex items-center justify-center">
                <span className="sr-only">Choose all that are shown</span>
                <input
                  type="checkbox"
                  className="size-4 accent-accent"
                  checked={chosen.length === items.length}
                  onChange={(event) => choose(event.target.checked ? items.map(({ id }) => id) : [])}
                />
              </label>
            </th>
            <th className="w-32 py-1.5 pr-3 font-medium">State</th>
            <th className="py-1.5 pr-3 font-medium">Task</th>
            <th className={`w-24 py-1.5 pr-3 font-medium max-lg:hidden ${narrow}`}>Waited</th>
            <th className={`w-24 py-1.5 pr-3 font-medium ${narrow}`}>Took</th>
            <th className={`w-28 py-1.5 pr-3 font-medium ${narrow}`}>Added</th>
            <th className="w-8 py-1.5 font-medium">
              <span className="sr-only">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {items.map((task) => (
            <TaskRow
              key={task.id}
              task={task}
              now={now}
              isChosen={chosenIds.includes(task.id)}
              onChoose={(isChosen) =>
                choose(isChosen ? [...chosenIds, task.id] : chosenIds.filter((id) => id !== task.id))
              }
              isOpen={task.id === open}
              narrow={narrow}
              onOpen={() => onOpen(task.id)}
            />
          ))}
        </tbody>
      </table>
      {list.data.next !== null && (
        <Button className="mt-3" disabled={list.isFetching} onClick={onMore}>
          Show more
        </Button>
      )}
    </>
  );
}
