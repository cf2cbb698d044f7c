import { z } from "zod";
import { listSchema, timeSchema } from "./api.ts";

/** With whom a chat is shared. */

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

/** And by a link, for whoever has it and is signed in. */
export const newChatLinkSchema = z.strictObject({
  /** To write there too; by default to watch only. */
  write: z.boolean().optional(),
  /** When it ends, within a year; left out: in seven days. */
  expiresAt: timeSchema.optional(),
});

export const chatLinkSchema = z.object({
  id: z.string(),
  write: z.boolean(),
  /** Who has made it, by name. */
  by: z.string(),
  createdAt: z.string(),
  expiresAt: z.string(),
  /** Who has the chat by it, by name. */
  people: z.array(z.string()),
});
export type ChatLink = z.infer<typeof chatLinkSchema>;

/** `url`: shown this once, and kept only as a hash. */
export const madeChatLinkSchema = chatLinkSchema.extend({ url: z.string() });
export type MadeChatLink = z.infer<typeof madeChatLinkSchema>;

/** `token`: what stands behind the `#` of its address. */
export const takeLinkSchema = z.strictObject({ token: z.string().min(1).max(200) });

export const takenLinkSchema = z.object({
  chatId: z.string(),
  /** The caller may write there. */
  write: z.boolean(),
});
