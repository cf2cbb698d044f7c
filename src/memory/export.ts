import { exportEdges, exportNodes } from "../store/graph/export.ts";
import type { Db } from "../store/database/sql.ts";
import { edgesCsv, nodesCsv, WHOLE_FORMATS, type GraphFormat } from "./export-formats.ts";

export interface GraphExport {
  readonly format: GraphFormat;
  readonly nodes: boolean;
  readonly edges: boolean;
}

/** `part` counts for `csv` alone, which holds one table a file. */
export function graphExport(format: "json" | "graphml" | "dot" | "csv", part: "nodes" | "edges"): GraphExport {
  if (format !== "csv") return { format: WHOLE_FORMATS[format], nodes: true, edges: true };
  return part === "nodes"
    ? { format: nodesCsv, nodes: true, edges: false }
    : { format: edgesCsv, nodes: false, edges: true };
}

/**
 * The viewer's graph as text, in parts of a page each. An edge whose end is not in the text is left out: it may have come
 * after its place among the nodes was passed. For that the ids, and only they, are kept.
 */
export async function* exportText(
  db: Db,
  userId: string,
  { format, nodes, edges }: GraphExport,
): AsyncGenerator<string> {
  const known = new Set<string>();
  let begin = format.begin;
  if (nodes) {
    for await (const page of exportNodes(db, userId)) {
      yield begin + page.map((node, at) => format.node(node, known.size === 0 && at === 0)).join("");
      begin = "";
      for (const { id } of page) known.add(id);
    }
  }
  yield begin + format.middle;
  if (edges) {
    let first = true;
    for await (const page of exportEdges(db, userId)) {
      const whole = nodes ? page.filter(({ source, target }) => known.has(source) && known.has(target)) : page;
      yield whole.map((edge, at) => format.edge(edge, first && at === 0)).join("");
      first &&= whole.length === 0;
    }
  }
  yield format.end;
}
