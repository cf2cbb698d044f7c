/**
 * Models that were served without a parser write their thoughts and tool calls into their answer, between tags. Neither is
 * the answer. What stands in code is: there a tag is only talked about.
 */

export type Piece =
  | { readonly kind: "message" | "thought"; readonly text: string }
  /** What was said so far was a thought: its opening tag stood in the prompt. */
  | { readonly kind: "recast" };

/** A tool call that came as text. */
export interface TextCall {
  /** The tool, as far as the text tells. */
  readonly name: string;
  /** With its tags, as it stands in the answer. */
  readonly text: string;
}

const THOUGHTS: readonly (readonly [open: string, close: string])[] = [
  ...["think", "thinking", "thought", "reasoning"].map((tag) => [`<${tag}>`, `</${tag}>`] as const),
  ["[think]", "[/think]"],
  ["◁think▷", "◁/think▷"],
];

/** An empty end: the call goes on to the end of the answer. */
const CALLS: readonly (readonly [open: string, close: string])[] = [
  ["<tool_call>", "</tool_call>"],
  ["<function_call>", "</function_call>"],
  ["<function_calls>", "</function_calls>"],
  ["<tool_use>", "</tool_use>"],
  ["<function=", "</function>"],
  ["<minimax:tool_call>", "</minimax:tool_call>"],
  ["<|tool_call|>", ""],
  ["<|python_tag|>", ""],
  ["[tool_calls]", ""],
  ["<|tool_calls_section_begin|>", "<|tool_calls_section_end|>"],
  ["<｜tool▁calls▁begin｜>", "<｜tool▁calls▁end｜>"],
];

const OPENINGS = new Map<string, { readonly close: string; readonly call: boolean }>([
  ...THOUGHTS.map(([open, close]) => [open, { close, call: false }] as const),
  ...CALLS.map(([open, close]) => [open, { close, call: true }] as const),
]);
const CLOSINGS = new Set(THOUGHTS.map(([, close]) => close));
const MARKS = ["```", "`", "\n"];

/** Parts an answer's text as it streams. */
export class Tags {
  readonly #tokens: Tokens;
  readonly calls: TextCall[] = [];
  #held = "";
  #inside: { readonly open: string; readonly close: string; readonly call: boolean } | null = null;
  #call = "";
  #code: "no" | "line" | "block" = "no";
  /** Whether something was said that may still turn out to be a thought. */
  #said = false;
  #begins = false;

  /** `tools`: whether there is anything to call. */
  constructor(tools: boolean) {
    const openings = [...OPENINGS].filter(([, { call }]) => tools || !call).map(([open]) => open);
    this.#tokens = tokensOf([...openings, ...CLOSINGS, ...MARKS]);
  }

  add(text: string): readonly Piece[] {
    this.#held += text;
    return this.#go(false);
  }

  /** Nothing more comes. */
  end(): readonly Piece[] {
    const pieces = this.#go(true);
    if (this.#inside?.call) this.#called();
    return pieces;
  }

  #go(last: boolean): readonly Piece[] {
    const pieces: Piece[] = [];
    const held = this.#held;
    let from = 0;
    for (;;) {
      const tokens =
        this.#inside === null ? this.#tokens : tokensOf(this.#inside.close === "" ? [] : [this.#inside.close]);
      const found = earliest(held, tokens, from);
      // What may be the beginning of a tag waits for its rest, and backticks for more of them.
      const waits = !last && found?.token === "`" && held.length - found.at < 3 && /^`*$/.test(held.slice(found.at));
      if (found === null || waits) {
        const safe = last ? held.length : Math.max(from, held.length - partial(held, tokens));
        const until = found === null ? safe : Math.min(safe, found.at);
        this.#say(pieces, held.slice(from, until));
        this.#held = held.slice(until);
        return pieces;
      }
      this.#say(pieces, held.slice(from, found.at));
      from = found.at + found.token.length;
      this.#meet(pieces, found.token, held.slice(found.at, from));
    }
  }

  #meet(pieces: Piece[], token: string, literal: string): void {
    if (this.#inside !== null) {
      if (this.#inside.call) {
        this.#call += literal;
        this.#called();
      }
      this.#inside = null;
      this.#begins = true;
      return;
    }
    if (MARKS.includes(token)) {
      if (token === "```") this.#code = this.#code === "block" ? "no" : "block";
      else if (token === "`" && this.#code !== "block") this.#code = this.#code === "line" ? "no" : "line";
      else if (token === "\n" && this.#code === "line") this.#code = "no";
      return this.#say(pieces, literal);
    }
    if (this.#code !== "no") return this.#say(pieces, literal);
    const opening = OPENINGS.get(token);
    if (opening !== undefined) {
      this.#inside = { open: literal, ...opening };
      this.#call = opening.call ? literal : "";
      return;
    }
    if (this.#said) pieces.push({ kind: "recast" });
    this.#said = false;
    this.#begins = true;
  }

  #say(pieces: Piece[], text: string): void {
    if (this.#inside?.call) this.#call += text;
    const kind = this.#inside === null ? "message" : "thought";
    const shown = kind === "message" && this.#begins ? text.trimStart() : text;
    if (shown === "") return;
    if (kind === "message") {
      this.#begins = false;
      this.#said = true;
    }
    pieces.push({ kind, text: shown });
  }

  #called(): void {
    this.calls.push({ name: nameIn(this.#call), text: this.#call });
    this.#call = "";
  }
}

interface Tokens {
  readonly words: readonly string[];
  /** Of two that begin at one place, the longer. */
  readonly pattern: RegExp | null;
}

function tokensOf(words: readonly string[]): Tokens {
  const longestFirst = words.toSorted((a, b) => b.length - a.length).map((word) => word.replace(/[[\]|]/g, "\\$&"));
  return { words, pattern: words.length === 0 ? null : new RegExp(longestFirst.join("|"), "gi") };
}

function earliest(text: string, { pattern }: Tokens, from: number) {
  if (pattern === null) return null;
  pattern.lastIndex = from;
  const found = pattern.exec(text);
  return found === null ? null : { at: found.index, token: found[0].toLowerCase() };
}

/** How much of the text's end is the beginning of a token. */
function partial(text: string, { words }: Tokens): number {
  const end = text.slice(-40).toLowerCase();
  for (let length = end.length; length > 0; length--) {
    const tail = end.slice(-length);
    if (words.some((word) => word.length > length && word.startsWith(tail))) return length;
  }
  return 0;
}

function nameIn(text: string): string {
  const named =
    /"name"\s*:\s*"([\w.-]+)"/.exec(text) ??
    /<function=([\w.-]+)/.exec(text) ??
    /name="([\w.-]+)"/.exec(text) ??
    /functions\.([\w-]+)/.exec(text);
  return named?.[1] ?? "tool_call";
}

/** A text without the thoughts in it, for a model that did not think them. */
export function withoutThoughts(text: string): string {
  const tags = new Tags(false);
  let said = "";
  for (const piece of [...tags.add(text), ...tags.end()]) {
    if (piece.kind === "recast") said = "";
    else if (piece.kind === "message") said += piece.text;
  }
  return said;
}
