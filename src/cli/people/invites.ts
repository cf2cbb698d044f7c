import type { List, LoginLink } from "../../wire/api.ts";
import type { OpenInvite } from "../../wire/people.ts";
import type { Context } from "../command/context.ts";
import { inviteId } from "../command/ids.ts";
import { ago, shortId } from "../console/text.ts";
import { article, named, type AddOptions } from "./accounts.ts";

export type InvitesOptions = { revoke?: string };

export async function invite(context: Context, args: readonly string[], { role }: AddOptions): Promise<void> {
  const { out, io } = context;
  const name = named(args, "invite");
  const client = await context.client("server");
  const link = await client.request<LoginLink>("POST", `/api/users/${name}/invite`, { role });
  if (out.json) return out.document(link);
  out.print(link.url);
  out.note(
    `  makes one account, ${article(role ?? "member")} ${role ?? "member"}’s, and ends ${ago(link.expiresAt, io.now())}`,
  );
}

export async function invites(context: Context, { revoke }: InvitesOptions): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  if (revoke !== undefined) {
    const id = await inviteId(client, revoke);
    await client.request<unknown>("DELETE", `/api/invites/${encodeURIComponent(id)}`);
    if (out.json) return out.document({ id, revoked: true });
    return out.print(out.terminal ? `Withdrawn  ${shortId(id)}` : id);
  }
  const list = await client.request<List<OpenInvite>>("GET", "/api/invites");
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note("Nobody is invited.");
  const time = (at: string): string => (out.terminal ? ago(at, io.now()) : at);
  out.table(
    [{ title: "ID" }, { title: "NAME" }, { title: "ROLE" }, { title: "BY" }, { title: "MADE" }, { title: "ENDS" }],
    list.items.map(({ id, name, role, by, createdAt, expiresAt }) => [
      out.terminal ? shortId(id) : id,
      ...[name, role, by, time(createdAt), time(expiresAt)],
    ]),
  );
}
