import type { List } from "../../wire/api.ts";
import type { ChatTags, TagInUse } from "../../wire/tags.ts";
import type { Context } from "../command/context.ts";
import { chatId } from "../command/ids.ts";

export type TagOptions = { remove?: readonly string[] };

export async function tagChat(context: Context, args: readonly string[], options: TagOptions): Promise<void> {
  const { out } = context;
  const [chat = "", ...add] = args;
  const client = await context.client("any");
  const id = await chatId(client, chat);
  const change = { add, remove: options.remove ?? [] };
  const { tags } = await client.request<ChatTags>("POST", `/api/chats/${id}/tags`, change);
  if (out.json) return out.document({ tags });
  if (tags.length === 0) return out.note("This chat has no tags.");
  tags.forEach((tag) => out.print(tag));
}

export async function listTags(context: Context): Promise<void> {
  const { out } = context;
  const list = await (await context.client("any")).request<List<TagInUse>>("GET", "/api/tags");
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note("No tags. Put one on a chat: sparky chats tag 3f2a garden");
  out.table(
    [{ title: "TAG" }, { title: "CHATS" }],
    list.items.map(({ tag, chats }) => [tag, String(chats)]),
  );
}
