import { z } from "zod";
import { jsonSchema } from "../core/events.ts";

/** The knowledge graph as it crosses HTTP. */

export const graphStatsSchema = z.object({
  nodes: z.number(),
  edges: z.number(),
  nodeTypes: z.record(z.string(), z.number()),
  edgeTypes: z.record(z.string(), z.number()),
});
export type GraphStats = z.infer<typeof graphStatsSchema>;

export const nodeLabelSchema = z.object({ id: z.string(), type: z.string(), name: z.string() });
export type NodeLabel = z.infer<typeof nodeLabelSchema>;

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
});
export type FoundNode = z.infer<typeof foundNodeSchema>;

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
  nodes: z.array(graphNodeSchema.omit({ edges: true })),
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
});

const endSchema = z.object({ id: z.string(), name: z.string().nullable() });
const edgeLabelSchema = z.object({ id: z.string(), type: z.string(), source: endSchema, target: endSchema });
export type EdgeLabel = z.infer<typeof edgeLabelSchema>;

export const graphCheckSchema = z.object({
  nodes: z.number(),
  edges: z.number(),
  ok: z.boolean(),
  isolated: finding(nodeLabelSchema),
  dangling: finding(edgeLabelSchema),
  selfLoops: finding(edgeLabelSchema),
  duplicates: finding(z.object({ name: z.string(), nodes: z.array(nodeLabelSchema) })),
  emptyContent: finding(nodeLabelSchema),
});
export type GraphCheck = z.infer<typeof graphCheckSchema>;
