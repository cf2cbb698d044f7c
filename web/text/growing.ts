import remend from "remend";

/** The end of a text that is being written, or was cut off, so that nothing in it is painted as the marks it was made of. */
export function mended(block: string): string {
  return remend(withoutHalfTable(block), { linkMode: "text-only" });
}

/** A table is none before its second line is whole: until then its first line would stand there with its bars. */
function withoutHalfTable(block: string): string {
  const lines = block.split("\n");
  const from = lines.findLastIndex((line) => !/^\s*\|/.test(line)) + 1;
  const rows = lines.slice(from);
  if (rows.length === 0 || rows.length > 2) return block;
  const cells = (line: string): number =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|").length;
  const [head = "", rule = ""] = rows;
  const isWhole = /^\s*\|(\s*:?-+:?\s*\|)+\s*$/.test(rule) && cells(head) === cells(rule);
  return isWhole ? block : lines.slice(0, from).join("\n");
}
