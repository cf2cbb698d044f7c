import { z } from "zod";
import type { Json } from "../core/events.ts";
import { graphAdd } from "../store/graph/add.ts";
import { writerOf } from "../store/graph/save.ts";
import { graphStats } from "../store/graph/stats.ts";
import type { Store, Tx } from "../store/database/store.ts";
import { placeOfCall } from "../store/log/call-place.ts";
import { checkMemory } from "../store/mending/check.ts";
import { searchNodes } from "../store/recall/graph.ts";
import { leftOut } from "../store/recall/left-out.ts";
import { NOTE, notesAmong } from "../store/recall/notes.ts";
import { readerFor } from "../store/recall/reader.ts";
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
  execute: async (_, run, tx) => {
    const { db } = tx;
    const reader = await readerFor(tx, run);
    return plain({ ...(await graphStats(db, reader)), ...(await leftOut(db, reader)) });
  },
});

const graphCheckTool = defineTransactionalTool<object, Tx>({
  ...reading,
  name: "graph_check",
  description:
    "Checks the integrity of the knowledge graph: isolated nodes, dangling edges, self loops, duplicate names, nodes " +
    "without content, edges that are there twice, contradictions, and facts without a source, each counted, with examples. " +
    "It changes nothing.",
  args: z.strictObject({}),
  summary: () => "",
  execute: async (_, run, { db, now }) => {
    const reader = await readerFor({ db, now }, run);
    return plain({ ...(await checkMemory(db, reader, now)), ...(await leftOut(db, reader)) });
  },
});

interface SearchArgs {
  readonly query: string;
  readonly type?: string | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

const graphSearchTool = (store: Store): Tool<Tx> =>
  defineTransactionalTool<SearchArgs, Tx>({
    ...reading,
    name: "graph_search",
    description:
      "Searches the knowledge graph for words in the names, types and contents of nodes. Each hit says why it matched " +
      "and shows its neighbours. Use it to recall what is known about something, before you answer or add.",
    args: z.strictObject({
      query: z.string().max(500).describe("words to look for; empty: every node"),
      type: z.string().min(1).max(100).describe("only nodes of this type").optional(),
      limit: z.number().int().min(1).max(50).describe("hits a page; 10 when left out").optional(),
      cursor: z.string().max(4000).describe("`next` of the page before").optional(),
    }),
    summary: ({ query, type }) => [`"${query}"`, ...(type === undefined ? [] : [type])].join(" "),
    execute: async (args, run, tx) => {
      const reader = await readerFor(tx, run);
      const { items, ...page } = await searchNodes(store, reader, args, tx);
      const ids = items.map(({ id }) => id);
      const notes = await notesAmong(tx.db, ids);
      const told = items.map((item) => ({ ...item, ...(notes.has(item.id) && { from: NOTE }) }));
      return plain({ items: told, ...page, ...(await leftOut(tx.db, reader)) });
    },
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
  execute: async ({ nodes, edges }, { chatId, taskId, runId, callId }, tx) => {
    const reader = await readerFor(tx, { chatId, taskId });
    const run = { runId, chatId, seq: await placeOfCall(tx.db, { chatId, runId, callId }) };
    const added = await graphAdd(tx.db, writerOf(reader, tx, run), {
      nodes,
      edges: edges.map(({ source, sourceType, target, targetType, type, data }) => ({
        source: { ref: source, type: sourceType },
        target: { ref: target, type: targetType },
        type,
        data,
      })),
    });
    const changed = [...added.nodes, ...added.edges].some((item) => item.change !== "unchanged");
    if (changed) tx.changed("graph", [reader.viewer.id]);
    return plain(added);
  },
});

/** The agent's tools for its memory, the knowledge graph: that of whoever its run works for. */
export function graphTools(store: Store): readonly Tool<Tx>[] {
  return [graphStatsTool, graphCheckTool, graphSearchTool(store), graphAddTool];
}

/** The store's read-only shapes are JSON already; this says so to the compiler, and drops absent fields. */
function plain(value: object): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
