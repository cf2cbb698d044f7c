import { piece } from "../../core/text.ts";
import { SINGLE_VALUED } from "../graph/plain.ts";
import { plainText } from "../recall/words.ts";

/** How a fact's subject stands to what is said of it. */

const MAX_RELATION = 60;

/** In snake_case; "" for none. */
export function relationOf(text: string): string {
  const words = plainText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
  return piece(words.join("_"), 0, MAX_RELATION).replace(/_$/, "");
}

/** There is one at a time: a new one ends the one before. `prefers_coffee` is one thing, `prefers_tea_time` another. */
export const isSingle = (relation: string): boolean => SINGLE.has(relation) || /^prefers?_./.test(relation);

const SINGLE: ReadonlySet<string> = new Set(SINGLE_VALUED.map((plain) => plain.replaceAll(" ", "_")));
