import { exportEdges, exportNodes, type ExportedNode } from "../../store/graph/export.ts";
import { exportedFactsOf, exportFacts } from "../../store/facts/export.ts";
import type { Db } from "../../store/database/sql.ts";
import type { GraphFormat } from "./format.ts";
import { edgesCsv, nodesCsv, WHOLE_FORMATS } from "./formats.ts";

export interface GraphExport {
  readonly format: GraphFormat;
  readonly nodes: boolean;
  readonly edges: boolean;
}

/** `part` counts for `csv` alone, which holds one table a file. */
export function graphExport(format: keyof typeof WHOLE_FORMATS | "csv", part: "nodes" | "edges"): GraphExport {
  if (format !== "csv") return { format: WHOLE_FORMATS[format], nodes: true, edges: true };
  return part === "nodes"
    ? { format: nodesCsv, nodes: true, edges: false }
    : { format: edgesCsv, nodes: false, edges: true };
}

/**
 * The viewer's graph as text, in parts of a page each, with what is known of it. An edge or a fact whose node is not in the text is
 * left out: it may have come after its place among the nodes was passed. For that the ids, and only they, are kept.
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
      const ids = page.map(({ id }) => id);
      const facts = format.facts?.stand === "with nodes" ? await exportedFactsOf(db, userId, ids) : new Map();
      const write = (node: ExportedNode, at: number): string =>
        format.node(node, known.size === 0 && at === 0, facts.get(node.id) ?? []);
      yield begin + page.map(write).join("");
      begin = "";
      for (const id of ids) known.add(id);
    }
  }
  yield begin + format.middle;
  let written = 0;
  if (edges) {
    for await (const page of exportEdges(db, userId)) {
      const whole = nodes ? page.filter(({ source, target }) => known.has(source) && known.has(target)) : page;
      yield whole.map((edge, at) => format.edge(edge, written === 0 && at === 0)).join("");
      written += whole.length;
    }
  }
  let told = 0;
  if (format.facts?.stand === "last") {
    const { begin: first, fact: write } = format.facts;
    yield first;
    for await (const page of exportFacts(db, userId)) {
      const whole = page
        .filter(({ subject }) => known.has(subject))
        .map(({ object, ...fact }) => (object !== undefined && known.has(object) ? { ...fact, object } : fact));
      yield whole.map((fact, at) => write(fact, told === 0 && at === 0)).join("");
      told += whole.length;
    }
  }
  yield format.end({ nodes: known.size, edges: written, facts: told });
}
