/**
 * The sockets that have not said hello yet. There are never more than a few of them, and a new one takes the place of the
 * oldest: whoever opens many keeps nobody out who says hello at once.
 */
export const MAX_WAITING_OF_ONE = 32;
export const MAX_WAITING = 256;

export interface Guest {
  /** It is asked to go. */
  turnOut(): void;
}

export class Lobby {
  readonly #guests = new Map<Guest, string>();

  enter(guest: Guest, address: string): void {
    const own = [...this.#guests].filter(([, from]) => from === address);
    const oldest =
      own.length >= MAX_WAITING_OF_ONE ? own[0]?.[0] : this.#guests.size >= MAX_WAITING ? this.#first() : undefined;
    if (oldest !== undefined) {
      this.#guests.delete(oldest);
      oldest.turnOut();
    }
    this.#guests.set(guest, address);
  }

  leave(guest: Guest): void {
    this.#guests.delete(guest);
  }

  #first(): Guest | undefined {
    return this.#guests.keys().next().value;
  }
}
