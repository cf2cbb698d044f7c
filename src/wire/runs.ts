import { z } from "zod";
import { runSchema } from "./api.ts";

/** A run by itself, as its own page shows it. */
export const runAloneSchema = runSchema.extend({
  /** Of its schedule, else the beginning of its task's instruction, else of its chat. */
  title: z.string(),
  schedule: z.string().nullable(),
  /** Whose work it is, by name. */
  by: z.string(),
  /** The caller may stop it and answer in its chat. */
  canWrite: z.boolean(),
  inputTokens: z.number(),
  outputTokens: z.number(),
  /** Its events lie in its chat's log from here on; of a run that has ended, up to `lastSeq`. */
  firstSeq: z.number(),
  lastSeq: z.number().nullable(),
});
export type RunAlone = z.infer<typeof runAloneSchema>;
