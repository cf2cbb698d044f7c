import { exactLine } from "../../core/exact.ts";
import type { List, User } from "../../wire/api.ts";
import type { Passkey, PasskeyRemoved } from "../../wire/passkeys.ts";
import type { Context } from "../command/context.ts";
import { passkeyId } from "../command/ids.ts";
import { ago, shortId } from "../console/text.ts";

export type PasskeyOptions = { remove?: string };

export async function passkeys(context: Context, args: readonly string[], { remove }: PasskeyOptions): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const name = args[0] ?? (await client.request<User>("GET", "/api/me")).name;
  if (remove !== undefined) {
    const id = await passkeyId(client, remove, name);
    const removed = await client.request<PasskeyRemoved>("DELETE", `/api/passkeys/${encodeURIComponent(id)}`);
    if (out.json) return out.document(removed);
    out.print(out.terminal ? `Removed  ${exactLine(removed.name)}` : id);
    if (removed.left === 0 && !removed.password) {
      out.note(`${name} has no passkey and no password any more: sparky user set-password ${name}, or a sign-in link.`);
    }
    return;
  }
  const list = await client.request<List<Passkey>>("GET", `/api/passkeys?${new URLSearchParams({ user: name })}`);
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note(`${name} has no passkey.`);
  const time = (at: string): string => (out.terminal ? ago(at, io.now()) : at);
  out.table(
    [{ title: "ID" }, { title: "ADDED" }, { title: "USED" }, { title: "AT", max: 60 }, { title: "NAME", max: 60 }],
    list.items.map((passkey) => [
      out.terminal ? shortId(passkey.id) : passkey.id,
      time(passkey.createdAt),
      passkey.usedAt === null ? "never" : time(passkey.usedAt),
      passkey.address,
      exactLine(passkey.name),
    ]),
  );
}
