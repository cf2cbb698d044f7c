import type { Chat, ChatPatch } from "../../wire/api.ts";
import type { ModelChoices } from "../../wire/models.ts";
import { confirmed } from "../command/confirm.ts";
import type { Context } from "../command/context.ts";
import { chosenEffort, chosenModel, type EffortWord } from "../command/model.ts";
import { usage } from "../console/failure.ts";
import { chatId } from "../command/ids.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { cut } from "../console/columns.ts";
import { oneLine, shortId } from "../console/text.ts";

export async function renameChat(context: Context, args: readonly string[]): Promise<void> {
  const title = (args[1] ?? "").trim();
  if (title === "") throw usage("the title is empty", `sparky chats rename ${args[0] ?? ""} "A better name"`);
  await patchChat(context, args, { title }, "Renamed");
}

export async function archiveChat(context: Context, args: readonly string[], archived: boolean): Promise<void> {
  await patchChat(context, args, { archived }, archived ? "Archived" : "Unarchived");
}

export type SetOptions = { model?: string; effort?: EffortWord };

/** Which model answers in a chat and how hard it thinks, from its next run on; without an option, which one does and which could. */
export async function setChat(context: Context, args: readonly string[], { model, effort }: SetOptions): Promise<void> {
  if (model !== undefined || effort !== undefined) {
    const patch = {
      ...(model !== undefined && { model: chosenModel(model) }),
      ...(effort !== undefined && { effort: chosenEffort(effort) }),
    };
    const said = [
      ...(model === undefined ? [] : [patch.model ?? "the server’s model"]),
      ...(effort === undefined ? [] : [`effort ${patch.effort ?? "as the server has it"}`]),
    ];
    return patchChat(context, args, patch, `From now on ${oneLine(said.join(", "))}:`);
  }
  const { out } = context;
  const client = await context.client("any");
  const chat = await client.request<Chat>("GET", `/api/chats/${await chatId(client, args[0] ?? "")}`);
  const { model: own, effort: usual, items } = await client.request<ModelChoices>("GET", "/api/models/choices");
  if (out.json)
    return out.document({ model: chat.model, effort: chat.effort, default: own, defaultEffort: usual, choices: items });
  out.table(
    [{ title: "MODEL", max: 60 }, { title: "ANSWERS" }, { title: "WHY NOT", max: 60 }],
    items.map(({ id, why }) => [id, id === (chat.model ?? own) ? "here" : why === null ? "can" : "", why ?? ""]),
  );
  if (chat.effort !== null) out.note(`  effort: ${chat.effort}`);
  else if (usual !== null) out.note(`  effort: ${usual}, as the server has it`);
  out.note(`  sparky chats set ${shortId(chat.id)} --model ${chat.model === null ? "MODEL" : "default"}`);
}

/** By word: what is changed, and what is said then. */
const RECALL_STATES: ReadonlyMap<string, readonly [patch: ChatPatch, said: string]> = new Map([
  ["on", [{ recall: true }, "Memory on"]],
  ["off", [{ recall: false }, "Memory off"]],
  ["all", [{ openMemory: true }, "Your memory is used, whoever reads this"]],
  ["shared", [{ openMemory: false }, "Your memory is kept out where others read"]],
]);

export async function recallChat(context: Context, args: readonly string[]): Promise<void> {
  const [id = "", word = ""] = args;
  const state = RECALL_STATES.get(word);
  if (state === undefined) throw usage("memory is on, off, all or shared", `sparky chats recall ${id} off`);
  await patchChat(context, args, ...state);
}

async function patchChat(context: Context, args: readonly string[], patch: ChatPatch, word: string): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  const chat = await client.request<Chat>("PATCH", `/api/chats/${id}`, patch);
  if (out.json) out.document(chat);
  else out.print(out.terminal ? `${word}  ${shortId(id)}  ${cut(oneLine(chat.title), 60)}` : id);
}

export async function deleteChat(
  context: Context,
  args: readonly string[],
  options: { yes?: true },
): Promise<ExitCode> {
  const { out } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  const chat = await client.request<Chat>("GET", `/api/chats/${id}`);
  const works = chat.runState === null ? "" : ", and stop what the agent does there";
  const what = `${shortId(id)} (${chat.head} events) ${cut(oneLine(chat.title), 60)}`;
  const question = `Delete the chat ${what}, with all that belongs to it${works}?`;
  const line = `sparky chats delete ${shortId(id)} --yes`;
  if (!(await confirmed(context, { yes: options.yes, question, act: "deleting", line }))) return EXIT.error;
  await client.request<unknown>("DELETE", `/api/chats/${id}`);
  if (out.json) out.document({ id, deleted: true });
  else out.print(out.terminal ? `Deleted  ${shortId(id)}  ${cut(oneLine(chat.title), 60)}` : id);
  return EXIT.ok;
}
