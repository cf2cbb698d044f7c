import { randomBytes } from "node:crypto";
import { characterEnd, characterStart } from "../utf8.ts";
import type { ToolContext } from "../tool.ts";
import { Command, type CommandOptions, type Exit } from "./command.ts";
import { MaskedOutput } from "./masked-output.ts";

/** Commands that go on beside a run: as long as it is at work here, and no longer. */

const MOST_OF_A_RUN = 8;
const MOST = 32;
/** Of each command's output; what is older is left out, and counted. */
const KEPT_BYTES = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;

export interface Piece {
  readonly text: string;
  /** Bytes that were not kept, between the offset that was asked for and where the text begins. */
  readonly skipped: number;
  readonly next: number;
}

/** The end of an output, read by its bytes' place in the whole. */
export class Tail {
  #kept = Buffer.alloc(0);
  #total = 0;

  add(chunk: Buffer): void {
    this.#total += chunk.length;
    this.#kept = Buffer.concat([this.#kept, chunk]).subarray(-KEPT_BYTES);
  }

  get total(): number {
    return this.#total;
  }

  /** `whole`: nothing more comes, so that half a character at the end is one too. */
  read(offset: number, whole: boolean): Piece {
    const first = this.#total - this.#kept.length;
    const from = Math.min(Math.max(offset, first), this.#total);
    let bytes = this.#kept.subarray(from - first, from - first + PIECE_BYTES);
    const start = from > offset ? characterStart(bytes) : 0;
    bytes = bytes.subarray(start);
    const atEnd = from + start + bytes.length === this.#total;
    const end = whole && atEnd ? bytes.length : characterEnd(bytes);
    const skipped = Math.max(0, from + start - offset);
    return { text: bytes.toString("utf8", 0, end), skipped, next: from + start + end };
  }
}

export interface BackgroundCommand {
  readonly id: string;
  readonly runId: string;
  /** As its start was asked about; null: it was not. */
  readonly terms: string | null;
  readonly command: Command;
  readonly output: Tail;
  exit: Exit | null;
  readonly ended: Promise<void>;
  /** Resolves at the next output, or at the end. */
  changed(): Promise<void>;
}

export class BackgroundCommands implements AsyncDisposable {
  readonly #all = new Map<string, BackgroundCommand>();

  /** Resolves when it runs, and is on record. Throws in words when there are too many, or it cannot be started. */
  async start(
    runId: string,
    terms: string | null,
    options: Omit<CommandOptions, "onOutput" | "input">,
    { signal, masking }: Pick<ToolContext, "signal" | "masking">,
  ): Promise<BackgroundCommand> {
    const running = [...this.#all.values()].filter(({ exit }) => exit === null);
    if (running.filter((each) => each.runId === runId).length >= MOST_OF_A_RUN)
      throw new Error(`${MOST_OF_A_RUN} commands run in the background already: stop one with shell_stop`);
    if (running.length >= MOST) throw new Error("too many commands run in the background on this machine");
    signal.throwIfAborted();
    const output = new Tail();
    let wake = Promise.withResolvers<void>();
    const tell = (): void => {
      wake.resolve();
      wake = Promise.withResolvers<void>();
    };
    const masked = new MaskedOutput(masking, (chunk) => {
      output.add(chunk);
      tell();
    });
    const onOutput = (_: string, chunk: Buffer): void => masked.add(chunk);
    const command = new Command({ ...options, input: "open", onOutput });
    const run = command.run();
    const started: BackgroundCommand = {
      id: randomBytes(4).toString("hex"),
      runId,
      terms,
      command,
      output,
      exit: null,
      changed: () => wake.promise,
      ended: run
        .catch((): Exit => ({ exitCode: null, signal: null }))
        .then((exit) => {
          masked.end();
          started.exit = exit;
          tell();
        }),
    };
    this.#all.set(started.id, started);
    try {
      // One that could not be started, or put on record, says why.
      await Promise.race([command.begun, run]);
    } catch (error) {
      this.#all.delete(started.id);
      throw error;
    }
    if (signal.aborted) command.stop("stopped");
    return started;
  }

  /** Throws in words for the model. */
  get(id: string, runId: string): BackgroundCommand {
    const found = this.#all.get(id);
    if (found?.runId === runId) return found;
    throw new Error(
      `no command ${JSON.stringify(id)} runs in the background: those of a run end when it waits for a person or is interrupted`,
    );
  }

  /** On which terms a command was started; null too where there is none. */
  termsOf(id: string): string | null {
    return this.#all.get(id)?.terms ?? null;
  }

  /** Ends what a run has started, and forgets it. */
  async endOf(runId: string): Promise<void> {
    await this.#end([...this.#all.values()].filter((each) => each.runId === runId));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end([...this.#all.values()]);
  }

  async #end(commands: readonly BackgroundCommand[]): Promise<void> {
    for (const { command, exit } of commands) if (exit === null) command.stop("stopped");
    await Promise.all(commands.map(({ ended }) => ended));
    for (const { id } of commands) this.#all.delete(id);
  }
}
