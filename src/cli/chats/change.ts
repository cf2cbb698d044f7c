import type { Chat, ChatPatch } from "../../wire/api.ts";
import { confirmed } from "../command/confirm.ts";
import type { Context } from "../command/context.ts";
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
