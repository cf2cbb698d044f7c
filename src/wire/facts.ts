import { z } from "zod";
import { label } from "../core/bounds.ts";
import { idSchema } from "./api.ts";
import { FACT_KINDS, FACT_STATUSES } from "./fact-words.ts";
import { graphNodeSchema, nodeEdgeSchema, nodeLabelSchema } from "./graph.ts";

/** What is remembered of people and things, as it crosses HTTP. Times are ISO 8601 UTC. */

export const factKindSchema = z.enum(FACT_KINDS);

export const factSchema = z.object({
  id: z.string(),
  subject: nodeLabelSchema,
  relation: z.string().optional(),
  object: nodeLabelSchema.optional(),
  /** "" of what was forgotten. */
  text: z.string(),
  kind: factKindSchema,
  /** Since when and until when it is so, in the world. */
  validFrom: z.string().optional(),
  validTo: z.string().optional(),
  /** When it came here, and when it was put aside. */
  recordedAt: z.string(),
  retiredAt: z.string().optional(),
  /** The fact that took its place. */
  supersededBy: z.string().optional(),
  /** A person has said it; false: the agent has concluded it. */
  stated: z.boolean(),
  /** Who said it, by name. */
  author: z.string(),
  /** The messages that say it, of those that you may see. */
  sources: z.array(z.object({ chatId: z.string(), seq: z.number() })),
  /** How often it was said again, or given to a run. */
  uses: z.number(),
  lastUsedAt: z.string().optional(),
  /** Every run for its owner is told it, whatever it is about. */
  pinned: z.boolean(),
  status: z.enum(FACT_STATUSES),
  /** All members know it. */
  shared: z.boolean(),
});
export type Fact = z.infer<typeof factSchema>;

const timeSchema = z.iso.datetime({ offset: true });
const inOrder = <T extends { validFrom?: string | null | undefined; validTo?: string | null | undefined }>(fact: T) =>
  fact.validFrom == null || fact.validTo == null || Date.parse(fact.validFrom) <= Date.parse(fact.validTo);
const IN_ORDER = { error: "it would end before it begins", path: ["validTo"] };

export const newFactSchema = z
  .strictObject({
    /** A node's id, or its name: one that is not there is added. `me`: yourself. */
    subject: label(200),
    /** What kind of thing that is, where it is new. */
    subjectType: label(100).optional(),
    relation: label(100).optional(),
    text: label(500),
    kind: factKindSchema.optional(),
    pinned: z.boolean().optional(),
    validFrom: timeSchema.optional(),
    validTo: timeSchema.optional(),
  })
  .refine(inOrder, IN_ORDER);
export type NewFact = z.infer<typeof newFactSchema>;

export const factPatchSchema = z
  .strictObject({
    /** Another sentence makes another fact, which takes the place of this one. */
    text: label(500),
    pinned: z.boolean(),
    /** `active` confirms a proposal or takes back that it was put aside, `retired` puts it aside. */
    status: z.enum(["active", "retired"]),
    validFrom: timeSchema.nullable(),
    validTo: timeSchema.nullable(),
    shared: z.boolean(),
  })
  .partial()
  .refine(inOrder, IN_ORDER);
export type FactPatch = z.infer<typeof factPatchSchema>;

/** A run that was given something of a node, or of what is known of it. */
const useSchema = z.object({
  runId: idSchema,
  chatId: idSchema,
  seq: z.number(),
  at: z.string(),
  /** Of its chat. */
  title: z.string(),
});

export const entitySchema = z.object({
  node: graphNodeSchema.omit({ edges: true }),
  /** What holds first, then what is over; the newest first. */
  facts: z.array(factSchema),
  /** The first page of its edges. */
  edges: z.object({ items: z.array(nodeEdgeSchema), next: z.string().nullable(), total: z.number() }),
  /** How many runs, and the newest of them. */
  usedIn: z.object({ count: z.number(), runs: z.array(useSchema) }),
});
export type Entity = z.infer<typeof entitySchema>;
