import { z } from "zod";
import { MAX_TAG, MOST_TAGS_ON_CHAT, tidyTag } from "../core/tags.ts";

export const tagSchema = z
  .string()
  .max(200)
  .overwrite(tidyTag)
  .min(1)
  .max(MAX_TAG)
  .regex(/^[^,\p{Cc}]*$/u, { error: "must have no comma and no control character" });

const several = z.array(tagSchema).max(MOST_TAGS_ON_CHAT);

export const tagPatchSchema = z.strictObject({ add: several.optional(), remove: several.optional() });
export type TagPatch = z.infer<typeof tagPatchSchema>;

export const chatTagsSchema = z.object({ tags: z.array(z.string()) });
export type ChatTags = z.infer<typeof chatTagsSchema>;

/** `chats`: how many have it. */
export const tagInUseSchema = z.object({ tag: z.string(), chats: z.number() });
export type TagInUse = z.infer<typeof tagInUseSchema>;
