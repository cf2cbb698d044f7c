import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChartGantt, MessagesSquare, X } from "lucide-react";
import type { Task } from "../../src/wire/api.ts";
import { shownTask } from "../../src/wire/state-words.ts";
import { taskQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { IconButton } from "../ui/button.tsx";
import { oneLine } from "../ui/format.ts";
import { Failure, Loading } from "../ui/notice.tsx";
import { StateMark } from "../ui/state.tsx";
import { TaskAction } from "./task-actions.tsx";
import { TaskDetails } from "./task-details.tsx";
import { WORDS } from "../words/tasks.tsx";

/** One task beside the list; on a phone in its place. */
export function TaskPane({ id, known, onClose }: { id: string; known: Task | undefined; onClose: () => void }) {
  const { http } = useServices();
  const asked = useQuery({ ...taskQuery(http, id), enabled: known === undefined });
  const task = known ?? asked.data;
  return (
    <aside
      aria-label={WORDS.pane}
      data-task-pane={id}
      tabIndex={0}
      className="h-full w-full shrink-0 overflow-y-auto border-line bg-page px-4 py-3 md:w-[45%] md:border-l wide:w-[clamp(24rem,40%,36rem)]"
    >
      <div className="flex items-start gap-2">
        <h2 dir="auto" className="min-w-0 flex-1 text-base font-semibold [overflow-wrap:anywhere]">
          {task === undefined ? WORDS.pane : oneLine(task.schedule ?? task.instruction, 120)}
        </h2>
        <IconButton label={WORDS.closeDetails} onClick={onClose}>
          <X aria-hidden="true" className="size-5" />
        </IconButton>
      </div>
      {task === undefined ? (
        asked.error === null ? (
          <Loading what={WORDS.loadingOne} />
        ) : (
          <Failure what={WORDS.oneNotLoaded} error={asked.error} retry={() => void asked.refetch()} />
        )
      ) : (
        <>
          <p className="mt-1 mb-3 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
            <StateMark state={shownTask(task)} />
            {task.runId !== null && (
              <Link
                to="/runs/$runId"
                params={{ runId: task.runId }}
                className="tap inline-flex items-center gap-1 text-accent hover:underline"
              >
                <ChartGantt aria-hidden="true" className="size-4" />
                {WORDS.openRun}
              </Link>
            )}
            <Link
              to="/chats/$chatId"
              params={{ chatId: task.chatId }}
              className="tap inline-flex items-center gap-1 text-accent hover:underline"
            >
              <MessagesSquare aria-hidden="true" className="size-4" />
              {WORDS.openChat}
            </Link>
            <TaskAction task={task} />
          </p>
          <TaskDetails task={task} />
        </>
      )}
    </aside>
  );
}
