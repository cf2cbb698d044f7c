import { WORDS } from "../words/text.ts";

/** A diff as it is shown: each line with what became of it. */

export type DiffLine =
  | { readonly kind: "added" | "removed" | "same"; readonly text: string }
  /** The name of a file, or a place in it. */
  | { readonly kind: "head"; readonly text: string }
  | { readonly kind: "skipped"; readonly count: number };

/** So much of what is the same is shown around what is not. */
const AROUND = 3;

/**
 * `marked`: two characters before each line, as of a tool's parts; `unified`: as `diff -u` writes it. The first characters decide
 * alone: nothing in a line's own text can pass for another kind of line.
 */
export function diffLines(text: string, form: "marked" | "unified"): readonly DiffLine[] {
  const lines = text.replace(/\n$/, "").split("\n");
  return form === "marked" ? lines.map(markedLine) : unifiedLines(lines);
}

function markedLine(line: string): DiffLine {
  const text = line.slice(2);
  return { kind: line.startsWith("+") ? "added" : line.startsWith("-") ? "removed" : "same", text };
}

function unifiedLines(lines: readonly string[]): readonly DiffLine[] {
  /** Lines of a hunk that are still to come, so that a removed `-- a` is no name of a file. */
  let [old, now] = [0, 0];
  return lines.map((line): DiffLine => {
    const hunk = old === 0 && now === 0 ? /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line) : null;
    if (hunk !== null) {
      [old, now] = [Number(hunk[1] ?? 1), Number(hunk[2] ?? 1)];
      return { kind: "head", text: line };
    }
    const [sign, text] = [line[0], line.slice(1)];
    // One without hunks, as people and models write it, has such lines too.
    if (sign === "+" && (now > 0 || !line.startsWith("+++ "))) return ((now = less(now)), { kind: "added", text });
    if (sign === "-" && (old > 0 || !line.startsWith("--- "))) return ((old = less(old)), { kind: "removed", text });
    if (sign === " ") return (([old, now] = [less(old), less(now)]), { kind: "same", text });
    return { kind: "head", text: line };
  });
}

const less = (left: number): number => Math.max(0, left - 1);

/** The same with what is far from any difference left out, and counted. */
export function foldedDiff(lines: readonly DiffLine[]): readonly DiffLine[] {
  const isNear = (at: number): boolean =>
    lines.slice(Math.max(0, at - AROUND), at + AROUND + 1).some(({ kind }) => kind === "added" || kind === "removed");
  const shown: DiffLine[] = [];
  for (const [at, line] of lines.entries()) {
    const last = shown.at(-1);
    if (line.kind !== "same" || isNear(at)) shown.push(line);
    else if (last?.kind === "skipped") shown[shown.length - 1] = { kind: "skipped", count: last.count + 1 };
    else shown.push({ kind: "skipped", count: 1 });
  }
  return shown;
}

/** "3 lines added, 1 removed". */
export function extentOfDiff(lines: readonly DiffLine[]): string {
  const count = (kind: DiffLine["kind"]): number => lines.filter((line) => line.kind === kind).length;
  return WORDS.extentOfDiff(count("added"), count("removed"));
}
