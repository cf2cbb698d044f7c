import { plural } from "./plural.ts";
import { quoted } from "./quoted.ts";

/** What stands around words, code and JSON. */
export const WORDS = {
  wrap: "Wrap",
  raw: "Raw",
  showLess: "Show less",
  showAllLines: (n: number): string => `Show all ${plural(n, { one: "# line", other: "# lines" })}`,
  showAllOf: (size: string): string => `Show all ${size}`,

  extent: (lines: number, characters: string): string =>
    `${plural(lines, { one: "# line", other: "# lines" })}, ${characters} characters`,
  diff: "Diff",
  /** `3 lines added, 1 removed`. */
  extentOfDiff: (added: number, removed: number): string => {
    if (added + removed === 0) return "nothing is different";
    if (added === 0) return plural(removed, { one: "# line removed", other: "# lines removed" });
    const words = plural(added, { one: "# line added", other: "# lines added" });
    return removed === 0 ? words : `${words}, ${removed} removed`;
  },
  code: (language: string): string => (language === "" ? "Code" : `Code: ${language}`),
  linesAsBefore: (n: number): string => plural(n, { one: "⋯ # line as before", other: "⋯ # lines as before" }),
  lineIs: { added: "added: ", removed: "removed: " },

  rowsLeft: (n: number): string => `Show more · ${plural(n, { one: "# row left", other: "# rows left" })}`,
  left: (n: number): string => `Show more · ${n} left`,
  items: (n: number): string => plural(n, { one: "# item", other: "# items" }),
  fields: (n: number): string => plural(n, { one: "# field", other: "# fields" }),
  empty: "empty",

  /** `n`: a number that was made short already. */
  charactersLeft: (n: string): string => `Show more · ${n} characters left`,
  showAllCharacters: (n: string): string => `Show all · ${n} characters`,
  done: "done",
  toDo: "to do",
  table: "Table",
  imageWithoutHost: (alt: string): string => `[image: ${alt}]`,
  image: (alt: string, host: string): string => (alt === "" ? `Image at ${host}` : `Image ${quoted(alt)} at ${host}`),
} as const;
