import { z } from "zod";
import { attachmentSchema } from "../core/events.ts";
import { MAX_ATTACHMENTS } from "../core/files.ts";

/** A file as it was taken in, and as a message’s event names it. */
export const fileSchema = attachmentSchema;
export type SentFile = z.infer<typeof fileSchema>;

/** Files by the ids that `POST /api/files` gave. */
export const attachmentIdsSchema = z
  .array(z.string().min(1).max(100))
  .refine((ids) => ids.length <= MAX_ATTACHMENTS, { error: `must be at most ${MAX_ATTACHMENTS} files` })
  .refine((ids) => new Set(ids).size === ids.length, { error: "must not name a file twice" });
