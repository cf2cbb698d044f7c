import type { Clock } from "../core/clock.ts";
import type { Hub } from "../core/hub.ts";
import type { KnownSecrets } from "../core/known-secrets.ts";
import type { MaskedStream } from "../core/masker.ts";
import { Chunks } from "../core/text.ts";
import type { Checkpoint } from "../store/runs/record.ts";

/** What was shown is kept at least this often. */
const SAVE_AFTER_MS = 500;
const SAVE_AFTER_CHARS = 2048;

interface PartsDeps {
  readonly hub: Hub;
  readonly clock: Clock;
  readonly secrets: KnownSecrets;
  readonly chatId: string;
  readonly runId: string;
  readonly lease: number;
  /** Keeps the open parts; false: the run is another lease's now. */
  readonly save: (parts: readonly Checkpoint[]) => Promise<boolean>;
  /** The checkpoint was refused, or failed. */
  readonly onLost: (error: unknown) => void;
}

interface Part {
  readonly ord: number;
  readonly part: string;
  kind: "message" | "thought";
  text: string;
  saved: number;
}

/**
 * The text that a run is streaming: sent to watchers at once, checkpointed a little later, turned into events by whoever
 * records the step. Numbers count up within a lease and are never used again, not by a retried step either.
 */
export class Parts {
  readonly #deps: PartsDeps;
  #last = 0;
  #open: Part[] = [];
  readonly #chunks = new Chunks();
  /** Holds back what could be the beginning of a secret. Offsets and checkpoints count masked text. */
  #masked: MaskedStream;
  #saving: Promise<void> | undefined;
  #cancelTimer: (() => void) | undefined;
  #lost = false;

  constructor(deps: PartsDeps) {
    this.#deps = deps;
    this.#masked = deps.secrets.stream();
  }

  /** The parts of the present step, in order. */
  get open(): readonly Readonly<Part>[] {
    return this.#open;
  }

  begin(kind: Part["kind"]): void {
    this.complete();
    this.#masked = this.#deps.secrets.stream();
    const ord = ++this.#last;
    this.#open.push({ ord, part: `${this.#deps.lease}.${ord}`, kind, text: "", saved: 0 });
  }

  add(chunk: string): void {
    if (this.#open.length === 0) this.begin("message");
    this.#grow(this.#masked.add(this.#chunks.add(chunk)));
  }

  /** The last part gets no more text: half a character that waited for its other half is told as U+FFFD. */
  complete(): void {
    this.#grow(this.#masked.add(this.#chunks.end()) + this.#masked.end());
  }

  /** What the step has said so far was thought: it has streamed as a message, and ends as a thought. */
  recast(): void {
    for (const part of this.#open) part.kind = "thought";
  }

  #grow(text: string): void {
    const part = this.#open.at(-1);
    // Who has lost the run delivers nothing more.
    if (part === undefined || text === "" || this.#lost) return;
    const { hub, chatId, runId, lease } = this.#deps;
    const offset = part.text.length;
    part.text += text;
    hub.delta({ chatId, runId, lease, part: part.part, kind: part.kind, offset, text });
    if (part.text.length - part.saved >= SAVE_AFTER_CHARS) this.#saveSoon();
    else this.#arm();
  }

  /** Everything shown so far is kept when this resolves, or the run is lost. */
  async flush(): Promise<void> {
    await this.#saving;
    if (this.#open.some((part) => part.saved < part.text.length)) await this.#save();
  }

  /** The parts have become events, or nothing was worth keeping: the next step starts afresh. */
  async close(): Promise<void> {
    // A checkpoint in flight must not put back what the step's transaction has removed.
    await this.settle();
    this.#open = [];
    this.#deps.hub.closeParts(this.#deps.runId, this.#deps.lease);
  }

  /** No checkpoint begins after this resolves until text is added: the caller writes the parts as events now. */
  async settle(): Promise<void> {
    await this.#saving;
    this.#disarm();
  }

  #saveSoon(): void {
    this.#disarm();
    this.#saving ??= this.#save().finally(() => {
      this.#saving = undefined;
      // What came meanwhile, or could not be kept, has its turn too, even if the model says nothing more.
      if (!this.#lost && this.#open.some((part) => part.saved < part.text.length)) this.#arm();
    });
  }

  #arm(): void {
    this.#cancelTimer ??= this.#deps.clock.after(SAVE_AFTER_MS, () => this.#saveSoon());
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }

  async #save(): Promise<void> {
    const parts = this.#open.filter((part) => part.saved < part.text.length);
    const lengths = parts.map((part) => part.text.length);
    try {
      const kept = await this.#deps.save(parts.map(({ ord, part, kind, text }) => ({ ord, part, kind, text })));
      if (!kept) {
        this.#lost = true;
        return this.#deps.onLost(undefined);
      }
      parts.forEach((part, i) => (part.saved = lengths[i] ?? 0));
    } catch (error) {
      this.#deps.onLost(error);
    }
  }
}
