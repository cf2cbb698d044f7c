import { exactLine } from "../../core/exact.ts";

/** The lines of a file that look most like a text which is not in it, with their numbers. Pure; its time grows with the file alone. */

const AROUND = 1;
const MOST_LINES = 12;

export function nearestLines(text: string, wanted: string): string {
  const lines = text.split("\n");
  const sought = wanted.split("\n").filter((line) => line.trim() !== "");
  const whole = new Set(sought.map((line) => line.trim()));
  const words = new Set(sought.flatMap(wordsOf));
  const scores = lines.map((line) => {
    const own = wordsOf(line);
    const shared = own.filter((word) => words.has(word)).length;
    return (whole.has(line.trim()) ? 2 : 0) + (own.length === 0 ? 0 : shared / own.length);
  });
  const size = Math.min(Math.max(sought.length, 1), MOST_LINES);
  let best = { at: 0, score: 0 };
  let score = 0;
  for (let at = 0; at < scores.length; at++) {
    score += (scores[at] ?? 0) - (scores[at - size] ?? 0);
    if (score > best.score + 1e-9) best = { at: Math.max(at - size + 1, 0), score };
  }
  if (best.score === 0) return "no line of it is like it";
  const from = Math.max(best.at - AROUND, 0);
  const shown = lines.slice(from, best.at + size + AROUND);
  return `the nearest lines are\n${shown.map((line, n) => `${from + n + 1}: ${exact(line)}`).join("\n")}`;
}

const wordsOf = (line: string): readonly string[] => line.match(/[\p{L}\p{N}_]+/gu) ?? [];

/** With its indentation, which is often what was missed. */
function exact(line: string): string {
  const indent = /^[ \t]*/.exec(line)?.[0] ?? "";
  return indent.replaceAll("\t", "→") + exactLine(line, 160);
}
