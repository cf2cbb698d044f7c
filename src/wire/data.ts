import { z } from "zod";

/** What an operator is told of the data: its verification, its size and kind. */

export const findingSchema = z.object({
  /** What sort of place; kinds are only ever added. */
  kind: z.string(),
  chatId: z.string().nullable(),
  seq: z.number().nullable(),
  what: z.string(),
  expected: z.string(),
  found: z.string(),
});
export type Finding = z.infer<typeof findingSchema>;

const count = z.number().int();

export const checkedSchema = z.object({
  chats: count,
  events: count,
  runs: count,
  steps: count,
  tasks: count,
  blobs: count,
  edges: count,
  /** Runs whose process is gone: the next server goes on with them. */
  resumable: count,
});
export type Checked = z.infer<typeof checkedSchema>;

/** A part of a verification: `next` is the cursor of the following part, null after the last. */
export const verifyPageSchema = z.object({
  findings: z.array(findingSchema).readonly(),
  checked: checkedSchema,
  next: z.string().nullable(),
});
export type VerifyPage = z.infer<typeof verifyPageSchema>;

export const dataStatusSchema = z.object({
  engine: z.enum(["sqlite", "postgres"]),
  /** The last migration that was applied, and the last one that the program has. */
  schema: count,
  latestSchema: count,
  epoch: z.string().nullable(),
  bytes: z.number(),
  chats: count,
  events: count,
  runs: count,
  tasks: count,
  nodes: count,
  edges: count,
});
export type DataStatus = z.infer<typeof dataStatusSchema>;
