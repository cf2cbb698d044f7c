import type { NewTask, Task } from "../../wire/api.ts";
import { uploadFiles } from "../command/files.ts";
import { warnWithoutLoop } from "../command/agent-loop.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "../command/context.ts";
import { chosenEffort, chosenModel, type EffortWord } from "../command/model.ts";
import { checkWords, wordsFrom, type PromptOptions } from "../command/prompt-words.ts";
import { chatId, taskId } from "../command/ids.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { limitsOf, metadataOf, type LimitOptions } from "./options.ts";
import { cut } from "../console/columns.ts";
import { ago, oneLine, shortId } from "../console/text.ts";

export type AddOptions = LimitOptions &
  PromptOptions & {
    chat?: string;
    metadata?: readonly string[];
    after?: readonly string[];
    at?: string;
    priority?: number;
    key?: string;
    model?: string;
    effort?: EffortWord;
    file?: readonly string[];
    wait?: true;
  };

export async function addTask(context: Context, args: readonly string[], options: AddOptions): Promise<ExitCode> {
  const { out, io } = context;
  checkWords(args[0], options, "instruction", "sparky agent tasks add");
  const client = await context.client(options.wait ? "server" : "any");
  const instruction = await wordsFrom(client, args[0], options);
  const attachments = await uploadFiles(client, out, options.file);
  const body = { ...(await newTask(client, instruction, options)), ...(attachments.length > 0 && { attachments }) };
  const [task] = await Promise.all([
    client.request<Task>("POST", "/api/tasks", body),
    warnWithoutLoop(context, client),
  ]);
  if (options.wait) {
    out.note(`Queued ${task.id}`);
    return (await import("./wait.ts")).awaitTask(context, task, null);
  }
  if (out.json) out.document(task);
  else if (!out.terminal) out.print(task.id);
  else {
    const due = task.runAt === null ? "" : `  due ${ago(task.runAt, io.now())}`;
    out.print(`Queued  ${shortId(task.id)}  ${cut(oneLine(task.instruction), 60)}${due}`);
    out.note(`  follow it: sparky agent tasks logs -f ${shortId(task.id)}`);
  }
  return EXIT.ok;
}

async function newTask(client: Client, instruction: string, options: AddOptions): Promise<NewTask> {
  const limits = limitsOf(options);
  const model = chosenModel(options.model ?? "default");
  const effort = chosenEffort(options.effort ?? "default");
  const dependsOn = await Promise.all((options.after ?? []).map((id) => taskId(client, id)));
  return {
    instruction,
    ...(options.chat === undefined ? {} : { chatId: await chatId(client, options.chat) }),
    ...(options.metadata === undefined ? {} : { metadata: metadataOf(options.metadata) }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
    ...(options.at === undefined ? {} : { runAt: options.at }),
    ...(options.key === undefined ? {} : { key: options.key }),
    ...(model === null ? {} : { model }),
    ...(effort === null ? {} : { effort }),
    ...(Object.keys(limits).length === 0 ? {} : { limits }),
  };
}
