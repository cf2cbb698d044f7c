/** Words that a person puts on chats of their own list. The same word is the same tag, however it was written. */

/** In UTF-16 units. */
export const MAX_TAG = 40;
export const MOST_TAGS_ON_CHAT = 20;
/** Different ones of one person. */
export const MOST_TAGS = 200;

export function tidyTag(tag: string): string {
  return tag.replace(/\s+/g, " ").trim().toLowerCase().normalize("NFC");
}

/** What was typed with commas between, each once. */
export function tagsIn(text: string): readonly string[] {
  return [...new Set(text.split(",").map(tidyTag))].filter((tag) => tag !== "");
}
