import { z } from "zod";
import { jsonSchema } from "../core/events.ts";
import { graphNodeSchema, nodeLabelSchema } from "./graph.ts";

/** The graph looked around in, and put right, as it crosses HTTP. */

export const graphEdgeSchema = z.object({ id: z.string(), type: z.string(), source: z.string(), target: z.string() });
export type GraphEdge = z.infer<typeof graphEdgeSchema>;

export const neighbourhoodSchema = z.object({
  /** The node itself, then the nearest first; `edges`: how many it has in all, counted up to a thousand each way. */
  nodes: z.array(nodeLabelSchema.extend({ depth: z.number(), edges: z.number() })),
  /** All between those. */
  edges: z.array(graphEdgeSchema),
  /** So many others are as near; not counted beyond some ten thousand. */
  more: z.number(),
});
export type Neighbourhood = z.infer<typeof neighbourhoodSchema>;

export const graphPathSchema = z.object({
  /** From one to the other; empty: none was found. */
  nodes: z.array(nodeLabelSchema),
  edges: z.array(graphEdgeSchema),
  /** False: it was not looked everywhere, and there may be a way, or a shorter one. */
  complete: z.boolean(),
});
export type GraphPath = z.infer<typeof graphPathSchema>;

const sideSchema = graphNodeSchema.omit({ edges: true }).extend({
  /** How many it has; not counted beyond a thousand. */
  edges: z.number(),
});

export const duplicatesSchema = z.object({
  /** `left` would stay: it has more edges, or is the older one. */
  items: z.array(z.object({ left: sideSchema, right: sideSchema, why: z.array(z.string()) })),
  next: z.string().nullable(),
});
export type Duplicates = z.infer<typeof duplicatesSchema>;

const idSchema = z.string().min(1).max(100);

export const apartSchema = z.object({
  left: idSchema,
  right: idSchema,
  /** They are not the same, and are not proposed any more; false: they may be. */
  apart: z.boolean(),
});
export type Apart = z.infer<typeof apartSchema>;

export const newMergeSchema = z.object({
  /** The node that stays, and the one that becomes a part of it. */
  keep: idSchema,
  drop: idSchema,
  dryRun: z.boolean().optional(),
});
export type NewMerge = z.infer<typeof newMergeSchema>;

export const mergedSchema = z.object({
  /** The one that stays, as it is then. */
  node: nodeLabelSchema.extend({
    content: z.string(),
    data: z.record(z.string(), jsonSchema),
    aliases: z.array(z.object({ type: z.string(), name: z.string() })),
  }),
  /** Edges that are its now, those that were two and are one, and those that joined the two. */
  edges: z.object({ moved: z.number(), joined: z.number(), dropped: z.number() }),
  /** What was known of the other, and is known of this one now. */
  facts: z.number(),
  /** By which it is undone; absent: nothing was done yet. */
  change: z.number().optional(),
});
export type Merged = z.infer<typeof mergedSchema>;

export const FIX_KINDS = ["dangling", "selfLoops", "sameEdges", "duplicates", "empty"] as const;
export const newFixSchema = z.object({
  kinds: z.array(z.enum(FIX_KINDS)).min(1).max(20),
  dryRun: z.boolean().optional(),
});
export type NewFix = z.infer<typeof newFixSchema>;

export const fixedSchema = z.object({
  dryRun: z.boolean(),
  /** `change`: by which it is undone; absent: nothing was done yet. */
  done: z.array(z.object({ kind: z.enum(FIX_KINDS), what: z.string(), change: z.number().optional() })),
  /** There is more of this: ask again. */
  more: z.boolean(),
});
export type Fixed = z.infer<typeof fixedSchema>;
