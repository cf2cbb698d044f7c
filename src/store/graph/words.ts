import { piece } from "../../core/text.ts";

/** What a search of the graph looks for. */

const MAX_WORDS = 10;
const MAX_WORD_LENGTH = 100;
/** Not `#`, `+`, `_`, `%` and the like: they belong to a word (`C++`, `a_b`). */
const AROUND = /^[."'“”„‘’«»,;:!?…()[\]{}]+|[."'“”„‘’«»,;:!?…()[\]{}]+$/g;

/** The words of a query, each once, without the punctuation around them. */
export function wordsOf(query: string): readonly string[] {
  const words = query
    .normalize("NFC")
    .split(/\s+/)
    .map((word) => word.replace(AROUND, "") || word)
    .filter((word) => word !== "")
    .map((word) => piece(word.toLowerCase(), 0, MAX_WORD_LENGTH));
  return [...new Set(words)].slice(0, MAX_WORDS);
}
