import { jsonText } from "../console/text.ts";
import type { ChatEvent } from "../../core/events.ts";
import type { ChatWithView } from "../../wire/api.ts";
import { chatLog } from "./log.ts";
import { createMarkdown } from "./markdown.ts";
import type { Context } from "../command/context.ts";
import { chatId } from "../command/ids.ts";

export type ExportOptions = { format?: "md" | "json" };

/** The whole log of a chat on stdout, page by page: to read, or exactly as it is stored. */
export async function exportChat(context: Context, args: readonly string[], options: ExportOptions): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  // What is one reader's, and what follows from the log, is left out.
  const {
    canWrite: _mine,
    seen: _read,
    view: _fold,
    ...chat
  } = await client.request<ChatWithView>("GET", `/api/chats/${id}`);
  const log = chatLog(client, id);
  if (out.json || options.format === "json") return exportJson(context, chat, log);
  const markdown = createMarkdown(chat.title);
  out.raw(markdown.head());
  for await (const event of log) out.raw(markdown.event(event));
}

/** One document, though it is written as it comes: a log may be longer than what fits in memory twice. */
async function exportJson({ out }: Context, chat: object, log: AsyncIterable<ChatEvent>): Promise<void> {
  out.raw(`{"chat":${jsonText(chat)},"events":[`);
  let comma = "";
  for await (const event of log) {
    out.raw(comma + jsonText(event));
    comma = ",";
  }
  out.raw("]}\n");
}
