import type { Scope } from "../../core/scopes.ts";
import type { List } from "../../wire/api.ts";
import type { MadeToken, Token } from "../../wire/tokens.ts";
import { confirmed } from "../command/confirm.ts";
import type { Context } from "../command/context.ts";
import type { Moment } from "../command/moment.ts";
import { ago, oneLine } from "../console/text.ts";

export type AddOptions = { scope?: readonly Scope[]; expires?: Moment };

export async function listTokens(context: Context): Promise<void> {
  const { out, io } = context;
  const list = await (await context.client("any")).request<List<Token>>("GET", "/api/tokens");
  if (out.json) return out.document(list);
  const when = (at: string | null): string => (at === null ? "never" : out.terminal ? ago(at, io.now()) : at);
  out.table(
    [{ title: "NAME", max: 40 }, { title: "FOR" }, { title: "MADE" }, { title: "LAST USED" }, { title: "ENDS" }],
    list.items.map(({ name, scopes, createdAt, lastUsedAt, expiresAt }) => [
      oneLine(name),
      scopes === null ? "everything" : scopes.join(","),
      when(createdAt),
      when(lastUsedAt),
      expiresAt === null ? "never" : expiresAt.slice(0, 10),
    ]),
  );
}

/** A script has the token alone on its stdout. */
export async function addToken(context: Context, args: readonly string[], options: AddOptions): Promise<void> {
  const { out, io } = context;
  const [name] = args;
  const scopes = options.scope ?? ["read"];
  const made = await (
    await context.client("any")
  ).request<MadeToken>("POST", "/api/tokens", {
    name,
    scopes,
    ...(options.expires !== undefined && { expiresAt: options.expires(io.now()) }),
  });
  if (out.json) return out.document(made);
  out.print(made.token);
  out.note(`For ${scopes.join(", ")}. Keep it now: it is not shown again. Send it as Authorization: Bearer TOKEN.`);
}

export async function revokeToken(context: Context, args: readonly string[], { yes }: { yes?: true }): Promise<void> {
  const { out } = context;
  const [name = ""] = args;
  const client = await context.client("any");
  const ask = {
    yes,
    question: `Revoke the token ${oneLine(name)}?`,
    act: "revoking",
    line: `sparky token revoke ${JSON.stringify(name)} --yes`,
  };
  if (!(await confirmed(context, ask))) return;
  await client.request<unknown>("DELETE", `/api/tokens/${encodeURIComponent(name)}`);
  if (out.json) out.document({ name, revoked: true });
  else out.print(out.terminal ? `Revoked  ${oneLine(name)}` : name);
}
