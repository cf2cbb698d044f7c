/** Of an answer's blocks with formulas: setting them takes a hundred times as long as words do. What is beyond stays as it is. */
const MOST_CHARACTERS = 20_000;
const MARK = /\$|\\[([]/;
const CODE = /(`{3,}[^]*?(?:`{3,}|$)|~{3,}[^]*?(?:~{3,}|$)|`[^`\n]*`)/;
const BETWEEN_TWO = /(\$\$[^]*?\$\$)/;
const SINGLE = /\$(?=\S)([^$\n]{0,800}[^\s$])\$(?!\d)/g;

const inline = (formula: string): string => `$$${formula.trim()}$$`;
const display = (formula: string): string => `\n$$\n${formula.trim()}\n$$\n`;

/** How many of the blocks, from the first one on, have their formulas set. */
export function blocksWithMaths(blocks: readonly string[]): number {
  let room = MOST_CHARACTERS;
  const beyond = blocks.findIndex((block) => MARK.test(block) && (room -= block.length) < 0);
  return beyond === -1 ? blocks.length : beyond;
}

/**
 * A block with its formulas in the one way that the parser knows, between two dollar signs; null when it has none. Models also
 * write `\(…\)`, `\[…\]` and single signs, which stand for money where nothing between them is TeX. Code stays as it is.
 */
export function withMaths(block: string): string | null {
  if (block.length > MOST_CHARACTERS || !MARK.test(block)) return null;
  let found = false;
  const told = block.split(CODE).map((part, at) => {
    if (at % 2 === 1) return part;
    const text = part
      .replace(/\\\[([^]{1,4000}?)\\\]/g, (_, formula: string) => display(formula))
      .replace(/\\\(([^\n]{1,1000}?)\\\)/g, (_, formula: string) => inline(formula))
      .replace(/^[ \t]*\$\$([^\n$]+)\$\$[ \t]*$/gm, (_, formula: string) => display(formula).trim());
    const pieces = text.split(BETWEEN_TWO).map((piece, nth) => {
      if (nth % 2 === 1) found = true;
      if (nth % 2 === 1) return piece;
      return piece.replace(SINGLE, (whole, formula: string) => {
        const isTex = /[\\^_{}]/.test(formula) || /^[a-zA-Z]$/.test(formula);
        found ||= isTex;
        return isTex ? inline(formula) : whole;
      });
    });
    return pieces.join("");
  });
  return found ? told.join("") : null;
}
