import { StringDecoder } from "node:string_decoder";
import type { Masking } from "../../core/known-secrets.ts";

/** What a command writes, masked before any of it is kept: a later cut falls into no secret. What may be the beginning of one waits. */
export class MaskedOutput {
  readonly #stream: ReturnType<Masking["stream"]>;
  readonly #decoder = new StringDecoder("utf8");
  readonly #keep: (chunk: Buffer) => void;

  constructor(masking: Masking, keep: (chunk: Buffer) => void) {
    this.#stream = masking.stream();
    this.#keep = keep;
  }

  add(chunk: Buffer): void {
    this.#pass(this.#stream.add(this.#decoder.write(chunk)));
  }

  /** Nothing more comes. */
  end(): void {
    this.#pass(this.#stream.add(this.#decoder.end()) + this.#stream.end());
  }

  #pass(text: string): void {
    if (text !== "") this.#keep(Buffer.from(text));
  }
}
