import type { ChatFormat } from "../../core/chat-export.ts";
import type { Context } from "../command/context.ts";
import { chatId } from "../command/ids.ts";

export type ExportOptions = { format?: ChatFormat };

/** The whole log of a chat on stdout, as it comes: to read, or exactly as it is stored. */
export async function exportChat(context: Context, args: readonly string[], options: ExportOptions): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  const format = out.json ? "json" : (options.format ?? "md");
  // Nothing in it moves a terminal's cursor: so it is written.
  for await (const text of await client.download(`/api/chats/${id}/export?format=${format}`)) out.raw(text);
}
