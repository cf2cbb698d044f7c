import { z } from "zod";
import { jsonSchema } from "../core/events.ts";

/** What became of the graph, as it crosses HTTP. */

const fieldsSchema = z.record(z.string(), jsonSchema);

export const graphChangeSchema = z.object({
  id: z.number(),
  thing: z.enum(["node", "edge", "fact"]),
  thingId: z.string(),
  /** What the thing was called then. */
  name: z.string(),
  op: z.enum(["added", "changed", "merged", "removed", "restored"]),
  /** Of a thing that is new or gone all fields, else those that differ; absent: it was not there, or is no more. */
  before: fieldsSchema.optional(),
  after: fieldsSchema.optional(),
  /** The account; of a run, whose it was, and where, if you may see that chat. */
  by: z.object({
    user: z.string().optional(),
    runId: z.string().optional(),
    chatId: z.string().optional(),
    seq: z.number().optional(),
  }),
  at: z.string(),
  /** It belongs to that change, and is undone with it. */
  partOf: z.number().optional(),
  /** How many belong to this one. */
  parts: z.number().optional(),
  undone: z.boolean().optional(),
  /** What the things and people that its fields name by ids are called now, of those that you may see. */
  names: z.record(z.string(), z.string()).optional(),
});
export type GraphChange = z.infer<typeof graphChangeSchema>;
