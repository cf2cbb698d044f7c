import type { RecallItemRow } from "../database/schema.ts";
import { stemsOf, type Stemmer } from "./stems.ts";
import { tellsTime } from "./words.ts";

/** What the index holds, before it has a number. */
export type Item = Omit<RecallItemRow, "id">;

export function measuresOf(text: string, words: readonly string[], stem: Stemmer) {
  return {
    length: words.length,
    tells_time: tellsTime(text) ? 1 : 0,
    stems: stemsOf(words, stem),
  };
}
