import { isVerb, wordsOf } from "./words.ts";

/** A piece of a request as it was written. */
export interface Token {
  readonly kind: "tool" | "json" | "quote" | "url" | "path" | "number" | "word" | "mark";
  /** A quote without its marks. */
  readonly text: string;
  /** Of a word: without its ending. */
  readonly stem: string;
  readonly from: number;
}

export type Request = ReturnType<typeof requestOf>;

const KINDS = {
  quote: /"[^"]*"|“[^”]*”|`[^`]*`|(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/u,
  url: /https?:\/\/\S*[^\s.,;:!?)]/u,
  path: /(?:[\p{L}\p{N}_~.-]*\/)+(?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?|[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.[a-z]\w{0,7}\b/u,
  number: /(?<!\w)-?\d+(?:\.\d+)?(?!\w)/u,
  word: /[\p{L}\p{N}][\p{L}\p{N}_-]*(?:['’]\p{L}+)?/u,
  mark: /\S/u,
} as const;
const SHAPES = Object.entries(KINDS).map(([kind, { source }]) => `(?<${kind}>${source})`);
const TOKEN = new RegExp(SHAPES.join("|"), "gu");

const POLITE =
  /^(?:(?:hey|hi|hello|ok|okay|well|so|sparky|agent|please|pls|plz|kindly|just|now|and)\b[,!.:]*\s+|(?:can|could|would|will) you\s+|i(?:['’]d| would) like (?:you )?to\s+|i (?:want|need) (?:you )?to\s+|let(?:['’]s| us)\s+)+/i;
const THANKS =
  /(?:,\s*|(?<!^(?:remember|add|create|queue)\b.*)\s)(?:please|pls|plz|thanks|thank you|thx|for me|right now|now|again)[\s.!?]*$/i;
const ASKS =
  /^(?:(?:please|kindly|hey|hi|hello|and|sparky)\b[,!.]*\s+)*(?:who|what|which|when|where|why|how|is|are|was|were|do|does|did|has|have|had|may|might|must|should|shall|can|could|would|will)\b|\?\s*$/i;
/** What says nothing beside the words next to it: "how many files do I have", "what time is it". */
const FILLING = /\bhow (?=(?:many|much|big|large)\b)|\bdo (?:i|we) have\b|(?<=\bis )it\b/gi;

/** One thing that is asked for. `asks`: it is, or may be, a question. */
export function requestOf(said: string, tools: ReadonlySet<string>) {
  const text = said
    .trim()
    .replace(/^(?:and )?what do (?:you|we) (?:know|remember) about\s+/i, "search the memory for ")
    .replace(POLITE, "")
    .replace(THANKS, "")
    .replace(/[\s.!?,;]+$/, "");
  return { text, tokens: tokensOf(text, tools), asks: ASKS.test(said.trim()) };
}

function tokensOf(text: string, tools: ReadonlySet<string>): readonly Token[] {
  const plain = text.replace(FILLING, (words) => " ".repeat(words.length));
  const json = jsonIn(text);
  if (json !== null) {
    const before = tokensOf(text.slice(0, json.from), tools);
    const after = tokensOf(text.slice(json.from + json.text.length), tools);
    const behind = json.from + json.text.length;
    return [...before, json, ...after.map((token) => ({ ...token, from: token.from + behind }))];
  }
  return [...plain.matchAll(TOKEN)].map(({ 0: { length }, index: from, groups = {} }): Token => {
    const whole = text.slice(from, from + length);
    const kind = (Object.keys(KINDS) as (keyof typeof KINDS)[]).find((each) => groups[each] !== undefined) ?? "mark";
    const [stem = ""] = kind === "word" ? wordsOf(whole.replace(/['’]s$|[-_]/g, "")) : [];
    return { kind: tools.has(whole) ? "tool" : kind, text: kind === "quote" ? whole.slice(1, -1) : whole, stem, from };
  });
}

/** A list or an object, written out: an argument as it is. Null: there is none. */
function jsonIn(text: string): Token | null {
  const found = /[[{][^]*[\]}]/.exec(text);
  if (found === null) return null;
  try {
    JSON.parse(found[0]);
    return { kind: "json", text: found[0], stem: "", from: found.index };
  } catch {
    return null;
  }
}

const JOINT = /(?:[,;.!?]\s|\n|\band\s|\b(then|afterwards|finally)\s)\s*$/i;

/** Takes a request apart where a command follows another: behind "then", "and", a comma, the end of a sentence or line. */
export function partsOf(said: string, tools: ReadonlySet<string>): readonly string[] {
  const text = said.replace(/^\s*(?:[-*•]|\d+[.)])\s+/gm, "");
  const starts = tokensOf(text, tools).flatMap(({ kind, stem, from }, n) => {
    const joint = JOINT.exec(text.slice(Math.max(0, from - 20), from));
    const follows = joint !== null && (joint[1] !== undefined || kind === "tool" || isVerb(stem));
    return n === 0 || follows ? [from] : [];
  });
  const parts = starts.map((from, n) => text.slice(from, starts[n + 1]));
  return parts.map((part) => part.replace(/(?:[\s,;.!]|\b(?:and|then|afterwards|finally)\s*$)+$/i, ""));
}
