/** Calls that change the same workspace have their turns, so that none overwrites what another has just written. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(workspace: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(workspace) ?? Promise.resolve();
    const mine = before.then(() => {
      signal.throwIfAborted();
      return work();
    });
    const settled = mine.then(
      () => {},
      () => {},
    );
    this.#last.set(workspace, settled);
    try {
      return await mine;
    } finally {
      if (this.#last.get(workspace) === settled) this.#last.delete(workspace);
    }
  }
}
