import type { Compacted } from "../../wire/api.ts";
import type { Context } from "../command/context.ts";
import { chatId } from "../command/ids.ts";
import { shortId } from "../console/text.ts";

export async function compactChat(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  const compacted = await client.request<Compacted>("POST", `/api/chats/${id}/compact`);
  if (out.json) return out.document(compacted);
  out.print(out.terminal ? `Queued  ${shortId(id)}  to be summed up` : compacted.runId);
  if (client.endpoint === null) out.note("  no server runs: it is summed up when one does");
}
