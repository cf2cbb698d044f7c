import { sql, type RawBuilder } from "kysely";
import { piece } from "../../core/text.ts";

/** Finding words in text, alike on both engines and without regard to case. */

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

/** True where the column's text contains the word; `%` and `_` are plain characters. */
export function contains(column: string, word: string): RawBuilder<boolean> {
  const patterns = spellings(word).map((spelling) => `%${spelling.replace(/[\\%_]/g, "\\$&")}%`);
  const tests = patterns.map((pattern) => sql`lower(${sql.ref(column)}) LIKE ${pattern} ESCAPE '\\'`);
  return sql<boolean>`(${sql.join(tests, sql` OR `)})`;
}

/** True where the column's text is these words and nothing else. */
export function equals(column: string, text: string): RawBuilder<boolean> {
  return sql<boolean>`lower(${sql.ref(column)}) IN (${sql.join(spellings(text))})`;
}

/**
 * What `lower()` may make of a word: an engine without the locale's rules (SQLite always) folds A to Z only, so other
 * letters stay as they were written, in small letters, in capitals, or with a capital at the beginning.
 */
function spellings(word: string): readonly string[] {
  const small = word.toLowerCase();
  const title = small.charAt(0).toUpperCase() + small.slice(1);
  return [...new Set([small, foldAscii(word.toUpperCase()), foldAscii(title)])];
}

const foldAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
