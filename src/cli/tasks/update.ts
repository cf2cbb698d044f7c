import type { Task, TaskPatch } from "../../wire/api.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "../command/context.ts";
import { chosenEffort, chosenModel, type EffortWord } from "../command/model.ts";
import { usage } from "../console/failure.ts";
import { taskId } from "../command/ids.ts";
import { limitsOf, metadataOf, type LimitOptions } from "./options.ts";
import { cut } from "../console/columns.ts";
import { ago, oneLine, shortId } from "../console/text.ts";

export type UpdateOptions = LimitOptions & {
  instruction?: string;
  priority?: number;
  /** ISO 8601, or `now`. */
  at?: string;
  after?: readonly string[];
  metadata?: readonly string[];
  model?: string;
  effort?: EffortWord;
};

/** Changes what was said, and nothing else: other limits and notes stay as they are. */
export async function updateTask(context: Context, args: readonly string[], options: UpdateOptions): Promise<void> {
  const { out, io } = context;
  if (options.instruction?.trim() === "") throw usage("the instruction is empty");
  if (isEmpty(options)) throw usage("say what to change", `sparky agent tasks update ${args[0] ?? ""} --priority 10`);
  const client = await context.client("any");
  const id = await taskId(client, args[0] ?? "");
  const task = await client.request<Task>("PATCH", `/api/tasks/${id}`, await patchOf(client, id, options));
  if (out.json) return out.document(task);
  if (!out.terminal) return out.print(`${task.id}\t${task.status}`);
  const due = task.runAt === null ? "" : `  due ${ago(task.runAt, io.now())}`;
  out.print(`Changed  ${shortId(task.id)}  ${cut(oneLine(task.instruction), 60)}${due}`);
}

function isEmpty(options: UpdateOptions): boolean {
  const { instruction, priority, at, after, metadata, model, effort } = options;
  const said = [instruction, priority, at, after, metadata, model, effort, ...Object.values(limitsOf(options))];
  return said.every((value) => value === undefined);
}

async function patchOf(client: Client, id: string, options: UpdateOptions): Promise<TaskPatch> {
  const { instruction, priority, at, after, model, effort } = options;
  const limits = limitsOf(options);
  const metadata = metadataOf(options.metadata ?? []);
  const adds = Object.keys(limits).length > 0 || options.metadata !== undefined;
  const before = adds ? await client.request<Task>("GET", `/api/tasks/${id}`) : null;
  return {
    ...(instruction !== undefined && { instruction }),
    ...(priority !== undefined && { priority }),
    ...(at !== undefined && { runAt: at === "now" ? null : at }),
    ...(after !== undefined && { dependsOn: await Promise.all(after.map((each) => taskId(client, each))) }),
    ...(model !== undefined && { model: chosenModel(model) }),
    ...(effort !== undefined && { effort: chosenEffort(effort) }),
    ...(Object.keys(limits).length > 0 && { limits: { ...before?.limits, ...limits } }),
    ...(options.metadata !== undefined && { metadata: { ...before?.metadata, ...metadata } }),
  };
}
