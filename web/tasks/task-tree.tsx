import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { taskQuery, taskTreeQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import type { TaskStatus } from "../../src/wire/api.ts";
import { shownStatus, shownTask, type Shown } from "../../src/wire/state-words.ts";
import { oneLine } from "../ui/format.ts";
import { StateMark } from "../ui/state.tsx";
import { WORDS } from "../words/tasks.tsx";

/** A task, and below it all that its runs have started, each with the way to its chat. */
export function TaskTree({ taskId, status }: { taskId: string; status: TaskStatus }) {
  const { http } = useServices();
  const task = useQuery(taskQuery(http, taskId)).data;
  const items = useQuery(taskTreeQuery(http, taskId)).data?.items ?? [];
  return (
    <ul aria-label={WORDS.delegated} data-task-tree={taskId} className="text-sm">
      <Line
        {...{ id: taskId, depth: 0, instruction: task?.instruction ?? taskId.slice(0, 8), chatId: task?.chatId }}
        state={task === undefined ? shownStatus(status) : shownTask(task)}
      />
      {items.map((item) => (
        <Line key={item.id} {...item} state={shownTask(item)} />
      ))}
    </ul>
  );
}

interface LineProps {
  readonly id: string;
  readonly depth: number;
  readonly instruction: string;
  readonly state: Shown;
  readonly chatId: string | undefined;
}

function Line({ id, depth, instruction, state, chatId }: LineProps) {
  const words = oneLine(instruction, 120);
  return (
    <li data-task-id={id} className="flex items-center gap-2 py-0.5" style={{ paddingLeft: `${depth * 1.25}rem` }}>
      <StateMark state={state} />
      {chatId === undefined ? (
        <span className="min-w-0 truncate text-muted">{words}</span>
      ) : (
        <Link
          to="/chats/$chatId"
          params={{ chatId }}
          className="tap inline-flex min-w-0 items-center text-accent underline"
        >
          <span className="truncate">{words}</span>
        </Link>
      )}
    </li>
  );
}
