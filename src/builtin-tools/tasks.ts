import { z } from "zod";
import { SparkyError } from "../core/errors.ts";
import { isEnded } from "../core/run-state.ts";
import { piece, shorten } from "../core/text.ts";
import { lockChat, taskFor } from "../store/people/access.ts";
import type { Store, Tx } from "../store/database/store.ts";
import { descendFrom } from "../store/runs/descent.ts";
import { addTaskIn } from "../store/tasks/add.ts";
import { readEvents } from "../store/log/events.ts";
import type { User } from "../store/people/user.ts";
import { getTask, listTasks, type Task } from "../store/tasks/read.ts";
import type { Db } from "../store/database/sql.ts";
import { defineTool, defineTransactionalTool, type Tool } from "../tools/tool.ts";
import { delegate } from "./delegate.ts";
import { userWith, viewerOf } from "./viewer.ts";

/** The agent's tools for its own work. Each acts for its run's owner: it adds that user's tasks and sees what the user sees. */
export function taskTools(store: Store): readonly Tool<Tx>[] {
  return [taskAdd, taskList(store), taskStatus(store), delegate];
}

/** No run floods the queue: neither by mistake nor because something it read told it to. */
const MAX_ADDED_BY_RUN = 20;
const MAX_INSTRUCTION_BYTES = 65_536;

const addArgs = z.strictObject({
  instruction: z
    .string()
    .trim()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= MAX_INSTRUCTION_BYTES, { error: "must be at most 64 KB" })
    .describe("all that the agent must know to do it: it will not see this conversation"),
  priority: z.number().int().min(-1000).max(1000).describe("higher comes first; 0 is usual").optional(),
  runAt: z.iso
    .datetime({ offset: true, error: "must be a time with its offset, such as 2030-01-15T09:00:00+01:00" })
    .describe("not before this time, with offset or Z")
    .optional(),
  dependsOn: z.array(z.string().min(1).max(100)).max(100).describe("ids of tasks that must be done first").optional(),
  key: z.string().trim().min(1).max(200).describe("a name: asked for twice, it is one task").optional(),
});

const taskAdd = defineTransactionalTool<z.infer<typeof addArgs>, Tx>({
  name: "task_add",
  description:
    "Queues a task: work that the agent does later, by itself, in a chat of its own. Use it for work that is asked " +
    "for later, or that is better done apart from this conversation.",
  effect: "write",
  idempotent: false,
  timeoutMs: 30_000,
  args: addArgs,
  summary: ({ instruction }) => instruction,
  execute: async (args, { principal, chatId, runId, callId }, tx) => {
    const viewer = await viewerOf(tx.db, principal);
    // Calls of one step may run at once: the chat's lock makes them count one after another.
    await lockChat(tx, chatId);
    if ((await addedBy(tx.db, runId)) >= MAX_ADDED_BY_RUN) {
      throw new SparkyError("rate_limited", `a run may add ${MAX_ADDED_BY_RUN} tasks, and this one has`, {
        hint: "put the rest into one task's instruction",
      });
    }
    const { descent, author } = await descendFrom(tx, runId, callId);
    const by = author === null ? viewer : await userWith(tx.db, author);
    const input = { ...args, metadata: { addedByRun: runId } };
    const { id, created } = await addTaskIn(tx, by, input, { from: { descent, owner: viewer } });
    const task = await taskFor(tx.db, viewer, "see", id);
    return { id, created, status: task.status, chatId: task.chat_id };
  },
});

