import type { Language } from "./language.ts";

/** One line of code: its pieces, each with the custom property that has its colour. */
export type Painted = readonly (readonly [text: string, colour: string])[];

export interface Request {
  readonly id: number;
  readonly code: string;
  readonly language: Language;
}

export interface Response {
  readonly id: number;
  readonly lines: readonly Painted[] | null;
}

/** More than this is shown in one colour: so many pieces would make the page slow. */
const MOST_CHARACTERS = 30_000;
const MOST_IN_A_LINE = 2000;
/** The first text waits for the worker and its grammar. */
const PATIENCE_MS = 10_000;

export function isPaintable(code: string): boolean {
  return code.length <= MOST_CHARACTERS && code.split("\n").every((line) => line.length <= MOST_IN_A_LINE);
}

/** The worker that paints code, begun with the first text; one that hangs is ended, and the next text begins another. */
class Painter {
  #worker: Worker | null = null;
  #last = 0;
  readonly #waiting = new Map<number, (lines: Response["lines"]) => void>();

  paint(code: string, language: Language): Promise<Response["lines"]> {
    if (!isPaintable(code)) return Promise.resolve(null);
    const id = ++this.#last;
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#end(), PATIENCE_MS);
      this.#waiting.set(id, (lines) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(lines);
      });
      (this.#worker ??= this.#begin()).postMessage({ id, code, language } satisfies Request);
    });
  }

  #begin(): Worker {
    const worker = new Worker(new URL("./highlight-worker.ts", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Response>) => this.#waiting.get(data.id)?.(data.lines));
    worker.addEventListener("error", () => this.#end());
    return worker;
  }

  #end(): void {
    this.#worker?.terminate();
    this.#worker = null;
    for (const give of this.#waiting.values()) give(null);
  }
}

export const painter = new Painter();
