import type { CallToolResult } from "@modelcontextprotocol/client";
import type { Reply } from "./elicitation.ts";

/** A call on its way. Where its server asks somebody meanwhile, it is left as it is, for minutes or days, without a limit. */
export class RunningCall {
  readonly signal: AbortSignal;
  readonly #control = new AbortController();
  readonly #idleMs: number;
  #until: number;
  #askedAt = 0;
  /** What is at hand for what the server asked the last time, in its order. */
  readonly #replies: Reply[];
  #timer: NodeJS.Timeout | undefined;
  #asked = Promise.withResolvers<unknown>();
  #answer: ((reply: Reply) => void) | null = null;
  #work: Promise<CallToolResult> | null = null;
  /** Who hears of its progress, while somebody waits for it. */
  #tell: ((words: string) => void) | undefined;
  isSettled = false;

  constructor(idleMs: number, mostMs: number, replies: readonly Reply[]) {
    this.signal = this.#control.signal;
    this.#idleMs = idleMs;
    this.#until = performance.now() + mostMs;
    this.#replies = [...replies];
    this.progressed();
  }

  run(work: (signal: AbortSignal) => Promise<CallToolResult>, onSettled: () => void): void {
    this.#work = work(this.signal).finally(() => {
      this.isSettled = true;
      clearTimeout(this.#timer);
      onSettled();
    });
    this.#work.catch(() => {});
  }

  get isAsking(): boolean {
    return this.#answer !== null;
  }

  /** Its result, or what it asks; the signal ends it. Meanwhile `tell` hears how far it is. */
  async next(
    signal: AbortSignal,
    tell?: (words: string) => void,
  ): Promise<{ readonly result: CallToolResult } | { readonly asked: unknown }> {
    this.#tell = tell;
    const onAbort = (): void => this.#control.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    try {
      return await Promise.race([
        (this.#work ?? Promise.reject(new Error("it was not started"))).then((result) => ({ result })),
        this.#asked.promise.then((asked) => ({ asked })),
      ]);
    } finally {
      this.#tell = undefined;
      signal.removeEventListener("abort", onAbort);
    }
  }

  /** A sign of life: its limit counts anew, within the longest that it may take. While somebody is asked there is none. */
  progressed(words: string | null = null): void {
    if (this.isAsking || this.isSettled) return;
    if (words !== null) this.#tell?.(words);
    clearTimeout(this.#timer);
    const ms = Math.min(this.#idleMs, this.#until - performance.now());
    this.#timer = setTimeout(() => this.#control.abort(new Error("it took too long")), Math.max(ms, 0)).unref();
  }

  /** The server asks: answered from what is at hand, or when somebody has answered. */
  ask(params: unknown): Promise<Reply> | Reply {
    const reply = this.#replies.shift();
    if (reply !== undefined) return reply;
    clearTimeout(this.#timer);
    this.#askedAt = performance.now();
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#asked.resolve(params);
    });
  }

  answer(reply: Reply): void {
    this.#asked = Promise.withResolvers();
    const answer = this.#answer;
    this.#answer = null;
    // The time that the person took is not the call's.
    this.#until += performance.now() - this.#askedAt;
    this.progressed();
    answer?.(reply);
  }
}
