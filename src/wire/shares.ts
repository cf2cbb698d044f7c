import { z } from "zod";
import { listSchema } from "./api.ts";

/** With whom a chat is shared, by hand. */

export const newShareSchema = z.strictObject({
  /** By name. */
  user: z.string().trim().min(1).max(100),
  /** To write there too; by default to watch only. */
  write: z.boolean().optional(),
});
export type NewShare = z.infer<typeof newShareSchema>;

export const shareSchema = z.object({ user: z.string(), write: z.boolean() });
export type Share = z.infer<typeof shareSchema>;

export const sharesSchema = listSchema(shareSchema).extend({
  /** Whose chat it is, by name. */
  owner: z.string(),
  /** The caller may share it, and take that back. */
  mayShare: z.boolean(),
});
export type Shares = z.infer<typeof sharesSchema>;

export const personSchema = z.object({ name: z.string() });
export type Person = z.infer<typeof personSchema>;
