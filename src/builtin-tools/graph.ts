import { z } from "zod";
import type { Json } from "../core/events.ts";
import { graphAdd } from "../store/graph/add.ts";
import { graphCheck } from "../store/graph/check.ts";
import { graphSearch } from "../store/graph/search.ts";
import { graphStats } from "../store/graph/stats.ts";
import type { Tx } from "../store/database/store.ts";
import { defineTransactionalTool, type Tool } from "../tools/tool.ts";
import { addArgsSchema, type AddArgs } from "./graph-args.ts";

const reading = { effect: "read", idempotent: true, timeoutMs: 30_000 } as const;

const graphStatsTool = defineTransactionalTool<object, Tx>({
  ...reading,
  name: "graph_stats",
  description:
    "Counts the nodes and edges of the knowledge graph, in all and by type. " +
    "Use it for statistics, or to see how much the memory holds.",
  args: z.strictObject({}),
  summary: () => "",
  execute: async (_, { principal }, { db }) => plain(await graphStats(db, principal.userId)),
});

const graphCheckTool = defineTransactionalTool<object, Tx>({
  ...reading,
  name: "graph_check",
  description:
    "Checks the integrity of the knowledge graph: isolated nodes, dangling edges, self loops, duplicate names and " +
    "nodes without content, each counted, with examples. It changes nothing.",
  args: z.strictObject({}),
  summary: () => "",
  execute: async (_, { principal }, { db }) => plain(await graphCheck(db, principal.userId)),
});

interface SearchArgs {
  readonly query: string;
  readonly type?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

const graphSearchTool = defineTransactionalTool<SearchArgs, Tx>({
  ...reading,
  name: "graph_search",
  description:
    "Searches the knowledge graph for words in the names, types and contents of nodes. Each hit says why it matched " +
    "and shows its neighbours. Use it to recall what is known about something, before you answer or add.",
  args: z.strictObject({
    query: z.string().max(500).describe("words to look for; empty: every node"),
    type: z.string().min(1).max(100).describe("only nodes of this type").optional(),
    limit: z.number().int().min(1).max(50).describe("hits a page; 10 when left out").optional(),
    cursor: z.string().max(2000).describe("`next` of the page before").optional(),
  }),
  summary: ({ query, type }) => [`"${query}"`, ...(type === undefined ? [] : [type])].join(" "),
  execute: async (args, { principal }, { db }) => plain(await graphSearch(db, principal.userId, args)),
});

const graphAddTool = defineTransactionalTool<AddArgs, Tx>({
  name: "graph_add",
  description:
    "Remembers: adds nodes and edges to the knowledge graph. A node that exists (same type and name) is kept, gets " +
    "the new content, and its data is merged. An edge names its ends by node id or by name, of this call or known.",
  effect: "write",
  idempotent: true,
  timeoutMs: 30_000,
  args: addArgsSchema,
  summary: ({ nodes, edges }) =>
    [...nodes.map((node) => node.name), ...edges.map((edge) => `${edge.source} → ${edge.target}`)].join(", "),
  execute: async ({ nodes, edges }, { principal }, tx) => {
    const { userId, isAgent } = principal;
    const writer = { userId, ownerId: isAgent ? null : userId, now: tx.now, newId: () => tx.newId() };
    const added = await graphAdd(tx.db, writer, {
      nodes,
      edges: edges.map(({ source, sourceType, target, targetType, type, data }) => ({
        source: { ref: source, type: sourceType },
        target: { ref: target, type: targetType },
        type,
        data,
      })),
    });
    const changed = [...added.nodes, ...added.edges].some((item) => item.change !== "unchanged");
    if (changed) tx.changed("graph", isAgent ? "all" : [userId]);
    return plain(added);
  },
});

/** The agent's tools for its memory, the knowledge graph. Each sees what its run's owner may see. */
export const graphTools: readonly Tool<Tx>[] = [graphStatsTool, graphCheckTool, graphSearchTool, graphAddTool];

/** The store's read-only shapes are JSON already; this says so to the compiler, and drops absent fields. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
