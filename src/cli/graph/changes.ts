import type { List } from "../../wire/api.ts";
import type { GraphChange } from "../../wire/graph-changes.ts";
import type { Context } from "../command/context.ts";
import { usage } from "../console/failure.ts";
import { ago, oneLine, shortId } from "../console/text.ts";
import { nodeId } from "./show.ts";

export type ChangesOptions = { type?: string; run?: string; limit?: number; cursor?: string };

export async function graphChanges(context: Context, args: readonly string[], options: ChangesOptions): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const [given] = args;
  const query = new URLSearchParams({ limit: String(options.limit ?? 20) });
  if (given !== undefined) query.set("thing", await nodeId(client, given, options.type));
  if (options.run !== undefined) query.set("run", options.run);
  if (options.cursor !== undefined) query.set("cursor", options.cursor);
  const list = await client.request<List<GraphChange>>("GET", `/api/graph/changes?${query}`);
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note("No changes.");
  out.table(
    [{ title: "CHANGE" }, { title: "WHEN" }, { title: "WHAT" }, { title: "NAME", max: 40 }, { title: "BY", max: 20 }],
    list.items.map((change) => [
      String(change.id),
      out.terminal ? ago(change.at, io.now()) : change.at,
      `${change.thing} ${change.op}${change.undone === true ? ", undone" : ""}`,
      change.name,
      change.by.runId === undefined ? (change.by.user ?? "") : `run ${shortId(change.by.runId)}`,
    ]),
  );
  if (list.next !== null && out.terminal) out.note("There are more: --limit, or --cursor with the `next` of --json");
}

export async function undoChange(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const id = args[0] ?? "";
  if (!/^\d{1,15}$/.test(id)) throw usage(`"${oneLine(id)}" is no number of a change`, "sparky graph changes");
  const client = await context.client("any");
  const change = await client.request<GraphChange>("POST", `/api/graph/changes/${id}/undo`);
  if (out.json) return out.document(change);
  out.print(
    out.terminal ? `Undone: ${change.thing} ${oneLine(change.name)}  (change ${change.id})` : String(change.id),
  );
}
