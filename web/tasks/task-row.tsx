import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CalendarClock, ChevronDown, OctagonX, RotateCw } from "lucide-react";
import { useId, useState } from "react";
import { stoppedSchema, taskSchema, type Task } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { ago, duration, fullTime, oneLine, plain } from "../ui/format.ts";
import { Timer } from "../ui/now.tsx";
import { StateMark, stateOfTask } from "../ui/state.tsx";
import { Dependencies, TaskDetails } from "./task-details.tsx";

/** A table row, on a phone a card; below it, opened, the details. `isAlone`: it is what was looked for. */
export function TaskRow({ task, now, isAlone }: { task: Task; now: number; isAlone: boolean }) {
  const isOver = task.finishedAt !== null;
  const startedOrNow = task.startedAt === null ? now : Date.parse(task.startedAt);
  const readyAt = Math.max(Date.parse(task.createdAt), task.runAt === null ? 0 : Date.parse(task.runAt));
  const [wish, setWish] = useState<boolean | null>(null);
  const isOpen = wish ?? isAlone;
  const detailsId = useId();
  const title = task.schedule ?? oneLine(task.instruction, 200);
  return (
    <>
      <tr
        data-task-id={task.id}
        data-task-status={task.status}
        className="border-t border-line align-top hover:bg-panel max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:py-2"
      >
        <td className="py-2 pr-3 max-md:py-0">
          <StateMark state={stateOfTask(task.status)} />
        </td>
        <td className="min-w-0 py-2 pr-3 max-md:order-first max-md:w-full max-md:py-0.5 md:max-w-0">
          <Link
            {...placeOf(task)}
            className="block font-medium [overflow-wrap:anywhere] hover:underline md:truncate"
            title={oneLine(task.instruction, 500)}
          >
            {title}
          </Link>
          <TaskLine task={task} />
        </td>
        <td className="py-2 pr-3 text-muted tabular-nums max-md:hidden">
          {isOver && task.startedAt === null ? "–" : duration(startedOrNow - readyAt)}
        </td>
        <td className="py-2 pr-3 text-muted tabular-nums max-md:py-0">
          {task.startedAt === null ? (
            <span className="max-md:hidden">–</span>
          ) : task.finishedAt === null ? (
            <Timer since={task.startedAt} />
          ) : (
            duration(Date.parse(task.finishedAt) - Date.parse(task.startedAt))
          )}
        </td>
        <td className="py-2 pr-3 text-muted max-md:py-0">
          <time dateTime={task.createdAt} title={fullTime(task.createdAt)}>
            {ago(task.createdAt, now)}
          </time>
        </td>
        <td className="py-1 text-right max-md:ml-auto">
          <div className="flex items-center justify-end gap-1">
            <TaskAction task={task} />
            <IconButton
              label={`Details: ${oneLine(title, 60)}`}
              aria-expanded={isOpen}
              aria-controls={detailsId}
              onClick={() => setWish(!isOpen)}
            >
              <ChevronDown aria-hidden="true" className={`size-4 ${isOpen ? "rotate-180" : ""}`} />
            </IconButton>
          </div>
        </td>
      </tr>
      <tr id={detailsId} hidden={!isOpen} className="max-md:block max-md:[&[hidden]]:hidden">
        <td colSpan={6} className="max-md:block">
          {isOpen && <TaskDetails task={task} />}
        </td>
      </tr>
    </>
  );
}

/** Its active or last run; before the first, the chat that it will have. */
function placeOf({ runId, chatId }: Task) {
  return runId === null
    ? ({ to: "/chats/$chatId", params: { chatId } } as const)
    : ({ to: "/runs/$runId", params: { runId } } as const);
}

/** What it does now, what came of it, or why it failed. */
function TaskLine({ task }: { task: Task }) {
  const { progress } = task;
  return (
    <div className="text-xs text-muted">
      {task.schedule !== null && (
        <span className="mr-2 inline-flex items-center gap-1">
          <CalendarClock aria-hidden="true" className="size-3.5" />
          <Link to="/schedules/$name" params={{ name: task.schedule }} className="hover:underline">
            by its schedule
          </Link>
        </span>
      )}
      {task.status === "in_progress" && progress.current !== null && <span>{oneLine(progress.current, 120)} </span>}
      {task.status === "pending" && task.runAt !== null && <span>due {fullTime(task.runAt)} </span>}
      {task.status === "waiting" && task.dependsOn.length > 0 && (
        <span className="inline-flex flex-wrap gap-x-1.5">
          waits for <Dependencies ids={task.dependsOn} />
        </span>
      )}
      {task.attempts > 1 && <span>run {task.attempts} </span>}
      {progress.total > 0 && (
        <span className="inline-flex items-center gap-1.5 whitespace-nowrap">
          <progress className="bar w-20" max={progress.total} value={progress.done} aria-label="Progress" />
          {progress.done}/{progress.total}
        </span>
      )}
      {task.status === "completed" && task.result !== null && (
        <p className="line-clamp-2 [overflow-wrap:anywhere]">{oneLine(plain(task.result), 300)}</p>
      )}
      {task.error !== null && (
        <p className={`[overflow-wrap:anywhere] ${task.status === "failed" ? "text-bad" : ""}`}>
          {oneLine(task.error, 300)}
        </p>
      )}
    </div>
  );
}

function TaskAction({ task }: { task: Task }) {
  const { http, queries } = useServices();
  const path = `/api/tasks/${encodeURIComponent(task.id)}`;
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: ["tasks"] });
  const cancel = useMutation({
    mutationFn: () => http.send("POST", `${path}/cancel`, {}, stoppedSchema),
    onSettled: refresh,
  });
  const retry = useMutation({
    mutationFn: () => http.send("POST", `${path}/retry`, {}, taskSchema),
    onSettled: refresh,
  });
  const error = cancel.error ?? retry.error;
  const mayRetry = task.status === "failed" || task.status === "cancelled";
  const about = oneLine(task.schedule ?? task.instruction, 60);
  return (
    <>
      {mayRetry ? (
        <Button
          kind="quiet"
          className="px-2 py-1"
          aria-label={`Retry: ${about}`}
          disabled={retry.isPending}
          onClick={() => retry.mutate()}
        >
          <RotateCw aria-hidden="true" className="size-4" />
          Retry
        </Button>
      ) : task.status !== "completed" ? (
        <Button
          kind="quiet"
          className="px-2 py-1"
          aria-label={`Cancel: ${about}`}
          disabled={cancel.isPending}
          onClick={() => cancel.mutate()}
        >
          <OctagonX aria-hidden="true" className="size-4" />
          {cancel.isPending ? "Stopping…" : "Cancel"}
        </Button>
      ) : null}
      {error !== null && (
        <p role="alert" className="text-xs text-bad">
          {error.message}
        </p>
      )}
    </>
  );
}
