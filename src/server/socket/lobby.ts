/**
 * The sockets that have not said hello yet. There are never more than a few of them, and a new one takes the place of the
 * oldest: whoever opens many keeps nobody out who says hello at once. Those that come with a cookie of ours wait apart: behind
 * a proxy all have one address, and a stranger's sockets must not turn out a whole office that comes back after a restart.
 */
export const MAX_WAITING_OF_ONE = 32;
export const MAX_WAITING = 256;

export interface Guest {
  /** It is asked to go. */
  turnOut(): void;
}

export class Lobby {
  readonly #guests = new Map<Guest, string | null>();

  /** `address`: null for one that is no stranger. */
  enter(guest: Guest, address: string | null): void {
    const most = address === null ? MAX_WAITING : MAX_WAITING_OF_ONE;
    const own = [...this.#guests].filter(([, from]) => from === address);
    const strangers = [...this.#guests].filter(([, from]) => from !== null);
    const crowd = own.length >= most ? own : address !== null && strangers.length >= MAX_WAITING ? strangers : [];
    const oldest = crowd[0]?.[0];
    if (oldest !== undefined) {
      this.#guests.delete(oldest);
      oldest.turnOut();
    }
    this.#guests.set(guest, address);
  }

  leave(guest: Guest): void {
    this.#guests.delete(guest);
  }
}
