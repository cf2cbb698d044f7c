import type { DeepStats, GraphStats } from "../../wire/graph.ts";
import type { Context } from "../command/context.ts";
import { cut, pad } from "../console/columns.ts";
import type { Output } from "../console/output.ts";
import { oneLine, shortId } from "../console/text.ts";

export type StatsOptions = { deep?: boolean };

export async function graphStats(context: Context, _args: readonly string[], { deep }: StatsOptions): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const stats = await client.request<GraphStats | DeepStats>("GET", `/api/graph/stats${deep ? "?deep=1" : ""}`);
  if (out.json) return out.document(stats);
  const part = (name: "nodes" | "edges", total: number, types: { readonly [type: string]: number }): void => {
    out.print(out.terminal ? name.padEnd(24) + total : `${name}\t${total}`);
    for (const [type, count] of Object.entries(types)) {
      out.print(out.terminal ? pad(`  ${oneLine(type)}`, 24) + count : `${name}.${oneLine(type)}\t${count}`);
    }
  };
  part("nodes", stats.nodes, stats.nodeTypes);
  part("edges", stats.edges, stats.edgeTypes);
  if ("deep" in stats) printDeep(out, stats.deep);
  if (stats.leftOut !== undefined) out.note(stats.leftOut);
}

function printDeep(out: Output, { communities, central }: DeepStats["deep"]): void {
  const { count, modularity, largest } = communities;
  if (!out.terminal) {
    out.print(`communities\t${count}`);
    out.print(`modularity\t${modularity}`);
    for (const { size, nodes } of largest) {
      out.print(["community", size, ...nodes.map(({ id }) => id)].join("\t"));
    }
    for (const { id, type, name, rank, neighbours } of central) {
      out.print(["central", id, oneLine(type), oneLine(name), rank, neighbours].join("\t"));
    }
    return;
  }
  out.print(`${pad("communities", 24)}${count}${count === 0 ? "" : `, modularity ${modularity}`}`);
  for (const { size, nodes } of largest) {
    out.print(`${pad(`  of ${size}`, 24)}${nodes.map(({ name }) => cut(oneLine(name), 24)).join(", ")}`);
  }
  if (central.length > 0) out.print("central");
  for (const { id, type, name, neighbours } of central) {
    const joined = `joined to ${neighbours}`;
    out.print(
      `  ${pad(oneLine(name), 32)}  ${pad(oneLine(type), 16)}  ${pad(joined, 14)}  ${out.paint.dim(shortId(id))}`,
    );
  }
}
