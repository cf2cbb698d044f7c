import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { TASK_STATUSES } from "../../src/wire/api.ts";
import { statusQuery, tasksQuery, type TaskFilter } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { CommandLine, Empty, Failure, Loading } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { Pill } from "../ui/pill.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { stateOfTask, stateWord } from "../ui/state.tsx";
import { TaskForm } from "./task-form.tsx";
import { TaskRow } from "./task-row.tsx";

const PAGE = 50;

export function TasksScreen() {
  const { http } = useServices();
  const filter = useSearch({ from: "/tasks" });
  const navigate = useNavigate({ from: "/tasks" });
  const [limit, setLimit] = useState(PAGE);
  const { data: status } = useQuery(statusQuery(http));
  const isFiltered =
    filter.status !== undefined || filter.q !== undefined || filter.id !== undefined || filter.schedule !== undefined;
  const show = (change: Partial<typeof filter>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });

  return (
    <div className="h-full overflow-y-auto">
      <title>Tasks · Sparky</title>
      <div className="mx-auto max-w-6xl px-4 py-3">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h1 className="text-base font-semibold">Tasks</h1>
          <SearchBox
            key={filter.q ?? ""}
            label="Search tasks"
            value={filter.q ?? ""}
            onChange={(q) => show({ q: q === "" ? undefined : q })}
          />
          <Button kind="primary" className="ml-auto" onClick={() => show({ new: true })}>
            <Plus aria-hidden="true" className="size-4" />
            New task
          </Button>
        </div>
        <div role="group" aria-label="Filter by state" className="mt-2 flex gap-1 overflow-x-auto py-1">
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
            <Button className="px-2 py-0.5" onClick={() => show({ id: undefined })}>
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
          filter={{ status: filter.status, search: filter.q, id: filter.id, schedule: filter.schedule }}
          limit={limit}
          isFiltered={isFiltered}
          onMore={() => setLimit(limit + PAGE)}
          onClear={() => show({ status: undefined, q: undefined, id: undefined, schedule: undefined })}
        />
      </div>
    </div>
  );
}

interface TableProps {
  readonly filter: TaskFilter;
  readonly limit: number;
  readonly isFiltered: boolean;
  readonly onMore: () => void;
  readonly onClear: () => void;
}

function TaskTable({ filter, limit, isFiltered, onMore, onClear }: TableProps) {
  const { http } = useServices();
  const list = useQuery(tasksQuery(http, filter, limit));
  const now = useNow(15_000);
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
  return (
    <>
      <table className="mt-2 w-full border-collapse text-sm max-md:block">
        <caption className="sr-only">Tasks, newest first</caption>
        <thead className="max-md:sr-only">
          <tr className="text-left text-xs text-muted">
            <th className="w-32 py-1.5 pr-3 font-medium">State</th>
            <th className="py-1.5 pr-3 font-medium">Task</th>
            <th className="w-24 py-1.5 pr-3 font-medium">Waited</th>
            <th className="w-24 py-1.5 pr-3 font-medium">Took</th>
            <th className="w-28 py-1.5 pr-3 font-medium">Added</th>
            <th className="w-36 py-1.5 font-medium">
              <span className="sr-only">What to do</span>
            </th>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {list.data.items.map((task) => (
            <TaskRow key={task.id} task={task} now={now} isAlone={filter.id === task.id} />
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
