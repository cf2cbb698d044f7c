import type { Share, Shares } from "../../wire/shares.ts";
import type { Context } from "../command/context.ts";
import { chatId } from "../command/ids.ts";
import { shortId } from "../console/text.ts";

export type ShareOptions = { write?: true };

export async function shareChat(context: Context, args: readonly string[], { write }: ShareOptions): Promise<void> {
  const { out } = context;
  const [chat = "", user = ""] = args;
  const client = await context.client("any");
  const id = await chatId(client, chat);
  const share = await client.request<Share>("POST", `/api/chats/${id}/shares`, { user, write: write === true });
  if (out.json) return out.document(share);
  if (!out.terminal) return out.print(share.user);
  out.print(`Shared  ${shortId(id)}  with ${share.user}, ${toDo(share)}`);
  out.note("  all that was said there can be read too");
}

export async function unshareChat(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const [chat = "", user = ""] = args;
  const client = await context.client("any");
  const id = await chatId(client, chat);
  await client.request<unknown>("DELETE", `/api/chats/${id}/shares/${encodeURIComponent(user)}`);
  if (out.json) out.document({ id, user, unshared: true });
  else out.print(out.terminal ? `Not shared any more  ${shortId(id)}  with ${user}` : user);
}

export async function listShares(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await chatId(client, args[0] ?? "");
  const shares = await client.request<Shares>("GET", `/api/chats/${id}/shares`);
  if (out.json) return out.document(shares);
  if (shares.items.length === 0) {
    return out.note(`Shared with nobody: it is ${shares.owner}’s alone. sparky chats share ${shortId(id)} ann`);
  }
  out.table(
    [{ title: "NAME" }, { title: "MAY" }],
    [[shares.owner, "it is theirs"], ...shares.items.map((share) => [share.user, share.write ? "write" : "watch"])],
  );
}

const toDo = ({ write }: Share): string => (write ? "to write" : "to watch");
