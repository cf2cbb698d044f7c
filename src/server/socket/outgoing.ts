import type { WebSocket } from "ws";
import type { Clock } from "../../core/clock.ts";
import { CLOSE } from "../../wire/limits.ts";
import type { Sink } from "./subscription.ts";

const NO_DELTAS_BYTES = 262_144;
const FULL_BYTES = 1_048_576;
const DRAIN_MS = 30_000;
/** A socket that was told to close and does not is cut after this long. */
const CLOSE_GRACE_MS = 1000;

/** What the outgoing side needs of a socket. */
export interface Pipe extends Pick<WebSocket, "readyState" | "OPEN" | "CLOSED" | "bufferedAmount" | "terminate"> {
  send(data: string, done: () => void): void;
  close(code: number, reason: string): void;
  once(event: "close", listener: () => void): unknown;
}

/**
 * What goes out on one socket, with bounded memory: above 256 KB no deltas, above 1 MB nothing is pushed until it has
 * drained to 256 KB, and a reader that does not drain in 30 s is closed with 4408. Sending on a closed socket does nothing.
 */
export class Outgoing implements Sink {
  readonly #socket: Pipe;
  readonly #clock: Clock;
  readonly #onRoom: () => void;
  #full: { readonly promise: Promise<void>; readonly resolve: () => void; readonly cancel: () => void } | null = null;
  #congested = false;

  /** `onRoom` is called when deltas may flow again after they could not. */
  constructor(socket: Pipe, clock: Clock, onRoom: () => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#onRoom = onRoom;
    socket.once("close", () => this.#release());
  }

  send(frame: string): void {
    const socket = this.#socket;
    if (socket.readyState !== socket.OPEN) return;
    socket.send(frame, () => this.#sent());
    const buffered = socket.bufferedAmount;
    if (buffered > NO_DELTAS_BYTES) this.#congested = true;
    if (buffered > FULL_BYTES && this.#full === null) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#full = {
        promise,
        resolve,
        cancel: this.#clock.after(DRAIN_MS, () => this.close(CLOSE.tooSlow, "too slow")),
      };
    }
  }

  pressure(): "none" | "some" | "full" {
    return this.#full !== null ? "full" : this.#congested ? "some" : "none";
  }

  async room(): Promise<void> {
    while (this.#full !== null) await this.#full.promise;
  }

  /** Closes with a reason the client can read, and cuts a peer that does not answer. */
  close(code: number, reason: string): void {
    const socket = this.#socket;
    if (socket.readyState === socket.CLOSED) return;
    socket.close(code, reason);
    const cancel = this.#clock.after(CLOSE_GRACE_MS, () => socket.terminate());
    socket.once("close", cancel);
  }

  #sent(): void {
    if (!this.#congested || this.#socket.bufferedAmount > NO_DELTAS_BYTES) return;
    this.#release();
    if (this.#socket.readyState === this.#socket.OPEN) this.#onRoom();
  }

  #release(): void {
    this.#congested = false;
    const full = this.#full;
    this.#full = null;
    full?.cancel();
    full?.resolve();
  }
}
