import type { Chat, Forked, NewFork } from "../../wire/api.ts";
import { chatId } from "../command/ids.ts";
import type { Context } from "../command/context.ts";
import { cut } from "../console/columns.ts";
import { oneLine, shortId } from "../console/text.ts";

export type ForkOptions = { at?: number; text?: string; model?: string };

export async function forkChat(context: Context, args: readonly string[], options: ForkOptions): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  const seq = options.at ?? (await client.request<Chat>("GET", `/api/chats/${id}`)).head;
  const fork: NewFork = {
    seq,
    key: crypto.randomUUID(),
    ...(options.text !== undefined && { text: options.text }),
    ...(options.model !== undefined && { model: options.model }),
  };
  const made = await client.request<Forked>("POST", `/api/chats/${id}/fork`, fork);
  if (out.json) return out.document(made);
  const { chat } = made;
  out.print(out.terminal ? `Made  ${shortId(chat.id)}  ${cut(oneLine(chat.title), 60)}` : chat.id);
}
