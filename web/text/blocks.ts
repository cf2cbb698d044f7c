/**
 * Cuts Markdown into top-level blocks, so that while a long answer streams only its last block is parsed again. A cut
 * is made only at a blank line outside a fence, before a line that can continue neither a list nor an indented block.
 * Text with link definitions or footnotes is one block: they reach across.
 */
export function toBlocks(text: string): string[] {
  if (/^ {0,3}\[[^\]\n]+\]:/m.test(text)) return [text];
  const blocks: string[] = [];
  let block: string[] = [];
  let fence: string | null = null;
  let isAfterBlank = false;
  let isList = false;
  for (const line of text.split("\n")) {
    const isListLine = /^ {0,3}([-*+]|\d{1,9}[.)])(\s|$)/.test(line);
    if (fence === null && isAfterBlank && line.trim() !== "" && !/^( {2,}|\t)/.test(line) && !(isList && isListLine)) {
      blocks.push(block.join("\n"));
      block = [];
      isList = false;
    }
    const mark = /^\s*(`{3,}|~{3,})(.*)$/.exec(line);
    if (mark !== null) {
      const [, ticks = "", rest = ""] = mark;
      if (fence === null) fence = ticks;
      else if (ticks[0] === fence[0] && ticks.length >= fence.length && rest.trim() === "") fence = null;
    }
    if (block.length === 0 || isListLine) isList = isListLine;
    isAfterBlank = line.trim() === "" && block.length > 0;
    block.push(line);
  }
  if (block.some((line) => line.trim() !== "")) blocks.push(block.join("\n"));
  return blocks;
}
