/** Columns too narrow to read words in: there the terminal itself breaks the line. */
const MIN_WORDS = 24;

/**
 * Breaks the lines of a help text between words. What is the second column of a list goes on below itself; an example
 * stays as it is, so that it can be copied.
 */
export function foldLines(text: string, width: number): string {
  if (!Number.isFinite(width)) return text;
  return text
    .split("\n")
    .map((line) => (line.startsWith("  $ ") ? line : folded(line, width)))
    .join("\n");
}

function folded(line: string, width: number): string {
  if (line.length <= width) return line;
  const [hang = ""] = /^ *\S.*? {2,}(?=\S)|^ */.exec(line) ?? [];
  if (width - hang.length < MIN_WORDS) return line;
  const indent = " ".repeat(hang.length);
  const lines: string[] = [];
  let last = hang;
  for (const word of line.slice(hang.length).split(" ")) {
    const isFirst = last === hang || last === indent;
    if (!isFirst && last.length + 1 + word.length > width) {
      lines.push(last);
      last = indent + word;
    } else last += isFirst ? word : ` ${word}`;
  }
  return [...lines, last].join("\n");
}
