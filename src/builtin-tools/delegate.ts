import { z } from "zod";
import { SparkyError } from "../core/errors.ts";
import type { EventBody } from "../core/events.ts";
import type { Tx } from "../store/database/store.ts";
import { childrenOfRun } from "../store/runs/children.ts";
import { lockChat } from "../store/people/access.ts";
import { descendFrom } from "../store/runs/descent.ts";
import { addTaskIn } from "../store/tasks/add.ts";
import { DELEGATE, defineTransactionalTool, type TransactionalContext, WAITS } from "../tools/tool.ts";
import { userWith, viewerOf } from "./viewer.ts";

const MOST_AT_ONCE = 20;
const MAX_INSTRUCTION_BYTES = 65_536;

const taskArgs = z.strictObject({
  instruction: z
    .string()
    .trim()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= MAX_INSTRUCTION_BYTES, { error: "must be at most 64 KB" })
    .describe("all that must be known to do it, and what to report: this conversation is not seen there"),
  tools: z
    .array(z.string().min(1).max(100))
    .max(100)
    .describe("the only tools it gets, by name; a name may end with *. All that you have when left out")
    .optional(),
  model: z.string().min(1).max(200).describe("another model for it; left out: the usual one").optional(),
  limits: z
    .strictObject({
      steps: z.number().int().min(1).max(200).optional(),
      minutes: z.number().positive().max(10_080).optional(),
      costUsd: z.number().positive().optional(),
    })
    .optional(),
});

const delegateArgs = z
  .strictObject({
    tasks: z.array(taskArgs).min(1).max(MOST_AT_ONCE).describe("pieces of work that are done side by side").optional(),
    waitFor: z
      .array(z.string().min(1).max(100))
      .min(1)
      .max(MOST_AT_ONCE)
      .describe("instead of `tasks`: ids of tasks that you delegated before, to wait for their results")
      .optional(),
  })
  .refine(({ tasks, waitFor }) => (tasks === undefined) !== (waitFor === undefined), {
    error: "give either tasks or waitFor",
  });
type DelegateArgs = z.infer<typeof delegateArgs>;

/** Its result is written once all have ended: by whoever looks at the call next, from the rows of the tasks. */
export const delegate = defineTransactionalTool<DelegateArgs, Tx>({
  name: DELEGATE,
  description:
    "Hands pieces of work to others of your kind, who work side by side, each in a chat of its own, and waits for their " +
    "results. Use it for work that falls into independent parts, or that would fill this conversation with what is not " +
    "needed afterwards. Each part is told only its instruction.",
  effect: "write",
  idempotent: false,
  timeoutMs: 30_000,
  args: delegateArgs,
  summary: ({ tasks, waitFor }) =>
    tasks === undefined ? `wait for ${waitFor?.join(", ")}` : tasks.map(({ instruction }) => instruction).join(" · "),
  execute: async ({ tasks, waitFor }, context, tx) => {
    // Calls of one step may run at once: the chat's lock makes them count one after another.
    await lockChat(tx, context.chatId);
    if (tasks !== undefined) for (const [at, task] of tasks.entries()) await add(tx, context, task, at);
    else await waitAgain(tx, context, waitFor ?? []);
    return WAITS;
  },
});

async function add(
  tx: Tx,
  context: TransactionalContext,
  { instruction, tools, model, limits }: z.infer<typeof taskArgs>,
  at: number,
): Promise<void> {
  const { principal, runId, callId, chatId } = context;
  const owner = await viewerOf(tx.db, principal);
  const { descent, author } = await descendFrom(tx, runId, callId);
  const by = author === null ? owner : await userWith(tx.db, author);
  const input = { instruction, limits, model, key: `${callId}:${at}`, metadata: { delegatedByRun: runId } };
  const delegated = { callId, parentChat: chatId, tools };
  const { id } = await addTaskIn(tx, by, input, { from: { descent, owner }, delegated });
  context.emit(childBody(id, callId));
}

/** A call waits for tasks that another one of the same run has delegated: theirs is over, told to go on without them. */
async function waitAgain(tx: Tx, context: TransactionalContext, ids: readonly string[]): Promise<void> {
  const { runId, callId } = context;
  const children = [...(await childrenOfRun(tx.db, runId)).values()].flat();
  for (const id of ids) {
    const found = children.filter((child) => child.id.startsWith(id));
    const [child] = found;
    if (child === undefined || found.length > 1) {
      throw new SparkyError("not_found", `this run has delegated no task ${JSON.stringify(id)}`, {
        hint: "give the whole id, as it was told",
      });
    }
    await tx.db.updateTable("tasks").set({ parent_call: callId, told: 0 }).where("id", "=", child.id).execute();
    context.emit(childBody(child.id, callId));
  }
}

function childBody(taskId: string, callId: string): EventBody {
  return { type: "child", data: { taskId, state: "pending", callId } };
}
