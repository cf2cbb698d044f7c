/**
 * What of a model's words is parsed as Markdown. Parsing, and drawing what comes of it, grows faster than the text where
 * containers are nested or marks are many: beyond these bounds a block is shown as the plain text that it is. Measured, each
 * bound by itself costs some 100 ms.
 */

const MOST_CHARACTERS = 100_000;
const MOST_LINES = 2000;
/** Characters that can begin or end something. */
const MOST_MARKS = 4000;
/** Quotes and lists, one in another. */
const MOST_DEPTH = 30;

const MARKS = /[[\]()*_~`|<>!&@:]/g;
const FENCE = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})/;
const FENCE_END = /^ {0,3}(`{3,}|~{3,})[ \t]*$/;
const CONTAINER = /\s*(?:>|[-*+](?=\s|$)|\d{1,9}[.)](?=\s|$)|\[\^[^\]\s]+\]:)/y;
/** After these a line that looks like a fence may be none: the words of a comment, or the end of a fence within a list. */
const DOUBT = /^\s*(?:<|>|[-*+](?:\s|$)|\d{1,9}[.)](?:\s|$)|\[\^)/;

export function isParseable(block: string): boolean {
  if (block.length > MOST_CHARACTERS) return false;
  let marks = 0;
  let lines = 0;
  let fence: string | null = null;
  let isSure = true;
  for (const line of block.split("\n")) {
    // What is in a fence is drawn as it is, and costs little; only where there is no doubt that it is in one.
    if (fence !== null) {
      const end = FENCE_END.exec(line)?.[1];
      if (end?.startsWith(fence)) fence = null;
      continue;
    }
    fence = isSure ? (FENCE.exec(line)?.[1] ?? null) : null;
    if (fence !== null) continue;
    isSure &&= !DOUBT.test(line);
    lines++;
    marks += line.match(MARKS)?.length ?? 0;
    if (lines > MOST_LINES || marks > MOST_MARKS || depthOf(line) > MOST_DEPTH) return false;
  }
  return true;
}

/** How many quotes and lists a line may lie in: those that it opens itself, and those that its indentation may continue. */
function depthOf(line: string): number {
  let depth = 0;
  let at = 0;
  for (CONTAINER.lastIndex = 0; depth <= MOST_DEPTH && CONTAINER.test(line); at = CONTAINER.lastIndex) depth++;
  return depth + (at === 0 ? 0 : (/^\s*/.exec(line)?.[0].length ?? 0) / 2);
}

/** So much of a text is drawn at first, and again each time that a person asks for more. */
const PORTION_CHARACTERS = 200_000;
const PORTION_BLOCKS = 400;

/** How many of the blocks are in the first `portions` portions; at least one in each. */
export function blocksIn(blocks: readonly string[], portions: number): number {
  let taken = 0;
  for (let portion = 0; portion < portions && taken < blocks.length; portion++) {
    let room = PORTION_CHARACTERS;
    const most = Math.min(blocks.length, taken + PORTION_BLOCKS);
    do room -= blocks[taken++]?.length ?? 0;
    while (taken < most && room - (blocks[taken]?.length ?? 0) >= 0);
  }
  return taken;
}
