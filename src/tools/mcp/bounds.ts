/** What is taken from a server at most, whatever it sends. */

/** Of one message: parsing more would hold up every other chat. */
export const MAX_MESSAGE_BYTES = 2 * 1024 * 1024;
/** How deep a message may be nested: what walks through it walks recursively. */
export const MAX_DEPTH = 200;
/** Between two answers of a server that is asked something, or is not. */
export const MAX_UNASKED_BYTES = 32 * 1024 * 1024;

/** How deep JSON is nested, its strings left out; walks without recursion. */
export function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < json.length; at++) {
    const unit = json.charCodeAt(at);
    if (unit === QUOTE) {
      do {
        at = json.indexOf('"', at + 1);
        if (at === -1) return deepest;
      } while (isEscaped(json, at));
    } else if (unit === BRACE || unit === BRACKET) {
      deepest = Math.max(deepest, ++depth);
    } else if (unit === BRACE + 2 || unit === BRACKET + 2) {
      depth--;
    }
  }
  return deepest;
}

const [QUOTE, BRACE, BRACKET, BACKSLASH] = [0x22, 0x7b, 0x5b, 0x5c];

function isEscaped(json: string, at: number): boolean {
  let before = at - 1;
  while (json.charCodeAt(before) === BACKSLASH) before--;
  return (at - before) % 2 === 0;
}

/** A line, or what is known of one that was too long to keep: its ends. */
export type Line = { readonly text: string } | { readonly bytes: number; readonly head: string; readonly tail: string };

const END_BYTES = 4096;

/** Splits a stream into lines, each byte looked at once, and keeps no more of a line than `most`. */
export class Lines {
  readonly #most: number;
  #pieces: Buffer[] = [];
  /** Of the line that is being read. */
  #bytes = 0;
  #tail: Buffer = Buffer.alloc(0);

  constructor(most: number) {
    this.#most = most;
  }

  *add(chunk: Buffer): Generator<Line> {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(0x0a, from);
      this.#keep(chunk.subarray(from, end === -1 ? chunk.length : end));
      if (end === -1) return;
      yield this.#take();
      from = end + 1;
    }
  }

  #keep(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#bytes += piece.length;
    if (this.#bytes <= this.#most) {
      this.#pieces.push(piece);
      return;
    }
    const first = this.#pieces[0]?.subarray(0, END_BYTES) ?? piece.subarray(0, END_BYTES);
    const before = this.#tail.length > 0 ? this.#tail : Buffer.concat(this.#pieces.slice(-2)).subarray(-END_BYTES);
    this.#pieces = [first];
    this.#tail = Buffer.concat([before, piece.subarray(-END_BYTES)]).subarray(-END_BYTES);
  }

  #take(): Line {
    const [bytes, tail, whole] = [this.#bytes, this.#tail, Buffer.concat(this.#pieces)];
    this.#pieces = [];
    this.#bytes = 0;
    this.#tail = Buffer.alloc(0);
    if (bytes <= this.#most) return { text: whole.toString("utf8") };
    return { bytes, head: whole.toString("utf8"), tail: tail.toString("utf8") };
  }
}

/** Whom a message answers that cannot be read as a whole: the ids that this client gives are numbers. */
export function answeredId(head: string, tail: string): number | null {
  const found =
    /^\s*\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+)\s*,/.exec(head) ??
    /"id"\s*:\s*(\d+)\s*\}\s*$/.exec(tail);
  return found === null ? null : Number(found[1]);
}
