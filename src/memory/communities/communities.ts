import { SparkyError } from "../../core/errors.ts";
import { edgeEnds, labelsOf } from "../../store/graph/ends.ts";
import { graphStats } from "../../store/graph/stats.ts";
import type { Store } from "../../store/database/store.ts";
import type { DeepStats } from "../../wire/graph.ts";
import { communitiesInThread, stopped } from "./in-thread.ts";

/** More would take more memory than a small machine has to spare. */
const MOST_NODES = 100_000;
const MOST_EDGES = 500_000;

const SHOWN = { communities: 10, nodes: 5, central: 10 } as const;

/** What of the memory belongs together, and what stands in its middle. Throws `too_large` for a memory that is too big for that. */
export async function deepStats(store: Store, userId: string, signal: AbortSignal): Promise<DeepStats> {
  const stats = await graphStats(store.db, userId);
  checkSize(stats);
  const numbers = new Map<string, number>();
  const numberOf = (id: string): number => {
    const known = numbers.get(id) ?? numbers.size;
    numbers.set(id, known);
    return known;
  };
  const ends: number[] = [];
  for await (const page of edgeEnds(store.db, userId)) {
    if (signal.aborted) throw stopped();
    for (const { source, target } of page) ends.push(numberOf(source), numberOf(target));
    // Some may have come since they were counted.
    checkSize({ nodes: numbers.size, edges: ends.length / 2 });
  }
  const found = await communitiesInThread({ ends: Uint32Array.from(ends), shown: SHOWN }, signal);
  const ids = [...numbers.keys()];
  const shown = [...found.central.map(({ node }) => node), ...found.largest.flatMap(({ nodes }) => nodes)];
  const wanted = new Set(shown.map((at) => ids[at] ?? ""));
  const labels = await labelsOf(store.db, userId, [...wanted]);
  // One that went meanwhile is not told.
  const labelled = (at: number) => [labels.get(ids[at] ?? "") ?? []].flat();
  const largest = found.largest.map(({ size, nodes }) => ({ size, nodes: nodes.flatMap(labelled) }));
  const central = found.central.flatMap(({ node, rank, neighbours }) =>
    labelled(node).map((label) => ({ ...label, rank: rounded(rank), neighbours })),
  );
  const communities = { count: found.count, modularity: rounded(found.modularity), largest };
  return { ...stats, deep: { communities, central } };
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

/** Throws `too_large`. */
export function checkSize({ nodes, edges }: { readonly nodes: number; readonly edges: number }): void {
  if (nodes <= MOST_NODES && edges <= MOST_EDGES) return;
  throw new SparkyError(
    "too_large",
    `communities are found in up to ${MOST_NODES} nodes and ${MOST_EDGES} edges, and here are ${nodes} and ${edges}`,
    { hint: "ask for the plain counts, without `deep`" },
  );
}