async function addedBy(db: Db, runId: string): Promise<number> {
  const { count } = await db
    .selectFrom("tasks")
    .select((eb) => eb.fn.countAll<number>().as("count"))
    .where("parent_run", "=", runId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

const SHOWN_TEXT = 300;

function taskList(store: Store): Tool<Tx> {
  return defineTool({
    name: "task_list",
    description:
      "Lists the tasks that the owner may see, the newest first: what is queued, in progress, done or failed.",
    effect: "read",
    idempotent: true,
    timeoutMs: 30_000,
    args: z.strictObject({
      status: z.enum(["pending", "in_progress", "waiting", "completed", "failed", "cancelled"]).optional(),
      search: z.string().max(200).describe("words in the instruction or result").optional(),
      limit: z.number().int().min(1).max(50).default(20),
      cursor: z.string().max(200).describe("`next` of the page before").optional(),
    }),
    summary: ({ status, search }) => [status, search && `"${search}"`].filter(Boolean).join(" "),
    execute: async (args, { principal }) => {
      const page = await listTasks(store, await viewerOf(store.db, principal), args);
      const { items, ...rest } = page;
      return { items: items.map(rowOf), ...rest };
    },
  });
}

const idArg = z.string().min(1).max(100).describe("the task's whole id");
/** So much of a result is given at a time. */
const RESULT_PIECE = 16_000;

function taskStatus(store: Store): Tool<Tx> {
  return defineTool({
    name: "task_status",
    description: "Tells of one task: its status, its plan, and its whole result, in pieces where it is long.",
    effect: "read",
    idempotent: true,
    timeoutMs: 30_000,
    args: z.strictObject({
      id: idArg,
      from: z.number().int().min(0).default(0).describe("where to read on in the result: `next` of the answer before"),
    }),
    summary: ({ id }) => id,
    execute: async ({ id, from }, { principal }) => {
      const task = await getTask(store, await viewerOf(store.db, principal), id);
      const whole = task.result === null ? null : await finalWords(store.db, task);
      const { instruction: _, result: __, ...row } = rowOf(task);
      if (whole === null) return { ...row, progress: task.progress };
      const result = piece(whole, from, from + RESULT_PIECE);
      const next = from + RESULT_PIECE < whole.length ? { next: from + RESULT_PIECE, length: whole.length } : {};
      return { ...row, result, ...next };
    },
  });
}

/** The words that a run has ended with, whole: a task's row holds only their beginning. */
async function finalWords(db: Db, { chatId, runId, result }: Task): Promise<string> {
  if (result === null || runId === null || !result.endsWith("…")) return result ?? "";
  const said = (await readEvents(db, chatId, { types: ["message"] })).flatMap((event) =>
    event.type === "message" && event.runId === runId && event.data.role === "assistant" && !event.data.partial
      ? [event]
      : [],
  );
  const last = said.at(-1)?.step;
  const words = said.filter((event) => event.step === last).map((event) => event.data.text);
  return words.length === 0 ? result : words.join("\n\n");
}

/** `cancel` stops a task as its author's command does. */
export function taskCancel(store: Store, cancel: (viewer: User, taskId: string) => Promise<unknown>): Tool<Tx> {
  return defineTool({
    name: "task_cancel",
    description: "Stops a task of the owner, and what it has delegated. What it has done stays done.",
    effect: "write",
    idempotent: true,
    timeoutMs: 30_000,
    args: z.strictObject({ id: idArg }),
    summary: ({ id }) => id,
    execute: async ({ id }, { principal, taskId }) => {
      if (id === taskId) throw new SparkyError("conflict", "that is this task itself: end it by saying so");
      const viewer = await viewerOf(store.db, principal);
      // After a crash it may be asked for once more.
      if (!isEnded((await getTask(store, viewer, id)).status)) await cancel(viewer, id);
      const { status } = await getTask(store, viewer, id);
      return { id, status: isEnded(status) ? status : "stopping" };
    },
  });
}

function rowOf(task: Task) {
  const { id, status, priority, runAt, schedule, createdAt, startedAt, finishedAt, attempts, chatId } = task;
  const [instruction, result, error] = [task.instruction, task.result, task.error].map((each) =>
    each === null ? null : shorten(each, SHOWN_TEXT),
  );
  const text = { instruction: instruction ?? "", result: result ?? null, error: error ?? null };
  return { id, status, ...text, priority, attempts, runAt, schedule, chatId, createdAt, startedAt, finishedAt };
}
