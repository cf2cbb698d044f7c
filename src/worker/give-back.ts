import { performance } from "node:perf_hooks";
import type { Clock } from "../core/clock.ts";

/** What this process holds, and how busy it is. */
export interface Memory {
  /** Bytes that the system counts as this process's. */
  held(): number;
  /** Throws garbage away, and gives the system what is free by that. Nothing else goes on meanwhile. */
  collect(): void;
  /** The part of the time since it was asked last in which there was something to do. */
  busy(): number;
}

const LOOK_MS = 1000;
/** After it was done: it costs more than a look. */
const REST_MS = 20_000;
const GROWN_BYTES = 8 * 2 ** 20;
/** Whoever waits for something would wait longer. */
const IDLE = 0.05;

/**
 * The engine looks for garbage as more comes, so that what the start or a burst of work has left would stay for as long as
 * nothing is done. It is given back while nothing is.
 */
export class GiveBack implements Disposable {
  readonly #clock: Clock;
  readonly #memory: Memory;
  #least = 0;
  #cancel: () => void;

  constructor(clock: Clock, memory: Memory) {
    this.#clock = clock;
    this.#memory = memory;
    memory.busy();
    this.#cancel = clock.after(LOOK_MS, () => this.#look());
  }

  [Symbol.dispose](): void {
    this.#cancel();
  }

  #look(): void {
    const now = this.#memory.busy() < IDLE && this.#memory.held() > this.#least + GROWN_BYTES;
    if (now) {
      this.#memory.collect();
      this.#least = this.#memory.held();
    }
    this.#cancel = this.#clock.after(now ? REST_MS : LOOK_MS, () => this.#look());
  }
}

/** This process's; null where it was started without `--expose-gc`. */
export function processMemory(): Memory | null {
  const { gc } = globalThis;
  if (gc === undefined) return null;
  let since = performance.eventLoopUtilization();
  return {
    held: () => process.memoryUsage.rss(),
    collect: () => gc({ type: "major", flavor: "last-resort" }),
    busy() {
      const before = since;
      since = performance.eventLoopUtilization();
      return performance.eventLoopUtilization(since, before).utilization;
    },
  };
}
