import { z } from "zod";
import { jsonSchema } from "../core/events.ts";
import { listSchema } from "./api.ts";
import { FACT_KINDS } from "./fact-words.ts";

/** The knowledge graph as it crosses HTTP. */

/** What the answer does not hold, in words, where that may be something. */
const leftOut = z.string().optional();

export const graphStatsSchema = z.object({
  nodes: z.number(),
  edges: z.number(),
  nodeTypes: z.record(z.string(), z.number()),
  edgeTypes: z.record(z.string(), z.number()),
  leftOut,
});
export type GraphStats = z.infer<typeof graphStatsSchema>;

export const nodeLabelSchema = z.object({ id: z.string(), type: z.string(), name: z.string() });
export type NodeLabel = z.infer<typeof nodeLabelSchema>;

export const deepStatsSchema = graphStatsSchema.extend({
  deep: z.object({
    /** Groups of nodes that are joined to one another more than to others; nodes without an edge are in none. */
    communities: z.object({
      count: z.number(),
      /** From -0.5 to 1: how much more is joined within them than by chance. */
      modularity: z.number(),
      /** The largest, each with its most central nodes. */
      largest: z.array(z.object({ size: z.number(), nodes: z.array(nodeLabelSchema) })),
    }),
    /** Those that most leads to: PageRank without regard to directions, of all together 1. */
    central: z.array(nodeLabelSchema.extend({ rank: z.number(), neighbours: z.number() })),
  }),
});
export type DeepStats = z.infer<typeof deepStatsSchema>;

const directionSchema = z.enum(["out", "in"]);
const dataSchema = z.record(z.string(), jsonSchema);

export const foundNodeSchema = nodeLabelSchema.extend({
  /** Long content: the part around the first hit. */
  content: z.string(),
  data: dataSchema,
  /** Where each word was found. */
  why: z.array(z.string()),
  /** How many other nodes it is joined to, and some of them. */
  neighbours: z.number(),
  links: z.array(z.object({ type: z.string(), direction: directionSchema, node: nodeLabelSchema })),
  /** Facts that hold of it, and the newest of them; absent: none. */
  facts: z.object({ count: z.number(), newest: z.string() }).optional(),
});
export type FoundNode = z.infer<typeof foundNodeSchema>;

export const foundNodesSchema = listSchema(foundNodeSchema).extend({ leftOut });
export type FoundNodes = z.infer<typeof foundNodesSchema>;

export const nodeEdgeSchema = z.object({
  id: z.string(),
  type: z.string(),
  /** `out`: it leaves the node that was asked for, towards `node`. */
  direction: directionSchema,
  node: nodeLabelSchema,
  data: dataSchema,
});
export type NodeEdge = z.infer<typeof nodeEdgeSchema>;

export const graphNodeSchema = nodeLabelSchema.extend({
  /** What else it was called, before it was merged with others. */
  aliases: z.array(z.string()).optional(),
  content: z.string(),
  data: dataSchema,
  /** Everybody sees it; false: only you. */
  shared: z.boolean(),
  createdAt: z.string(),
  updatedAt: z.string(),
  /** The first page of its edges. */
  edges: z.object({ items: z.array(nodeEdgeSchema), next: z.string().nullable(), total: z.number() }),
});
export type GraphNode = z.infer<typeof graphNodeSchema>;

/** All of one kind counted, and some of it shown. */
const finding = <T extends z.ZodType>(example: T) => z.object({ count: z.number(), examples: z.array(example) });

/** An export as JSON: each edge joins two of its nodes. */
export const graphExportSchema = z.object({
  nodes: z.array(
    graphNodeSchema.omit({ edges: true }).extend({
      aliases: z.array(z.object({ type: z.string(), name: z.string() })).optional(),
    }),
  ),
  edges: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      source: z.string(),
      sourceName: z.string(),
      target: z.string(),
      targetName: z.string(),
      data: dataSchema,
      shared: z.boolean(),
      createdAt: z.string(),
    }),
  ),
  /** What is known of the nodes, without what was forgotten. */
  facts: z.array(
    z.object({
      id: z.string(),
      subject: z.string(),
      subjectName: z.string(),
      relation: z.string().optional(),
      object: z.string().optional(),
      text: z.string(),
      factKind: z.enum(FACT_KINDS),
      stated: z.boolean(),
      author: z.string(),
      validFrom: z.string().optional(),
      validTo: z.string().optional(),
      recordedAt: z.string(),
      retiredAt: z.string().optional(),
      supersededBy: z.string().optional(),
      uses: z.number(),
      lastUsedAt: z.string().optional(),
      pinned: z.boolean(),
      status: z.enum(["active", "proposed", "retired"]),
      shared: z.boolean(),
    }),
  ),
});

const endSchema = z.object({ id: z.string(), name: z.string().nullable() });
const edgeLabelSchema = z.object({ id: z.string(), type: z.string(), source: endSchema, target: endSchema });
export type EdgeLabel = z.infer<typeof edgeLabelSchema>;

const factLabelSchema = z.object({ id: z.string(), text: z.string() });

export const graphCheckSchema = z.object({
  nodes: z.number(),
  edges: z.number(),
  ok: z.boolean(),
  isolated: finding(nodeLabelSchema),
  dangling: finding(edgeLabelSchema),
  selfLoops: finding(edgeLabelSchema),
  duplicates: finding(z.object({ name: z.string(), nodes: z.array(nodeLabelSchema) })),
  emptyContent: finding(nodeLabelSchema),
  /** Edges of one direction between the same two nodes, of one type but for how it is written. */
  sameEdges: finding(z.object({ type: z.string(), edges: z.array(edgeLabelSchema) })),
  /** Several ends of an edge that leads to one thing at a time. */
  contradictions: finding(z.object({ node: nodeLabelSchema, type: z.string(), targets: z.array(nodeLabelSchema) })),
  /** Facts of which there is one at a time, and that hold side by side. */
  contraryFacts: finding(z.object({ subject: nodeLabelSchema, relation: z.string(), facts: z.array(factLabelSchema) })),
  /** Facts that a run has learned from messages of which none is left. */
  unsourced: finding(factLabelSchema.extend({ subject: nodeLabelSchema })),
  leftOut,
});
export type GraphCheck = z.infer<typeof graphCheckSchema>;
