import { Chunks, piece } from "../../core/text.ts";

/** The end of what a server has written to its error output, with what happened to it. */
export class Tail {
  readonly #most: number;
  readonly #chunks = new Chunks();
  readonly #decoder = new TextDecoder();
  #text = "";

  constructor(most = 64 * 1024) {
    this.#most = most;
  }

  get text(): string {
    return this.#text;
  }

  add(bytes: Uint8Array): void {
    this.#append(this.#chunks.add(this.#decoder.decode(bytes, { stream: true })));
  }

  /** A line of ours. */
  note(line: string): void {
    this.#append(`${this.#text === "" || this.#text.endsWith("\n") ? "" : "\n"}[${line}]\n`);
  }

  #append(text: string): void {
    const whole = this.#text + text;
    this.#text = whole.length > this.#most ? piece(whole, whole.length - this.#most) : whole;
  }
}
