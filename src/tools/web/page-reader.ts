import { Worker } from "node:worker_threads";
import type { RawPage, ReadPage } from "./page.ts";

/** Has pages read in threads of their own, one each, so that none can hold up the server or another page. */

export interface ReadLimits {
  readonly timeoutMs: number;
  readonly memoryMb: number;
}

const LIMITS: ReadLimits = { timeoutMs: 30_000, memoryMb: 512 };
/** At a time; further ones wait. */
const MOST_THREADS = 2;

/** How often the memory of a thread is looked at: buffers do not count to the heap that the engine bounds by itself. */
const LOOK_MS = 100;

/** A page that is too much for its thread. */
export class TooMuch extends Error {}

/** What is no page, or a broken one. */
export class Unreadable extends Error {
  readonly needsPassword: boolean;
  constructor(page: RawPage, error: Error) {
    const needsPassword = error.name === "PasswordException";
    super(needsPassword ? "it opens with a password only" : `it cannot be read as ${page.kind}: ${error.message}`, {
      cause: error,
    });
    this.needsPassword = needsPassword;
  }
}

/** A page whose bytes are fetched when its turn has come. */
type PageToRead = Omit<RawPage, "bytes"> & { readonly bytes: RawPage["bytes"] | (() => Promise<RawPage["bytes"]>) };

export class PageReader {
  readonly #limits: ReadLimits;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limits = LIMITS) {
    this.#limits = limits;
  }

  /** Throws in words what is wrong with the page; a call that was stopped throws its signal's reason, and its thread ends. */
  async read({ bytes, ...about }: PageToRead, signal: AbortSignal): Promise<ReadPage> {
    await this.#turn(signal);
    try {
      const page = { ...about, bytes: typeof bytes === "function" ? await bytes() : bytes };
      return await this.#readNow(page, signal);
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #readNow(page: RawPage, signal: AbortSignal): Promise<ReadPage> {
    try {
      return await this.#inThread(page, signal);
    } catch (error) {
      if (!(error instanceof TooMuch) || page.kind !== "html" || page.as === "plain") throw error;
      // The text alone is cheap to have of any page.
      const found = await this.#inThread({ ...page, as: "plain" }, signal);
      return { ...found, notes: [...found.notes, `${error.message}, so that only its text is given`] };
    }
  }

  async #turn(signal: AbortSignal): Promise<void> {
    while (this.#running >= MOST_THREADS) {
      const { promise, resolve: wake } = Promise.withResolvers<void>();
      const onAbort = (): void => wake();
      this.#waiting.push(wake);
      signal.addEventListener("abort", onAbort, { once: true });
      await promise;
      signal.removeEventListener("abort", onAbort);
      const at = this.#waiting.indexOf(wake);
      if (at >= 0) this.#waiting.splice(at, 1);
      // Its turn came as it was stopped: it is the next one's.
      else if (signal.aborted) this.#waiting.shift()?.();
      signal.throwIfAborted();
    }
    signal.throwIfAborted();
    this.#running++;
  }

  async #inThread(page: RawPage, signal: AbortSignal): Promise<ReadPage> {
    const { timeoutMs, memoryMb } = this.#limits;
    // It sees neither the environment nor the options of this process.
    const thread = new Worker(new URL("./page-worker.ts", import.meta.url), {
      workerData: page,
      env: {},
      execArgv: [],
      // What a library says of a page is nothing for the server's log.
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: memoryMb, stackSizeMb: 4 },
    });
    thread.stdout.resume();
    thread.stderr.resume();
    const { promise, resolve, reject } = Promise.withResolvers<ReadPage>();
    const timer = setTimeout(() => reject(new TooMuch(`it cannot be read within ${timeoutMs / 1000} s`)), timeoutMs);
    const looking = setInterval(() => {
      const look = async (): Promise<void> => {
        const { external_memory: taken } = await thread.getHeapStatistics();
        if (taken - page.bytes.byteLength > memoryMb * 1024 * 1024) reject(tooBig(memoryMb));
      };
      // It has just ended.
      look().catch(() => {});
    }, LOOK_MS);
    const onAbort = (): void => reject(signal.reason as Error);
    signal.addEventListener("abort", onAbort, { once: true });
    thread.once("message", resolve);
    thread.once("error", (error: Error) => reject(failure(page, error, memoryMb)));
    thread.once("exit", () => reject(new Error("the thread that read it ended")));
    try {
      if (signal.aborted) onAbort();
      return await promise;
    } finally {
      clearTimeout(timer);
      clearInterval(looking);
      signal.removeEventListener("abort", onAbort);
      await thread.terminate();
    }
  }
}

const tooBig = (memoryMb: number): Error => new TooMuch(`it needs more than ${memoryMb} MB to be read`);

function failure(page: RawPage, error: Error & { readonly code?: unknown }, memoryMb: number): Error {
  if (error.code === "ERR_WORKER_OUT_OF_MEMORY") return tooBig(memoryMb);
  if (error instanceof RangeError) return new TooMuch("it is nested too deep to be read");
  // The thread itself could not be had.
  if (typeof error.code === "string" && error.code.startsWith("ERR_WORKER")) return error;
  return new Unreadable(page, error);
}
