import { isVerb } from "./words.ts";

/** One thing that an instruction asks for. */
export interface Clause {
  readonly text: string;
  /** It comes after the clauses before it have results, not beside them. */
  readonly later: boolean;
}

/** What must not be taken apart: quoted text, addresses, file names, numbers with a point. */
const WHOLE =
  /"[^"]*"|“[^”]*”|«[^»]*»|`[^`]*`|(?<!\p{L})'[^']*'(?!\p{L})|https?:\/\/\S+|[\w/-]+(?:\.[\w-]+)+|\b\d+\)/gu;

const THEN = /\s*(?:[,;.]\s*)?\b(?:and\s+)?(?:then|after that|afterwards|finally|next|lastly)\b[,:]?\s+/giu;
const SENTENCE = /(?<=[.!?;])\s+|\n+\s*(?:[-*•]\s+|\d+[.)]\s+)?/u;
const BESIDE = /\s*,\s*(?:and\s+)?|\s+and\s+(?:also\s+)?|\s*&\s*|\s+as well as\s+/giu;
/** Words that point at an earlier result. */
const POINTS_BACK =
  /\b(it|them|that|this|these|those|the (?:result|results|answer|numbers|list|output|outcome|summary))\b/i;

/** Whether a piece is a request shows in its first words; looking at all of it each time would take for ever. */
const NEAR = 160;

/** Takes an instruction apart. `asks` says whether a piece is a request by itself. */
export function clausesOf(instruction: string, asks: (text: string) => boolean): readonly Clause[] {
  const kept: string[] = [];
  const masked = instruction
    .replace(/^\s*(?:[-*•]|\d+[.)])\s+/gm, "")
    .replace(WHOLE, (text) => `\u0001${kept.push(text) - 1}\u0002`);
  const unmask = (text: string): string => text.replace(/\u0001(\d+)\u0002/g, (_, n: string) => kept[Number(n)] ?? "");
  const clauses: Clause[] = [];
  for (const sentence of masked.split(SENTENCE)) {
    for (const [n, step] of sentence.split(THEN).entries()) {
      const pieces = piecesOf(step, (text) => asks(unmask(text)));
      for (const [m, piece] of pieces.entries()) {
        const text = unmask(piece)
          .replace(/^[\s,]+|[\s,.;!]+$/g, "")
          .trim();
        if (text === "") continue;
        const orders = n > 0 || (m === 0 && clauses.length > 0);
        clauses.push({ text, later: clauses.length > 0 && (orders || POINTS_BACK.test(text)) });
      }
    }
  }
  return clauses;
}

/** Splits at "and" and commas, but only where what follows is a request by itself: "Ann and Bob" stays whole. */
function piecesOf(text: string, asks: (text: string) => boolean): readonly string[] {
  // All of "a task to do this and that" is the task.
  if (/\btasks?\b\s*(?:to\b|:)/i.test(text)) return [text];
  const pieces: string[] = [];
  let from = 0;
  for (const match of text.matchAll(BESIDE)) {
    const before = text.slice(from, match.index);
    const after = text.slice(match.index + match[0].length);
    const first = /^\p{L}+/u.exec(after)?.[0] ?? "";
    if (!isVerb(first) || !asks(after.slice(0, NEAR)) || !asks(before.slice(-NEAR))) continue;
    pieces.push(before);
    from = match.index + match[0].length;
  }
  pieces.push(text.slice(from));
  return pieces;
}
