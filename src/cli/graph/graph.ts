import type { GraphStats } from "../../wire/graph.ts";
import type { Context } from "../command/context.ts";
import { pad } from "../console/columns.ts";
import { oneLine } from "../console/text.ts";

export async function graphStats(context: Context): Promise<void> {
  const { out } = context;
  const stats = await (await context.client("any")).request<GraphStats>("GET", "/api/graph/stats");
  if (out.json) return out.document(stats);
  const part = (name: "nodes" | "edges", total: number, types: { readonly [type: string]: number }): void => {
    out.print(out.terminal ? name.padEnd(24) + total : `${name}\t${total}`);
    for (const [type, count] of Object.entries(types)) {
      out.print(out.terminal ? pad(`  ${oneLine(type)}`, 24) + count : `${name}.${oneLine(type)}\t${count}`);
    }
  };
  part("nodes", stats.nodes, stats.nodeTypes);
  part("edges", stats.edges, stats.edgeTypes);
}
