import type { Output } from "../console/output.ts";
import type { TerminalDevice } from "../console/terminal-device.ts";
import { askLine, pick, type Choice, type Picking } from "./pick.ts";
import { createScreen, type Below, type Screen } from "./screen.ts";
import { span, wrap, type Line, type Look } from "./text.ts";
import { clean } from "../console/text.ts";

export interface PageParts {
  readonly device: TerminalDevice;
  readonly paint: Output["paint"];
  /** What has come in since it was asked last. */
  readonly arrived: () => readonly Line[];
  readonly below: () => Below;
}

const TICK_MS = 1000;
const PICK_MS = 100;

/** When what is drawn: lines that are written for good, what stands below them, or a list to choose from. */
export class TerminalPage implements Disposable {
  readonly #parts: PageParts;
  readonly #screen: Screen;
  readonly #closing = new AbortController();
  readonly #ticking: ReturnType<typeof setInterval>;
  /** Lines that are to be written above, for good. */
  #lines: Line[] = [];
  #picking: Picking<string> | null = null;
  #frame: ReturnType<typeof setTimeout> | undefined;

  constructor(parts: PageParts) {
    this.#parts = parts;
    this.#screen = createScreen(parts.device, parts.paint);
    this.#ticking = setInterval(() => this.drawIn(0), TICK_MS);
  }

  get width(): number {
    return Math.max(this.#parts.device.columns - 1, 20);
  }

  /** What reads the keys before anything else does, while there is something to choose or to say. */
  get picking(): Picking<string> | null {
    return this.#picking;
  }

  write(...lines: readonly Line[]): void {
    this.#lines.push(...lines);
    this.drawIn(0);
  }

  /** Writes text; with `hang`, what does not fit goes on below that column. */
  note(text: string, look: Look, hang = 0): void {
    for (const line of clean(text).split("\n")) {
      const head = span(`  ${line.slice(0, hang)}`, look);
      this.write(...wrap([span(line.slice(hang), look)], this.width, [head]));
    }
  }

  /** Lets the person choose, for as long as `isOpen` says that there is something to choose. */
  pick<T extends string>(message: string, from: readonly Choice<T>[], isOpen: () => boolean): Promise<T | null> {
    return this.#ask(isOpen, (signal) => pick(this.#parts.device, message, from, signal));
  }

  /** Has the person write one line; null: they would rather not. */
  askLine(what: string, required: boolean): Promise<string | null> {
    return this.#ask(
      () => true,
      (signal) => askLine(this.#parts.device, what, required, signal),
    );
  }

  async #ask<T extends string>(isOpen: () => boolean, begin: (signal: AbortSignal) => Picking<T>): Promise<T | null> {
    if (this.#picking !== null) return null;
    this.#draw();
    this.#screen.clear();
    const gone = new AbortController();
    const watching = setInterval(() => (isOpen() ? undefined : gone.abort()), PICK_MS);
    const signal = AbortSignal.any([gone.signal, this.#closing.signal]);
    const picking = begin(signal);
    this.#picking = picking;
    try {
      return await picking.chosen;
    } finally {
      clearInterval(watching);
      this.#picking = null;
      this.drawIn(0);
    }
  }

  drawIn(afterMs: number): void {
    if (this.#closing.signal.aborted) return;
    this.#frame ??= setTimeout(() => {
      this.#frame = undefined;
      this.#draw();
    }, afterMs);
  }

  /** Empties the terminal. */
  wipe(): void {
    this.#lines = [];
    this.#screen.wipe();
    this.drawIn(0);
  }

  suspend(): void {
    this.#screen.clear();
    this.#parts.device.suspend(() => this.drawIn(0));
  }

  [Symbol.dispose](): void {
    if (this.#picking === null) this.#draw();
    this.#closing.abort();
    clearInterval(this.#ticking);
    clearTimeout(this.#frame);
    this.#screen.clear();
  }

  #draw(): void {
    this.#lines.push(...this.#parts.arrived());
    // A list to choose from stands at the bottom now; what has arrived is written when it is gone.
    if (this.#picking !== null) return;
    const lines = this.#lines;
    this.#lines = [];
    this.#screen.draw(lines, this.#parts.below());
  }
}
