import type { Chat, List, Stopped } from "../../wire/api.ts";
import { runWord } from "../../wire/state-words.ts";
import type { Context } from "../command/context.ts";
import { chatId } from "../command/ids.ts";
import { ago, shortId } from "../console/text.ts";

export type ChatListOptions = {
  limit?: number;
  search?: string;
  tag?: string;
  working?: true;
  archived?: true;
  cursor?: string;
};

export async function listChats(context: Context, _args: readonly string[], options: ChatListOptions): Promise<void> {
  const { out, io } = context;
  const query = new URLSearchParams({ limit: String(options.limit ?? 20) });
  if (options.cursor !== undefined) query.set("cursor", options.cursor);
  if (options.search !== undefined) query.set("search", options.search);
  if (options.tag !== undefined) query.set("tag", options.tag);
  if (options.working) query.set("working", "true");
  if (options.archived) query.set("archived", "true");
  const list = await (await context.client("any")).request<List<Chat>>("GET", `/api/chats?${query}`);
  if (out.json) return out.document(list);
  if (list.items.length === 0) {
    const all = options.search === undefined && options.tag === undefined && !options.working && !options.archived;
    return out.note(all ? 'No chats. Begin one: sparky chat send "…"' : "No such chats.");
  }
  out.table(
    [{ title: "ID" }, { title: "STATE" }, { title: "FROM" }, { title: "LAST" }, { title: "TITLE" }],
    list.items.map((chat) => [
      out.terminal ? shortId(chat.id) : chat.id,
      out.terminal ? runWord(chat.runState ?? chat.lastRunState ?? "") : (chat.runState ?? chat.lastRunState ?? ""),
      chat.origin,
      out.terminal ? ago(chat.lastEventAt, io.now()) : chat.lastEventAt,
      chat.title,
    ]),
  );
  if (list.next !== null && out.terminal) out.note("There are more: --limit, or --cursor with the `next` of --json");
}

export async function stopChatRun(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  const stopped = await client.request<Stopped>("POST", `/api/chats/${id}/stop`);
  if (out.json) return out.document(stopped);
  if (stopped.runId === null) return out.note("Nothing runs in this chat.");
  out.print(out.terminal ? `Stopping  ${shortId(stopped.runId)}` : stopped.runId);
}
