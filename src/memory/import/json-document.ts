import { badJson } from "../../core/bad-json.ts";
import type { Findings } from "./findings.ts";
import type { Found } from "./items.ts";
import { badFile, MOST_LENGTH, tooLong } from "./text.ts";

/** Whose lists are read, and what stands in them. */
const LISTS: ReadonlyMap<string, Found["kind"]> = new Map([
  ["nodes", "node"],
  ["edges", "edge"],
  ["facts", "fact"],
]);

/** A document of any size: an object with the lists `nodes`, `edges` and `facts`, of which one item at a time is held. */
export async function* jsonDocument(pieces: AsyncIterable<string>, findings: Findings): AsyncGenerator<Found> {
  const scan = new Scan(findings);
  for await (const piece of pieces) yield* scan.read(piece);
  scan.end();
}

/** What may come next. */
type Place =
  | "start"
  | "first key"
  | "key"
  | "colon"
  | "value"
  | "after value"
  | "first item"
  | "item"
  | "after item"
  | "done";

const EXPECTED: { readonly [place in Place]: string } = {
  start: 'an object: {"nodes":[…],"edges":[…]}',
  "first key": "a name in quotes, or }",
  key: "a name in quotes",
  colon: ": behind the name",
  value: "a value",
  "after value": ", or }",
  "first item": "an object, or ]",
  item: "an object",
  "after item": ", or ]",
  done: "nothing more",
};

/** Where a sign leads to; any other is the first of a value where one may stand. */
const SIGNS: ReadonlyMap<Place, ReadonlyMap<string, Place>> = new Map([
  ["start", new Map<string, Place>([["{", "first key"]])],
  ["first key", new Map<string, Place>([["}", "done"]])],
  ["colon", new Map<string, Place>([[":", "value"]])],
  [
    "after value",
    new Map<string, Place>([
      [",", "key"],
      ["}", "done"],
    ]),
  ],
  ["first item", new Map<string, Place>([["]", "after value"]])],
  [
    "after item",
    new Map<string, Place>([
      [",", "item"],
      ["]", "after value"],
    ]),
  ],
]);

const BLANK = /[ \t\r\n]/;
/** What ends a number or a word. */
const ENDS = /[ \t\r\n,\]}]/;

/** Looks for the ends of values, sign by sign; what is between is left to `JSON.parse`. */
class Scan {
  readonly #findings: Findings;
  #place: Place = "start";
  #line = 1;
  /** The list that is read, or the name that was read last. */
  #name = "";
  readonly #seen = new Set<string>();

  /** The value that has begun: its text up to this piece, null while there is none. */
  #held: string | null = null;
  #begun = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  *read(text: string): Generator<Found> {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const sign = text.charAt(at);
      if (sign === "\n") this.#line += 1;
      if (this.#held !== null) {
        const ends = this.#endsWith(sign);
        if (ends === "no") continue;
        const end = ends === "behind" ? at + 1 : at;
        const value = this.#held + text.slice(from, end);
        this.#held = null;
        yield* this.#value(value);
        if (ends === "behind") continue;
      }
      if (BLANK.test(sign)) continue;
      const next = SIGNS.get(this.#place)?.get(sign);
      if (next !== undefined) this.#place = next;
      else if (this.#place === "value" && sign === "[" && LISTS.has(this.#name)) this.#place = "first item";
      else {
        this.#begin(sign);
        from = at;
      }
    }
    if (this.#held === null) return;
    this.#held += text.slice(from);
    if (this.#held.length > MOST_LENGTH) throw tooLong(this.#begun);
  }

  end(): void {
    if (this.#place !== "done") {
      throw badFile(this.#line, `the file is not whole: ${EXPECTED[this.#place]} is missing`);
    }
    if (!this.#seen.has("nodes")) throw badFile(1, `expected ${EXPECTED.start}`);
  }

  #begin(sign: string): void {
    const isKey = this.#place === "first key" || this.#place === "key";
    const isItem = this.#place === "first item" || this.#place === "item";
    const fits = isKey ? sign === '"' : isItem ? sign === "{" : this.#place === "value";
    if (!fits) throw badFile(this.#line, `expected ${EXPECTED[this.#place]}`);
    this.#held = "";
    this.#begun = this.#line;
    this.#inString = sign === '"';
    this.#depth = sign === "{" || sign === "[" ? 1 : 0;
  }

  /** Whether the value ends with this sign, before it, or not yet. */
  #endsWith(sign: string): "behind" | "before" | "no" {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (sign === "\\") this.#escaped = true;
      else if (sign === '"') {
        this.#inString = false;
        return this.#depth === 0 ? "behind" : "no";
      }
      return "no";
    }
    if (sign === '"') this.#inString = true;
    else if (sign === "{" || sign === "[") this.#depth += 1;
    else if (this.#depth === 0) return ENDS.test(sign) ? "before" : "no";
    else if (sign === "}" || sign === "]") {
      this.#depth -= 1;
      return this.#depth === 0 ? "behind" : "no";
    }
    return "no";
  }

  *#value(text: string): Generator<Found> {
    if (text.length > MOST_LENGTH) throw tooLong(this.#begun);
    const value = this.#parsed(text);
    const kind = LISTS.get(this.#name);
    if (this.#place === "first key" || this.#place === "key") {
      this.#name = String(value);
      if (this.#seen.has(this.#name)) throw badFile(this.#begun, `${JSON.stringify(this.#name)} is there twice`);
      this.#seen.add(this.#name);
      this.#place = "colon";
    } else if (this.#place === "value") {
      if (kind !== undefined) throw badFile(this.#begun, `${this.#name}: must be a list`);
      this.#findings.unknownField(this.#begun, this.#name);
      this.#place = "after value";
    } else {
      this.#place = "after item";
      if (kind !== undefined) yield { line: this.#begun, kind, value };
    }
  }

  #parsed(text: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      throw badFile(this.#begun, `this is not JSON: ${badJson(text)}`);
    }
  }
}
