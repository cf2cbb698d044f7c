import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { linesOf } from "./text.ts";

const PIECE = 65_536;

/**
 * Keeps what has been checked outside of memory until all of it is. Its file is taken out of its folder as soon as it is open, where
 * the system lets that be: so nothing lies about after a crash.
 */
export class Spool<T> implements AsyncDisposable {
  readonly #file: FileHandle;
  readonly #folder: string;
  #waiting: string[] = [];
  #length = 0;
  /** Of all that was added, in characters. */
  size = 0;

  private constructor(file: FileHandle, folder: string) {
    this.#file = file;
    this.#folder = folder;
  }

  static async open<T>(): Promise<Spool<T>> {
    const folder = await mkdtemp(join(tmpdir(), "sparky-import-"));
    const file = await open(join(folder, "checked"), "wx+", 0o600).catch(async (error: unknown) => {
      await rm(folder, { recursive: true, force: true });
      throw error;
    });
    await rm(folder, { recursive: true, force: true }).catch(() => {});
    return new Spool<T>(file, folder);
  }

  async add(item: T): Promise<void> {
    const line = `${JSON.stringify(item)}\n`;
    this.#waiting.push(line);
    this.#length += line.length;
    this.size += line.length;
    if (this.#length >= PIECE) await this.#write();
  }

  async #write(): Promise<void> {
    const text = this.#waiting.join("");
    this.#waiting = [];
    this.#length = 0;
    await this.#file.writeFile(text);
  }

  /** In portions, in the order in which they were added. Nothing is added any more. */
  async *portions(size: number): AsyncGenerator<readonly T[]> {
    await this.#write();
    let portion: T[] = [];
    const pieces = this.#file.createReadStream({ start: 0, encoding: "utf8", autoClose: false });
    for await (const { text } of linesOf(pieces as AsyncIterable<string>)) {
      portion.push(JSON.parse(text) as T);
      if (portion.length < size) continue;
      yield portion;
      portion = [];
    }
    if (portion.length > 0) yield portion;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
