import type { List } from "../../wire/api.ts";
import type { ChatLink, MadeChatLink } from "../../wire/shares.ts";
import type { Context } from "../command/context.ts";
import { chatId, linkId } from "../command/ids.ts";
import type { Moment } from "../command/moment.ts";
import { ago, shortId } from "../console/text.ts";

export type LinkOptions = { write?: true; expires?: Moment };
export type UnlinkOptions = { unshare?: true };

/** A script has the address alone on its stdout. */
export async function makeLink(
  context: Context,
  args: readonly string[],
  { write, expires }: LinkOptions,
): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  const made = await client.request<MadeChatLink>("POST", `/api/chats/${id}/links`, {
    write: write === true,
    ...(expires !== undefined && { expiresAt: expires(io.now()) }),
  });
  if (out.json) return out.document(made);
  out.print(made.url);
  out.note(`  lets whoever signs in here ${toDo(made)}, and ends ${ago(made.expiresAt, io.now())}`);
  out.note("  keep it now: it is not shown again");
}

export async function listLinks(context: Context, args: readonly string[]): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  const list = await client.request<List<ChatLink>>("GET", `/api/chats/${id}/links`);
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note(`No link to this chat holds. sparky chats link ${shortId(id)}`);
  const time = (at: string): string => (out.terminal ? ago(at, io.now()) : at);
  out.table(
    [{ title: "ID" }, { title: "MAY" }, { title: "BY" }, { title: "MADE" }, { title: "ENDS" }, { title: "CAME BY IT" }],
    list.items.map((link) => [
      out.terminal ? shortId(link.id) : link.id,
      ...[link.write ? "write" : "watch", link.by, time(link.createdAt), time(link.expiresAt), link.people.join(", ")],
    ]),
  );
}

export async function revokeLink(context: Context, args: readonly string[], { unshare }: UnlinkOptions): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const chat = await chatId(client, args[0] ?? "");
  const id = await linkId(client, args[1] ?? "", chat);
  await client.request<unknown>("DELETE", `/api/chats/${chat}/links/${id}${unshare ? "?unshare=true" : ""}`);
  if (out.json) return out.document({ id, revoked: true });
  out.print(out.terminal ? `Revoked  ${shortId(id)}` : id);
  if (!unshare) out.note(`  who has come by it keeps the chat: sparky chats shares ${shortId(chat)}`);
}

const toDo = ({ write }: ChatLink): string => (write ? "watch and write" : "watch");
