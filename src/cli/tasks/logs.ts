import type { ChatEvent } from "../../core/events.ts";
import type { Task } from "../../wire/api.ts";
import type { ProgressFrame } from "../../wire/frames.ts";
import { chatLog } from "../chats/log.ts";
import type { Context } from "../command/context.ts";
import { notRunning } from "../console/failure.ts";
import { followTask } from "../command/follow.ts";
import { taskId } from "../command/ids.ts";
import { untilInterrupted } from "../console/interrupt.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { createLogPrinter } from "../command/log-lines.ts";
import { hasEnded } from "../console/status-words.ts";
import { shortId } from "../console/text.ts";

export type LogsOptions = { follow?: true };

const TICK_MS = 1000;

export async function showLogs(context: Context, args: readonly string[], options: LogsOptions): Promise<ExitCode> {
  const { io, out } = context;
  const client = await context.client("any");
  const task = await client.request<Task>("GET", `/api/tasks/${await taskId(client, args[0] ?? "")}`);
  const printer = createLogPrinter(out, io.stdout.columns, "data");
  const show = (event: ChatEvent): void => (out.json ? out.document(event) : printer.event(event));
  if (!options.follow || hasEnded(task.status)) {
    for await (const event of chatLog(client, task.chatId)) if (event.taskId === task.id) show(event);
    if (!out.json && !hasEnded(task.status)) printer.open(io.now());
    return EXIT.ok;
  }
  if (client.endpoint === null) throw notRunning("the task has not ended, and no server runs that could go on with it");
  const ticking = setInterval(() => printer.tick(io.now()), TICK_MS);
  try {
    const done = await untilInterrupted(io, async (signal) => {
      const progressed = (progress: ProgressFrame): void => printer.progress(progress);
      for await (const event of followTask(context, task, signal, progressed)) show(event);
      return true;
    });
    if (done !== null) return EXIT.ok;
    out.note(`The task goes on. Stop it: sparky agent tasks cancel ${shortId(task.id)}`);
    return EXIT.interrupted;
  } finally {
    clearInterval(ticking);
  }
}
