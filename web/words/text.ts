import { plural } from "./plural.ts";

/** What stands around words, code and JSON. */
export const WORDS = {
  wrap: "Wrap",
  raw: "Raw",
  showLess: "Show less",
  showAllLines: (n: number): string => `Show all ${plural(n, { one: "# line", other: "# lines" })}`,
  showAllOf: (size: string): string => `Show all ${size}`,

  diff: "Diff",
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
  image: (alt: string, host: string): string => (alt === "" ? `Image at ${host}` : `Image “${alt}” at ${host}`),
} as const;
