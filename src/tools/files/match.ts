/** Where a text stands in a file, and the file with another in its place. Pure. */

export type Match = "exact" | "blanks at line ends" | "indentation";

export type Found =
  | { readonly ok: true; readonly text: string; readonly match: Match; readonly count: number }
  /** `lines`: where it stands, when it is there more than once. */
  | { readonly ok: false; readonly lines: readonly number[] };

/**
 * Puts `put` in the place of `old`: exactly, or else by whole lines that differ in the blanks at their ends, or else by
 * lines that are all indented by the same more or less, and then `put` is too. Only where it stands once, unless `all`.
 */
export function replaced(text: string, old: string, put: string, all: boolean): Found {
  const exact = placesOf(text, old);
  if (exact.length > 1 && !all) return { ok: false, lines: exact.map((at) => lineAt(text, at)) };
  if (exact.length > 0) {
    return { ok: true, text: text.split(old).join(put), match: "exact", count: exact.length };
  }
  const lines = text.split("\n");
  const wanted = withoutLastBreak(old).split("\n");
  if (wanted.every((line) => line.trim() === "")) return { ok: false, lines: [] };
  for (const match of ["blanks at line ends", "indentation"] as const) {
    const spots = spotsOf(lines, wanted, match);
    if (spots.length > 1) return { ok: false, lines: spots.map(({ at }) => at + 1) };
    const spot = spots[0];
    if (spot === undefined) continue;
    const ending = lines[spot.at]?.endsWith("\r") === true ? "\r" : "";
    // A text without its last line break stands for the same lines.
    const puts =
      put === ""
        ? []
        : withoutLastBreak(put)
            .split("\n")
            .map((line) => `${spot.shift(line.replace(/\r$/, ""))}${ending}`);
    return { ok: true, text: lines.toSpliced(spot.at, wanted.length, ...puts).join("\n"), match, count: 1 };
  }
  return { ok: false, lines: [] };
}

const withoutLastBreak = (text: string): string => text.replace(/\r?\n$/, "");

function placesOf(text: string, old: string): number[] {
  const places: number[] = [];
  for (let at = text.indexOf(old); at !== -1; at = text.indexOf(old, at + old.length)) places.push(at);
  return places;
}

const lineAt = (text: string, at: number): number => text.slice(0, at).split("\n").length;

interface Spot {
  readonly at: number;
  readonly shift: (line: string) => string;
}

/** Where the lines stand, by the given looseness. */
function spotsOf(lines: readonly string[], wanted: readonly string[], match: Match): readonly Spot[] {
  const first = wanted.findIndex((line) => line.trim() !== "");
  const key = wanted[first]?.trim();
  const spots: Spot[] = [];
  for (let at = 0; at + wanted.length <= lines.length; at++) {
    if (lines[at + first]?.trim() !== key) continue;
    const shift =
      match === "indentation"
        ? shiftOf(lines, at, wanted, first)
        : sameEnds(lines, at, wanted)
          ? (line: string) => line
          : null;
    if (shift !== null) spots.push({ at, shift });
  }
  return spots;
}

const sameEnds = (lines: readonly string[], at: number, wanted: readonly string[]): boolean =>
  wanted.every((line, n) => lines[at + n]?.trimEnd() === line.trimEnd());

const indentOf = (line: string): string => /^[ \t]*/.exec(line)?.[0] ?? "";

/** What turns a wanted line into the file's: the same blanks before each, or taken from each. null: they differ otherwise. */
function shiftOf(lines: readonly string[], at: number, wanted: readonly string[], first: number) {
  const [there, asked] = [indentOf(lines[at + first] ?? ""), indentOf(wanted[first] ?? "")];
  const [more, less] = there.endsWith(asked)
    ? [there.slice(0, there.length - asked.length), ""]
    : asked.endsWith(there)
      ? ["", asked.slice(0, asked.length - there.length)]
      : [null, null];
  if (more === null || less === null) return null;
  const shift = (line: string): string =>
    line.trim() === "" ? line : `${more}${line.startsWith(less) ? line.slice(less.length) : line}`;
  const fits = wanted.every((line, n) =>
    line.trim() === ""
      ? lines[at + n]?.trim() === ""
      : line.startsWith(less) && shift(line).trimEnd() === lines[at + n]?.trimEnd(),
  );
  return fits ? shift : null;
}
