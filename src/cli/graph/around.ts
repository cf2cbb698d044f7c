import type { GraphPath, Neighbourhood } from "../../wire/graph-mending.ts";
import type { NodeLabel } from "../../wire/graph.ts";
import type { Context } from "../command/context.ts";
import { oneLine, shortId } from "../console/text.ts";
import { nodeId } from "./show.ts";

export type NeighborsOptions = { type?: string; depth?: number; limit?: number };

export async function graphNeighbors(
  context: Context,
  args: readonly string[],
  { type, depth = 1, limit = 50 }: NeighborsOptions,
): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const id = await nodeId(client, args[0] ?? "", type);
  const query = new URLSearchParams({ depth: String(depth), limit: String(limit) });
  const found = await client.request<Neighbourhood>("GET", `/api/graph/neighbors/${id}?${query}`);
  if (out.json) return out.document(found);
  out.table(
    [{ title: "ID" }, { title: "STEPS" }, { title: "TYPE", max: 20 }, { title: "NAME", max: 40 }, { title: "EDGES" }],
    found.nodes.map((node) => [
      out.terminal ? shortId(node.id) : node.id,
      String(node.depth),
      node.type,
      node.name,
      String(node.edges),
    ]),
  );
  if (found.more > 0) out.note(`${found.more} more are as near: --limit`);
}

export async function graphPath(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const client = await context.client("any");
  const [from, to] = [
    await nodeId(client, args[0] ?? "", undefined),
    await nodeId(client, args[1] ?? "", undefined),
  ] as const;
  const way = await client.request<GraphPath>("GET", `/api/graph/path?${new URLSearchParams({ from, to })}`);
  if (out.json) return out.document(way);
  if (way.nodes.length === 0) {
    return out.note(way.complete ? "No way leads there within six steps." : "No way was found in what was looked at.");
  }
  way.nodes.forEach((node, at) => {
    const before = way.nodes[at - 1];
    if (before !== undefined) out.print(stepBetween(way, before, node, out.terminal));
    out.print(
      out.terminal
        ? `${oneLine(node.name)}  ${out.paint.dim(`${oneLine(node.type)}  ${shortId(node.id)}`)}`
        : ["node", node.id, oneLine(node.type), oneLine(node.name)].join("\t"),
    );
  });
  if (!way.complete) out.note("There may be a shorter way: not everything was looked at.");
}

/** The edge between two nodes of a way, whichever way it leads. */
function stepBetween({ edges }: GraphPath, a: NodeLabel, b: NodeLabel, terminal: boolean): string {
  const edge = edges.find(
    ({ source, target }) => (source === a.id && target === b.id) || (source === b.id && target === a.id),
  );
  const type = oneLine(edge?.type ?? "");
  const isOn = edge?.source === a.id;
  if (!terminal) return ["edge", isOn ? "out" : "in", edge?.id ?? "", type].join("\t");
  return isOn ? `  ↓ ${type}` : `  ↑ ${type}`;
}
