import { sql, type RawBuilder } from "kysely";

/** Finding words and names in columns, alike on both engines: without regard to case, and to how an accent is written. */

/** A name in each way to write it: as it came, with letters and marks joined (NFC), and apart (NFD), as some systems do. */
export function formsOf(name: string): readonly string[] {
  return [...new Set([name, name.normalize("NFC"), name.normalize("NFD")])];
}

/** True where the column's text contains the words; `%` and `_` are plain characters. */
export function contains(column: string, words: string): RawBuilder<boolean> {
  const patterns = spellings(words).map((spelling) => `%${spelling.replace(/[\\%_]/g, "\\$&")}%`);
  const tests = patterns.map((pattern) => sql`lower(${sql.ref(column)}) LIKE ${pattern} ESCAPE '\\'`);
  return sql<boolean>`(${sql.join(tests, sql` OR `)})`;
}

/** True where the column's text is these words and nothing else. */
export function equals(column: string, text: string): RawBuilder<boolean> {
  return sql<boolean>`lower(${sql.ref(column)}) IN (${sql.join(spellings(text))})`;
}

/** True where the column, an id, begins with these characters, as they are. */
export function begins(column: string, prefix: string): RawBuilder<boolean> {
  return sql<boolean>`substr(${sql.ref(column)}, 1, ${prefix.length}) = ${prefix}`;
}

/**
 * What `lower()` may make of words: an engine without the locale's rules (SQLite always) folds A to Z only, so other
 * letters stay as they were written: as they are asked for, in small letters, in capitals, or with a capital at the beginning.
 */
function spellings(words: string): readonly string[] {
  const small = words.toLowerCase();
  const title = small.charAt(0).toUpperCase() + small.slice(1);
  const cases = [small, foldAscii(words.toUpperCase()), foldAscii(title), foldAscii(words)];
  return [...new Set(cases.flatMap(formsOf))];
}

const foldAscii = (text: string): string => text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
