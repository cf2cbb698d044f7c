import { exactLine } from "../../core/exact.ts";
import type { List } from "../../wire/api.ts";
import type { Grant } from "../../wire/approvals.ts";
import type { Context } from "../command/context.ts";
import { grantId } from "../command/ids.ts";
import { ago, shortId } from "../console/text.ts";

export async function listGrants(context: Context): Promise<void> {
  const { out, io } = context;
  const list = await (await context.client("any")).request<List<Grant>>("GET", "/api/grants");
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note("No standing yes is in force: every risky call is asked about.");
  const id = (whole: string): string => (out.terminal ? shortId(whole) : whole);
  const time = (iso: string): string => (out.terminal ? ago(iso, io.now()) : iso);
  out.table(
    [{ title: "ID" }, { title: "TOOL" }, { title: "UNTIL" }, { title: "BY" }, { title: "GIVEN" }],
    list.items.map((grant) => [
      id(grant.id),
      nameOf(grant),
      grant.runId !== null ? `the end of run ${id(grant.runId)}` : time(grant.until ?? ""),
      grant.grantedBy,
      time(grant.createdAt),
    ]),
  );
}

/** The tool, or the commands of it, and how they run. */
function nameOf({ tool, rule, terms }: Grant): string {
  const what = rule === null ? tool : `${tool}: ${exactLine(rule)}`;
  return terms === null ? what : `${what} (${terms})`;
}

export async function revokeGrant(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await grantId(client, args[0] ?? "");
  await client.request<unknown>("DELETE", `/api/grants/${id}`);
  if (out.json) out.document({ id, revoked: true });
  else out.print(out.terminal ? `Revoked  ${shortId(id)}` : id);
}
