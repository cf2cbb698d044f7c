import { z } from "zod";
import { IMPORT_FORMATS } from "./export-formats.ts";

/** What became of a file of memory, or would: `dryRun`. */
export const graphImportSchema = z.object({
  format: z.enum(IMPORT_FORMATS),
  dryRun: z.boolean(),
  /** What the file says is shared was written for everybody. */
  shared: z.boolean(),
  /** `kept`: the file says something else, and what is here was left as it is: it is newer, or not the importer's to change. */
  nodes: z.object({ created: z.number(), updated: z.number(), unchanged: z.number(), kept: z.number() }),
  /** `skipped`: they would have joined a node with itself. */
  edges: z.object({ created: z.number(), updated: z.number(), unchanged: z.number(), skipped: z.number() }),
  /** `kept`: it says something else here, or was forgotten. */
  facts: z.object({ created: z.number(), unchanged: z.number(), kept: z.number() }),
  /** What of the file was not taken, or taken as something else. */
  notes: z.array(z.string()),
});
export type GraphImport = z.infer<typeof graphImportSchema>;
