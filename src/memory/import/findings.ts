import { SparkyError } from "../../core/errors.ts";
import { shorten } from "../../core/text.ts";
import { PUT_RIGHT } from "./text.ts";

/** So many are told by their lines. */
const SHOWN = 20;
/** Of each: an id or a name may be as long as the file. */
const MOST_WORDS = 300;

/** What a file has that cannot be taken, and what was left out of it. Bounded, however much that is. */
export class Findings {
  readonly #problems: string[] = [];
  #count = 0;
  readonly #unknown = new Map<string, { lines: number; readonly first: number }>();
  #further = 0;
  readonly #notes = new Set<string>();

  /** The file will not be imported. */
  problem(line: number, what: string): void {
    this.#count += 1;
    if (this.#problems.length < SHOWN) this.#problems.push(`line ${line}: ${shorten(what, MOST_WORDS)}`);
  }

  /** A field of a node or an edge that means nothing here. */
  unknownField(line: number, whole: string): void {
    const name = shorten(whole, MOST_WORDS);
    const known = this.#unknown.get(name);
    if (known !== undefined) known.lines += 1;
    else if (this.#unknown.size < SHOWN) this.#unknown.set(name, { lines: 1, first: line });
    else this.#further += 1;
  }

  note(what: string): void {
    if (this.#notes.size < SHOWN) this.#notes.add(what);
  }

  /** Throws `invalid_input` if there is a problem. */
  check(): void {
    if (this.#count === 0) return;
    const more = this.#count - this.#problems.length;
    const lines = [...this.#problems, ...(more > 0 ? [`and ${more} more`] : [])];
    throw new SparkyError(
      "invalid_input",
      lines.length === 1 ? (lines[0] ?? "") : `the file has ${this.#count} faults:\n  ${lines.join("\n  ")}`,
      { hint: PUT_RIGHT },
    );
  }

  get notes(): readonly string[] {
    const fields = [...this.#unknown].map(
      ([name, { lines, first }]) =>
        `the field ${JSON.stringify(name)} is not known and was left out: ${lines === 1 ? "once" : `${lines} times`}, first in line ${first}`,
    );
    const further = this.#further === 0 ? [] : [`further unknown fields were left out, ${this.#further} in all`];
    return [...this.#notes, ...fields, ...further];
  }
}
