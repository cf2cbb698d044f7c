import type { Stopped, Task } from "../../wire/api.ts";
import { taskWord } from "../../wire/state-words.ts";
import { confirmed } from "../command/confirm.ts";
import type { Context } from "../command/context.ts";
import { taskId } from "../command/ids.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { hasEnded } from "../console/status-words.ts";
import { cut } from "../console/columns.ts";
import { oneLine, shortId } from "../console/text.ts";

export type DeleteOptions = { yes?: true };

/** A run that works is given this long to end, so that the answer can say how it ended. */
const END_MS = 3000;

export async function cancelTask(context: Context, args: readonly string[]): Promise<void> {
  const { io, out } = context;
  const client = await context.client("any");
  const id = await taskId(client, args[0] ?? "");
  await client.request<Stopped>("POST", `/api/tasks/${id}/cancel`);
  const deadline = io.now() + END_MS;
  let task = await client.request<Task>("GET", `/api/tasks/${id}`);
  while (!hasEnded(task.status) && client.endpoint !== null && io.now() < deadline) {
    await io.sleep(50);
    task = await client.request<Task>("GET", `/api/tasks/${id}`);
  }
  show(context, task, hasEnded(task.status) ? taskWord(task) : "stopping");
  if (!hasEnded(task.status)) out.note(`  it is still stopping: sparky agent tasks get ${shortId(id)}`);
}

export interface RetryOptions {
  readonly model?: string;
}

export async function retryTask(context: Context, args: readonly string[], { model }: RetryOptions): Promise<void> {
  const client = await context.client("any");
  const id = await taskId(client, args[0] ?? "");
  const body = model === undefined ? {} : { model };
  const task = await client.request<Task>("POST", `/api/tasks/${id}/retry`, body);
  show(context, task, "queued");
  if (context.out.terminal) context.out.note(`  follow it: sparky agent tasks logs -f ${shortId(id)}`);
}

export async function deleteTask(context: Context, args: readonly string[], options: DeleteOptions): Promise<ExitCode> {
  const { out } = context;
  const client = await context.client("any");
  const id = await taskId(client, args[0] ?? "");
  const task = await client.request<Task>("GET", `/api/tasks/${id}`);
  const what = `${shortId(id)} (${taskWord(task)}) ${cut(oneLine(task.instruction), 60)}`;
  const question = `Delete the task ${what}?`;
  const line = `sparky agent tasks delete ${shortId(id)} --yes`;
  if (!(await confirmed(context, { yes: options.yes, question, act: "deleting", line }))) return EXIT.error;
  await client.request<unknown>("DELETE", `/api/tasks/${id}`);
  if (out.json) out.document({ id, deleted: true });
  else out.print(out.terminal ? `Deleted  ${shortId(id)}  ${cut(oneLine(task.instruction), 60)}` : id);
  return EXIT.ok;
}

function show({ out }: Context, task: Task, word: string): void {
  if (out.json) out.document(task);
  else if (!out.terminal) out.print(`${task.id}\t${task.status}`);
  else
    out.print(`${word[0]?.toUpperCase()}${word.slice(1)}  ${shortId(task.id)}  ${cut(oneLine(task.instruction), 60)}`);
}
