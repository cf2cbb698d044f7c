import { z } from "zod";
import { factKindSchema } from "./facts.ts";

/** What is recalled, as it crosses HTTP, the best first. Times are ISO 8601 UTC. */

export const RECALL_KINDS = ["message", "fact", "node"] as const;
export const recallKindSchema = z.enum(RECALL_KINDS);

const found = {
  /** As it is cited in an answer: `[m:ID]`. */
  id: z.string(),
  /** Of long ones the part around the first hit. */
  text: z.string(),
  at: z.string(),
  /** Why it was found, in words. */
  why: z.array(z.string()),
  /** What it was ranked by: to be compared with others of this answer, and with nothing else. */
  score: z.number(),
};

export const recalledSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("message"),
    ...found,
    author: z.string(),
    chatId: z.string(),
    chatTitle: z.string(),
    seq: z.number(),
  }),
  z.object({
    kind: z.literal("fact"),
    ...found,
    /** The node that it is about. */
    nodeId: z.string(),
    type: z.string(),
    name: z.string(),
    factKind: factKindSchema,
    /** Since when and until when it is so. */
    validFrom: z.string().nullable(),
    validTo: z.string().nullable(),
    /** The messages that say it, each as it is cited. */
    sources: z.array(z.string()),
  }),
  z.object({ kind: z.literal("node"), ...found, nodeId: z.string(), type: z.string(), name: z.string() }),
]);
export type Recalled = z.infer<typeof recalledSchema>;

/** What a `recall` event names, for who may see it. */
export const namedItemSchema = z.object({
  id: z.string(),
  kind: recallKindSchema,
  /** The beginning of it. */
  text: z.string(),
  at: z.string(),
  /** Who said it, or the name of the node, or of the one that the fact is about. */
  title: z.string(),
  chatId: z.string().nullable(),
  seq: z.number().nullable(),
  /** The node, or the one that the fact is about. */
  nodeId: z.string().nullable(),
});
export const namedItemsSchema = z.object({ items: z.array(namedItemSchema) });

export const recallPageSchema = z.object({
  items: z.array(recalledSchema),
  /** Why there is nothing, where the query is to blame; or why not everything was compared by meaning. */
  note: z.string().optional(),
  /** What the answer does not hold, in words, where that may be something. */
  leftOut: z.string().optional(),
  /** False: the log is still being indexed, and there may be more. */
  indexed: z.boolean(),
});
export type RecallPage = z.infer<typeof recallPageSchema>;
