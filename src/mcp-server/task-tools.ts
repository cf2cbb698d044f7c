import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import type { ChatEvent } from "../core/events.ts";
import { piece, shorten } from "../core/text.ts";
import type { EventsPage, List, Stopped, Task } from "../wire/api.ts";
import { query, servedTool, type Api, type Asked, type ServedTool } from "./tool.ts";

/** Work is given to the agent, followed and stopped. */

const id = z.string().min(1).max(100).describe("the task's id");
const RESULT_CHARS = 20_000;
const SHOWN_CHARS = 500;
const ENDED = ["completed", "failed", "cancelled"];
const LOOK_MS = 1000;
const USUAL_WAIT_S = 45;

const taskPath = (task: string, tail = ""): string => `/api/tasks/${encodeURIComponent(task)}${tail}`;

export const taskTools: readonly ServedTool[] = [
  servedTool({
    name: "task_add",
    title: "Add a task",
    description:
      "Gives Sparky a piece of work, which it does by itself, however long that takes. Follow it with task_wait. What Sparky " +
      "wants to ask a person about waits in Sparky's Inbox, not here.",
    args: z.object({
      instruction: z.string().trim().min(1).max(60_000).describe("all that is needed to do it"),
      runAt: z.iso.datetime({ offset: true }).describe("not before this time, with offset or Z").optional(),
      key: z.string().trim().min(1).max(200).describe("a name: asked for twice, it is one task").optional(),
      priority: z.number().int().min(-1000).max(1000).describe("higher comes first; 0 is usual").optional(),
    }),
    changes: "adds",
    call: async (args, { api }) => shown(await api.request<Task>("POST", "/api/tasks", args)),
  }),
  servedTool({
    name: "task_list",
    title: "List tasks",
    description: "The tasks that you may see, the newest first.",
    args: z.object({
      status: z.enum(["pending", "in_progress", "waiting", "completed", "failed", "cancelled"]).optional(),
      search: z.string().max(200).describe("words in the instruction or result").optional(),
      limit: z.number().int().min(1).max(50).default(20),
      cursor: z.string().max(200).describe("`next` of the page before").optional(),
    }),
    changes: "nothing",
    call: async (args, { api }) => {
      const { items, next } = await api.request<List<Task>>("GET", `/api/tasks${query(args)}`);
      return { items: items.map((task) => brief(task)), next };
    },
  }),
  servedTool({
    name: "task_get",
    title: "Read a task",
    description:
      "A task with its state and its result; a long result comes in parts: `next` is the `offset` of the following.",
    args: z.object({
      id,
      offset: z.number().int().min(0).default(0).describe("characters of the result to pass over"),
    }),
    changes: "nothing",
    call: async (args, { api }) => whole(api, await api.request<Task>("GET", taskPath(args.id)), args.offset),
  }),
  servedTool({
    name: "task_wait",
    title: "Wait for a task",
    description:
      "Waits until a task has ended, or waits for a person; answers as task_get does. If it is still at work when the time is " +
      "over, wait again.",
    args: z.object({ id, seconds: z.number().int().min(1).max(300).default(USUAL_WAIT_S) }),
    changes: "nothing",
    call: async ({ id: task, seconds }, asked) => whole(asked.api, await waited(task, seconds, asked)),
  }),
  servedTool({
    name: "task_log",
    title: "Follow a task",
    description:
      "What happened in a task, step by step, the oldest first. `next` is the `after` of the following page.",
    args: z.object({
      id,
      after: z.number().int().min(0).default(0),
      limit: z.number().int().min(1).max(200).default(50),
    }),
    changes: "nothing",
    call: async ({ id: task, after, limit }, { api }) => log(api, task, after, limit),
  }),
  servedTool({
    name: "task_stop",
    title: "Stop a task",
    description: "Cancels a task; what it works on is stopped within two seconds.",
    args: z.object({ id }),
    changes: "ends",
    call: async (args, { api }) => {
      await api.request<Stopped>("POST", taskPath(args.id, "/cancel"));
      return shown(await api.request<Task>("GET", taskPath(args.id)));
    },
  }),
];

function brief({ id: task, status, instruction, result, error, schedule, createdAt, finishedAt }: Task) {
  const short = (text: string | null): string | null => (text === null ? null : shorten(text, SHOWN_CHARS));
  const texts = { instruction: shorten(instruction, SHOWN_CHARS), result: short(result), error: short(error) };
  return { id: task, status, ...texts, schedule, createdAt, finishedAt };
}

/** A task's row holds the beginning of a long result: the whole is what the agent said last. */
async function whole(api: Api, task: Task, offset = 0): Promise<object> {
  const { result } = task;
  if (result?.endsWith("…") !== true) return shown(task, offset);
  const { events } = await api.request<EventsPage>(
    "GET",
    `/api/chats/${task.chatId}/events${query({ type: "message" })}`,
  );
  const last = events.findLast(
    ({ type, data, taskId }) => taskId === task.id && type === "message" && data.text.startsWith(result.slice(0, -1)),
  );
  return shown(last?.type === "message" ? { ...task, result: last.data.text } : task, offset);
}

function shown(task: Task, offset = 0): object {
  const { chatId, progress, startedAt, attempts } = task;
  const part = task.result === null ? null : piece(task.result, offset, offset + RESULT_CHARS);
  const end = offset + (part?.length ?? 0);
  const next = task.result !== null && end < task.result.length ? end : null;
  return { ...brief(task), result: part, next, chatId, attempts, startedAt, progress };
}

/** Looked at again and again: also across a restart of the server, and without anything that is kept open for it. */
async function waited(task: string, seconds: number, { api, signal, progress }: Asked): Promise<Task> {
  const until = performance.now() + seconds * 1000;
  for (let before = "", told = 0; ;) {
    signal.throwIfAborted();
    const now = await api.request<Task>("GET", taskPath(task));
    const left = until - performance.now();
    if (ENDED.includes(now.status) || now.status === "waiting" || left <= 0) return now;
    const message = now.progress.current ?? now.status;
    if (message !== before) await progress(++told, message);
    before = message;
    await wait(Math.min(LOOK_MS, left), undefined, { signal });
  }
}

async function log(api: Api, task: string, after: number, limit: number): Promise<object> {
  const { chatId } = await api.request<Task>("GET", taskPath(task));
  const page = await api.request<EventsPage>("GET", `/api/chats/${chatId}/events${query({ after, limit })}`);
  const items = page.events.filter((event) => event.taskId === task).flatMap((event) => line(event) ?? []);
  const last = page.events.at(-1);
  return { items, next: last === undefined || last.seq >= page.last ? null : last.seq };
}

function line(event: ChatEvent): { seq: number; at: string; what: string; text: string } | null {
  const told = (what: string, text: string) => ({
    seq: event.seq,
    at: event.at,
    what,
    text: shorten(text, SHOWN_CHARS),
  });
  switch (event.type) {
    case "message":
      return told("message", event.data.text);
    case "thought":
      return told(event.data.said ? "message" : "thought", event.data.text);
    case "tool_use":
      return told("call", `${event.data.name} ${JSON.stringify(event.data.args)}`);
    case "tool_result":
      return told(event.data.ok ? "result" : "failure", event.data.error ?? JSON.stringify(event.data.result ?? null));
    case "status":
      return told("status", event.data.message);
    case "error":
      return told("error", event.data.message);
    default:
      return null;
  }
}
