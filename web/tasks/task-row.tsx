import { Link } from "@tanstack/react-router";
import { CalendarClock, PanelRight } from "lucide-react";
import type { ComponentProps } from "react";
import type { Task } from "../../src/wire/api.ts";
import { shownTask } from "../../src/wire/state-words.ts";
import { IconButton } from "../ui/button.tsx";
import { ago, duration, fullTime, oneLine, plain } from "../ui/format.ts";
import { StateMark } from "../ui/state.tsx";
import { Worked } from "../ui/worked.tsx";
import { TaskAction } from "./task-actions.tsx";
import { Dependencies } from "./task-details.tsx";
import { WORDS } from "../words/tasks.tsx";

interface Props {
  readonly task: Task;
  readonly now: number;
  /** What makes its checkbox one of the list. */
  readonly box: ComponentProps<"input">;
  /** Its details are shown beside the list. */
  readonly isOpen: boolean;
  readonly onOpen: () => void;
  /** What hides the times where there is no room for them. */
  readonly narrow: string;
}

/** One line of the table; on a phone a card. */
export function TaskRow({ task, now, box, isOpen, onOpen, narrow }: Props) {
  const isOver = task.finishedAt !== null;
  const startedOrNow = task.startedAt === null ? now : Date.parse(task.startedAt);
  const readyAt = Math.max(Date.parse(task.createdAt), task.runAt === null ? 0 : Date.parse(task.runAt));
  const title = task.schedule ?? oneLine(task.instruction, 200);
  return (
    <tr
      data-task-id={task.id}
      data-task-status={task.status}
      className={`border-t border-line max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:py-1 max-md:before:-order-1 max-md:before:w-full ${
        isOpen ? "bg-accent-soft" : "hover:bg-panel"
      }`}
    >
      <td className="py-1 pr-1 max-md:-ml-3.5 max-md:py-0">
        <label className="tap inline-flex items-center justify-center select-none">
          <span className="sr-only">{WORDS.choose(oneLine(title, 60))}</span>
          <input {...box} className="size-4 accent-accent" />
        </label>
      </td>
      <td className="py-1 pr-3 max-md:py-0">
        <StateMark state={shownTask(task)} />
      </td>
      <td className="min-w-0 py-1 pr-3 max-md:-order-2 max-md:w-0 max-md:grow max-md:py-0.5 max-md:pr-0 md:max-w-0">
        <div className="flex min-w-0 items-center gap-2 max-md:flex-wrap">
          <Link
            {...placeOf(task)}
            dir="auto"
            className="min-w-0 font-medium hover:underline max-md:w-full max-md:[overflow-wrap:anywhere] md:max-w-[65%] md:shrink-0 md:truncate"
            title={oneLine(task.instruction, 500)}
          >
            {title}
          </Link>
          <TaskLine task={task} />
        </div>
      </td>
      <td className={`py-1 pr-3 text-muted tabular-nums max-lg:hidden ${narrow}`}>
        {(isOver && task.startedAt === null) || startedOrNow < readyAt ? "–" : duration(startedOrNow - readyAt)}
      </td>
      <td className={`py-1 pr-3 text-muted tabular-nums max-md:py-0 ${narrow}`}>
        {task.startedAt === null ? <span className="max-md:hidden">–</span> : <Worked run={task} />}
      </td>
      <td className={`py-1 pr-3 whitespace-nowrap text-muted max-md:py-0 ${narrow}`}>
        <time dateTime={task.createdAt} title={fullTime(task.createdAt)}>
          {ago(task.createdAt, now)}
        </time>
      </td>
      <td className="py-0.5 text-right max-md:-order-2 max-md:-mr-2 max-md:py-0">
        <div className="flex items-center justify-end gap-1 max-md:gap-0">
          <TaskAction task={task} isBrief />
          <IconButton label={WORDS.details(oneLine(title, 60))} aria-pressed={isOpen} onClick={onOpen}>
            <PanelRight aria-hidden="true" className="size-4" />
          </IconButton>
        </div>
      </td>
    </tr>
  );
}

/** Its active or last run; before the first, the chat that it will have. */
export function placeOf({ runId, chatId }: Task) {
  return runId === null
    ? ({ to: "/chats/$chatId", params: { chatId } } as const)
    : ({ to: "/runs/$runId", params: { runId } } as const);
}

/** Where it comes from, and what it does now or waits for, what came of it, or why it failed. */
function TaskLine({ task }: { task: Task }) {
  const { progress } = task;
  const said = saidOf(task);
  return (
    <span className="flex min-w-0 flex-1 items-center gap-2 text-xs text-muted max-md:basis-full">
      {task.schedule !== null && (
        <Link
          to="/schedules/$name"
          params={{ name: task.schedule }}
          className="inline-flex shrink-0 items-center gap-1 hover:underline"
        >
          <CalendarClock aria-hidden="true" className="size-3.5" />
          {WORDS.bySchedule}
        </Link>
      )}
      {progress.total > 0 && (
        <span className="inline-flex shrink-0 items-center gap-1.5 whitespace-nowrap">
          <progress className="bar w-16" max={progress.total} value={progress.done} aria-label={WORDS.progress} />
          {progress.done}/{progress.total}
        </span>
      )}
      {task.attempts > 1 && <span className="shrink-0">{WORDS.run(task.attempts)}</span>}
      {task.status === "waiting" && task.dependsOn.length > 0 && said === "" ? (
        <span className="inline-flex min-w-0 gap-x-1.5 overflow-hidden whitespace-nowrap">
          {WORDS.waitsFor(<Dependencies ids={task.dependsOn} />)}
        </span>
      ) : (
        <span className={`min-w-0 truncate ${LOOKS[task.status] ?? ""}`} title={said}>
          {said}
        </span>
      )}
    </span>
  );
}

/** When what waits goes on stands at the end: on a phone there is room for it. */
const LOOKS: { readonly [status in Task["status"]]?: string } = {
  failed: "text-bad",
  waiting: "max-md:whitespace-normal",
  pending: "max-md:whitespace-normal",
};

function saidOf(task: Task): string {
  if (task.progress.current !== null) return oneLine(task.progress.current, 300);
  if (task.status === "pending" && task.runAt !== null) return WORDS.due(fullTime(task.runAt));
  if (task.error !== null) return oneLine(task.error, 300);
  if (task.flaws !== null) return oneLine(task.flaws, 300);
  return task.status === "completed" && task.result !== null ? oneLine(plain(task.result), 300) : "";
}
