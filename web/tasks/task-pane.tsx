import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChartGantt, MessagesSquare, X } from "lucide-react";
import type { Task } from "../../src/wire/api.ts";
import { taskQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { IconButton } from "../ui/button.tsx";
import { oneLine } from "../ui/format.ts";
import { Failure, Loading } from "../ui/notice.tsx";
import { StateMark, stateOfTask } from "../ui/state.tsx";
import { TaskAction } from "./task-actions.tsx";
import { TaskDetails } from "./task-details.tsx";

/** One task beside the list; on a phone in its place. */
export function TaskPane({ id, known, onClose }: { id: string; known: Task | undefined; onClose: () => void }) {
  const { http } = useServices();
  const asked = useQuery({ ...taskQuery(http, id), enabled: known === undefined });
  const task = known ?? asked.data;
  return (
    <aside
      aria-label="Task"
      data-task-pane={id}
      tabIndex={0}
      className="h-full w-full shrink-0 overflow-y-auto border-line bg-page px-4 py-3 md:w-[45%] md:border-l wide:w-[36rem]"
    >
      <div className="flex items-start gap-2">
        <h2 className="min-w-0 flex-1 text-base font-semibold [overflow-wrap:anywhere]">
          {task === undefined ? "Task" : oneLine(task.schedule ?? task.instruction, 120)}
        </h2>
        <IconButton label="Close the details" onClick={onClose}>
          <X aria-hidden="true" className="size-5" />
        </IconButton>
      </div>
      {task === undefined ? (
        asked.error === null ? (
          <Loading what="Loading the task…" />
        ) : (
          <Failure what="The task could not be loaded" error={asked.error} retry={() => void asked.refetch()} />
        )
      ) : (
        <>
          <p className="mt-1 mb-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
            <StateMark state={stateOfTask(task.status)} />
            {task.runId !== null && (
              <Link
                to="/runs/$runId"
                params={{ runId: task.runId }}
                className="tap inline-flex items-center gap-1 text-accent hover:underline"
              >
                <ChartGantt aria-hidden="true" className="size-4" />
                Open its run
              </Link>
            )}
            <Link
              to="/chats/$chatId"
              params={{ chatId: task.chatId }}
              className="tap inline-flex items-center gap-1 text-accent hover:underline"
            >
              <MessagesSquare aria-hidden="true" className="size-4" />
              Open its chat
            </Link>
            <TaskAction task={task} />
          </p>
          <TaskDetails task={task} />
        </>
      )}
    </aside>
  );
}
