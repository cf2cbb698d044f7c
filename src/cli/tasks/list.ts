import { workedUntil } from "../../core/run-state.ts";
import type { List, Task, TreeTask } from "../../wire/api.ts";
import { taskWord } from "../../wire/state-words.ts";
import type { Context } from "../command/context.ts";
import { chatId, taskId } from "../command/ids.ts";
import { cut } from "../console/columns.ts";
import type { Output } from "../console/output.ts";
import { statusWord } from "../console/status-words.ts";
import { spanOf, type SpanOptions } from "./options.ts";
import { ago, clean, duration, oneLine, shortId } from "../console/text.ts";

export type ListOptions = SpanOptions & {
  status?: string;
  limit?: number;
  schedule?: string;
  chat?: string;
  search?: string;
  cursor?: string;
};

export async function listTasks(context: Context, _args: readonly string[], options: ListOptions): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const query = new URLSearchParams({ limit: String(options.limit ?? 20) });
  if (out.json) query.set("total", "true");
  if (options.status !== undefined) query.set("status", options.status);
  if (options.schedule !== undefined) query.set("schedule", options.schedule);
  if (options.search !== undefined) query.set("search", options.search);
  if (options.cursor !== undefined) query.set("cursor", options.cursor);
  if (options.chat !== undefined) query.set("chatId", await chatId(client, options.chat));
  for (const [name, at] of Object.entries(spanOf(options, io.now()))) query.set(name, at);
  const list = await client.request<List<Task>>("GET", `/api/tasks?${query}`);
  if (out.json) return out.document(list);
  if (list.items.length === 0) {
    const { status, schedule, chat, search, since, before } = options;
    const all = [status, schedule, chat, search, since, before].every((filter) => filter === undefined);
    out.note(all ? 'No tasks. Add one: sparky agent tasks add "…"' : "No such tasks.");
    return;
  }
  out.table(
    [
      { title: "ID" },
      { title: "STATUS" },
      { title: "TASK", max: 40 },
      { title: "FROM", max: 20 },
      { title: "WAIT" },
      { title: "TOOK" },
      { title: "WHEN" },
      { title: "WHY" },
    ],
    list.items.map((task) => row(out, task, io.now())),
  );
  if (list.next !== null && out.terminal) out.note("There are more: --limit, or --cursor with the `next` of --json");
}

function row(out: Output, task: Task, now: number): string[] {
  const readyAt = Math.max(Date.parse(task.createdAt), Date.parse(task.runAt ?? task.createdAt));
  const wait = task.startedAt === null ? null : Date.parse(task.startedAt) - readyAt;
  const took = task.startedAt === null ? null : workedUntil(now, task);
  const when = task.finishedAt ?? task.startedAt ?? task.runAt ?? task.createdAt;
  const time = (ms: number | null): string =>
    ms === null ? "" : out.terminal ? duration(Math.max(ms, 0)) : (Math.max(ms, 0) / 1000).toFixed(3);
  return [
    out.terminal ? shortId(task.id) : task.id,
    out.terminal ? taskWord(task) : task.status,
    task.instruction,
    task.schedule ?? "",
    time(wait),
    time(took),
    out.terminal ? ago(when, now) : when,
    task.error ?? task.progress.current ?? task.flaws ?? "",
  ];
}

export async function showTask(
  context: Context,
  args: readonly string[],
  options: { readonly tree?: true } = {},
): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const task = await client.request<Task>("GET", `/api/tasks/${await taskId(client, args[0] ?? "")}`);
  const tree = options.tree ? (await client.request<List<TreeTask>>("GET", `/api/tasks/${task.id}/tree`)).items : null;
  if (out.json) return out.document(tree === null ? task : { ...task, tree });
  const time = (iso: string): string => (out.terminal ? `${iso}  (${ago(iso, io.now())})` : iso);
  const { done, total, step, current } = task.progress;
  const isAtWork = task.status === "in_progress";
  const fields: readonly (readonly [string, string | null])[] = [
    ["id", task.id],
    ["status", out.terminal ? statusWord(out, task) : task.status],
    ["task", task.instruction],
    ["chat", task.chatId],
    ["schedule", task.schedule],
    ["priority", task.priority === 0 ? null : String(task.priority)],
    ["key", task.key],
    ["after", task.dependsOn.join(" ") || null],
    ["due", task.runAt === null ? null : time(task.runAt)],
    ["model", task.model],
    ["effort", task.effort],
    ["limits", Object.keys(task.limits).length === 0 ? null : JSON.stringify(task.limits)],
    ["metadata", Object.keys(task.metadata).length === 0 ? null : JSON.stringify(task.metadata)],
    ["attempts", String(task.attempts)],
    ["plan", total === 0 ? null : `${done} of ${total} done`],
    ["now", current !== null && isAtWork ? `step ${step}: ${current}` : null],
    ["why", isAtWork ? null : current],
    ["created", time(task.createdAt)],
    ["started", task.startedAt === null ? null : time(task.startedAt)],
    ["worked", task.startedAt === null || !out.terminal ? null : duration(workedUntil(io.now(), task))],
    ["finished", task.finishedAt === null ? null : time(task.finishedAt)],
    ["error", task.error],
    ["flaws", task.flaws],
    ["result", task.result],
  ];
  for (const [name, value] of fields) {
    if (value !== null) out.print(out.terminal ? field(out, name, value) : `${name}\t${oneLine(value)}`);
  }
  for (const child of tree ?? []) out.print(treeLine(out, child));
}

function treeLine(out: Output, child: TreeTask): string {
  const { id, depth, status, instruction, error } = child;
  if (!out.terminal) return ["child", String(depth), id, status, oneLine(instruction), oneLine(error ?? "")].join("\t");
  const why = error === null ? "" : `  ${oneLine(error)}`;
  return `${"  ".repeat(depth)}└ ${shortId(id)}  ${statusWord(out, child)}  ${cut(oneLine(instruction), 50)}${why}`;
}

function field(out: Output, name: string, value: string): string {
  const text =
    name === "status"
      ? value
      : clean(value)
          .trimEnd()
          .split("\n")
          .join(`\n${" ".repeat(10)}`);
  return `${out.paint.dim(name.padEnd(8))}  ${text}`;
}
