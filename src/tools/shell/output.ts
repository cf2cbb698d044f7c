import { characterEnd, characterStart } from "../utf8.ts";

const MAX_OUTPUT = 256 * 1024;

/** The beginning and the end of a long output; what lay between is counted. */
export class Output {
  #head = Buffer.alloc(0);
  #tail = Buffer.alloc(0);
  #total = 0;

  add(chunk: Buffer): void {
    this.#total += chunk.length;
    const room = Math.max(0, MAX_OUTPUT / 2 - this.#head.length);
    this.#head = Buffer.concat([this.#head, chunk.subarray(0, room)]);
    if (chunk.length > room) this.#tail = Buffer.concat([this.#tail, chunk.subarray(room)]).subarray(-MAX_OUTPUT / 2);
  }

  text(): string {
    const [head, tail] = [this.#head, this.#tail];
    const left = this.#total - head.length - tail.length;
    if (left === 0) return Buffer.concat([head, tail]).toString("utf8");
    const [end, start] = [characterEnd(head), characterStart(tail)];
    const out = left + head.length - end + start;
    return `${head.toString("utf8", 0, end)}\n[${out} bytes left out]\n${tail.toString("utf8", start)}`;
  }
}
