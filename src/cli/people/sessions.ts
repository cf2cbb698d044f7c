import { exactLine } from "../../core/exact.ts";
import type { List, User } from "../../wire/api.ts";
import type { OpenSession } from "../../wire/people.ts";
import type { Context } from "../command/context.ts";
import { sessionId } from "../command/ids.ts";
import { ago, shortId } from "../console/text.ts";

export type SessionOptions = { revoke?: string };

export async function sessions(context: Context, args: readonly string[], { revoke }: SessionOptions): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const name = args[0] ?? (await client.request<User>("GET", "/api/me")).name;
  if (revoke !== undefined) {
    const id = await sessionId(client, revoke, name);
    await client.request<unknown>("DELETE", `/api/sessions/${encodeURIComponent(id)}`);
    if (out.json) return out.document({ id, revoked: true });
    return out.print(out.terminal ? `Signed out  ${shortId(id)}` : id);
  }
  const list = await client.request<List<OpenSession>>("GET", `/api/sessions?${new URLSearchParams({ user: name })}`);
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note(`No browser is signed in as ${name}.`);
  const time = (at: string): string => (out.terminal ? ago(at, io.now()) : at);
  out.table(
    [{ title: "ID" }, { title: "SIGNED IN" }, { title: "USED" }, { title: "ENDS" }, { title: "BROWSER", max: 60 }],
    list.items.map(({ id, createdAt, usedAt, expiresAt, browser }) => [
      out.terminal ? shortId(id) : id,
      ...[createdAt, usedAt, expiresAt].map(time),
      browser === null ? "" : exactLine(browser),
    ]),
  );
}
