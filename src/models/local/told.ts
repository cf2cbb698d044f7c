import type { Server } from "./ask.ts";

/** What a server says of a model's window, in tokens. */
export interface Told {
  /** As the model is loaded, or will be; null: it does not say. */
  readonly holds: number | null;
  /** More than this it never takes; null: it does not say. */
  readonly most: number | null;
}

export const UNTOLD: Told = { holds: null, most: null };

export interface Stated {
  readonly tokens: number;
  readonly isGuess: boolean;
}

/** A model's maximum says little: servers load it with far less. It only keeps a guess below it. */
export function believed({ holds, most }: Told, guess: number): Stated {
  return { tokens: Math.min(holds ?? guess, most ?? Infinity), isGuess: holds === null };
}

export interface LocalModel {
  /** The server's own name of it. */
  readonly name: string;
  readonly window: Told;
}

const MOST_LISTED = 50;

/** The first of them, and those that are in use. */
export const listed = <T extends Pick<LocalModel, "name">>(models: readonly T[], inUse: ReadonlySet<string>) =>
  models.filter(({ name }, at) => at < MOST_LISTED || inUse.has(name));

/** How servers of one kind are asked. */
export interface Kind {
  /** null: no such server is there. Where each model is asked for by itself, only those that are `listed`. */
  models(server: Server, inUse: ReadonlySet<string>): Promise<readonly LocalModel[] | null>;
  window(server: Server, name: string): Promise<Told>;
}

/** The smallest of those that are known. */
export function least(...sizes: readonly (number | null)[]): number | null {
  const known = sizes.filter((size) => size !== null);
  return known.length === 0 ? null : Math.min(...known);
}
