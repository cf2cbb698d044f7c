import type { ExportedFact } from "../../store/facts/export.ts";
import type { ExportedEdge, ExportedNode } from "../../store/graph/export.ts";

/** How an exported graph is written: pure, and each value escaped by the rules of its format. */
export interface GraphFormat {
  readonly contentType: string;
  readonly begin: string;
  /** `facts`: what is known of it, for a format that writes them there. */
  node(node: ExportedNode, first: boolean, facts: readonly ExportedFact[]): string;
  /** Between the nodes and the edges. */
  readonly middle: string;
  edge(edge: ExportedEdge, first: boolean): string;
  /** Where facts stand: with the node that they are about, or behind the edges; left out: nowhere. */
  readonly facts?:
    | { readonly stand: "with nodes" }
    | { readonly stand: "last"; readonly begin: string; readonly fact: (fact: ExportedFact, first: boolean) => string };
  end(written: { readonly nodes: number; readonly edges: number; readonly facts: number }): string;
}
