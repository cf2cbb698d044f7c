import type { FoundNodes } from "../../wire/graph.ts";
import type { Context } from "../command/context.ts";
import { shortId } from "../console/text.ts";

export type SearchOptions = { type?: string; limit?: number; cursor?: string };

export async function graphSearch(context: Context, args: readonly string[], options: SearchOptions): Promise<void> {
  const { out } = context;
  const query = new URLSearchParams({ q: args.join(" "), limit: String(options.limit ?? 20) });
  if (options.type !== undefined) query.set("type", options.type);
  if (options.cursor !== undefined) query.set("cursor", options.cursor);
  const list = await (await context.client("any")).request<FoundNodes>("GET", `/api/graph/search?${query}`);
  if (out.json) return out.document(list);
  if (list.leftOut !== undefined) out.note(list.leftOut);
  if (list.items.length === 0) return out.note("No such nodes.");
  out.table(
    [{ title: "ID" }, { title: "TYPE", max: 20 }, { title: "NAME", max: 40 }, { title: "JOINED" }, { title: "WHAT" }],
    list.items.map((node) => [
      out.terminal ? shortId(node.id) : node.id,
      node.type,
      node.name,
      String(node.neighbours),
      node.content,
    ]),
  );
  if (list.next !== null && out.terminal) {
    out.note(`${list.total} in all: --limit, or --cursor with the \`next\` of --json`);
  }
}
