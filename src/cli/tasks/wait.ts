import type { ChatEvent } from "../../core/events.ts";
import type { Task } from "../../wire/api.ts";
import type { ProgressFrame } from "../../wire/frames.ts";
import type { Context } from "../command/context.ts";
import { Failure, notRunning } from "../console/failure.ts";
import { followTask } from "../command/follow.ts";
import { taskId } from "../command/ids.ts";
import { untilInterrupted } from "../console/interrupt.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { createLogPrinter } from "../command/log-lines.ts";
import type { Output } from "../console/output.ts";
import { hasEnded } from "../console/status-words.ts";
import { clean, shortId } from "../console/text.ts";

export type WaitOptions = { timeout?: number };

export async function waitForTask(context: Context, args: readonly string[], options: WaitOptions): Promise<ExitCode> {
  const client = await context.client("any");
  const task = await client.request<Task>("GET", `/api/tasks/${await taskId(client, args[0] ?? "")}`);
  return awaitTask(context, task, options.timeout ?? null);
}

/** Shows what happens on stderr and the result on stdout; the exit code says how the task ended. */
export async function awaitTask(context: Context, task: Task, timeoutSeconds: number | null): Promise<ExitCode> {
  const { io, out } = context;
  const client = await context.client("any");
  if (hasEnded(task.status)) return showEnd(context, task);
  if (client.endpoint === null) throw notRunning("the task has not ended, and no server runs that could go on with it");
  const printer = createLogPrinter(out, io.stderr.columns, "notes");
  const ticking = setInterval(() => printer.tick(io.now()), 1000);
  const timeout = new AbortController();
  const timer =
    timeoutSeconds === null
      ? undefined
      : setTimeout(() => timeout.abort(), Math.min(timeoutSeconds * 1000, 2 ** 31 - 1));
  try {
    const done = await untilInterrupted(io, async (interrupted) => {
      const signal = AbortSignal.any([interrupted, timeout.signal]);
      const progressed = (progress: ProgressFrame): void => printer.progress(progress);
      for await (const event of followTask(context, task, signal, progressed))
        if (!isResult(out, event)) printer.event(event);
      return true;
    });
    if (done === null) {
      out.note(`The task goes on. Stop it: sparky agent tasks cancel ${shortId(task.id)}`);
      return EXIT.interrupted;
    }
  } finally {
    clearInterval(ticking);
    clearTimeout(timer);
    out.progress(null);
  }
  const end = await client.request<Task>("GET", `/api/tasks/${task.id}`);
  if (hasEnded(end.status)) return showEnd(context, end);
  throw new Failure(
    EXIT.timedOut,
    "timed_out",
    `the task has not ended within ${timeoutSeconds} s; it goes on`,
    `sparky agent tasks logs -f ${shortId(task.id)}`,
  );
}

/** On a terminal the agent's answer is not shown twice: the result follows on stdout. */
function isResult(out: Output, event: ChatEvent): boolean {
  return out.terminal && event.type === "message" && event.data.role === "assistant" && !event.data.partial;
}

function showEnd({ out }: Context, task: Task): ExitCode {
  if (out.json) out.document(task);
  else if (task.status === "completed") out.print(clean(task.result ?? ""));
  if (task.status === "completed") return EXIT.ok;
  const why = task.error === null ? "" : `: ${task.error}`;
  out.failure(
    new Failure(
      EXIT.workFailed,
      task.status,
      `the task ${task.status === "failed" ? "failed" : "was cancelled"}${why}`,
      `sparky agent tasks logs ${shortId(task.id)}`,
    ),
  );
  return EXIT.workFailed;
}
