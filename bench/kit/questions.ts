/** What the benchmarks ask of their child processes. */

export type ServerQuestion =
  /** On an SQLite file that its parent owns. */
  | { readonly do: "start"; readonly file: string }
  /** A new chat with so many events in its log. */
  | { readonly do: "chat"; readonly events: number }
  | { readonly do: "append"; readonly chatId: string; readonly count: number; readonly everyMs: number }
  | SendDeltas;

/** Pieces of an answer as it streams, which nothing stores. */
interface SendDeltas {
  readonly do: "deltas";
  readonly chatId: string;
  readonly count: number;
}

export interface ServerStarted {
  readonly url: string;
  readonly token: string;
  /** Signs a browser in, once. */
  readonly loginUrl: string;
}

export interface Spent {
  /** Of the sender's processor. */
  readonly cpuMs: number;
}

export type BareQuestion =
  | { readonly do: "start" }
  | { readonly do: "send"; readonly chatId: string; readonly count: number; readonly everyMs: number }
  | SendDeltas;

export interface Sent {
  /** How late the event loop was while it sent, in milliseconds. */
  readonly delayP99: number;
}

export interface Target {
  readonly url: string;
  /** null: a server that knows nothing of Sparky's protocol. */
  readonly token: string | null;
  readonly chatId: string;
}

export type WatcherQuestion =
  | { readonly do: "watch"; readonly target: Target; readonly count: number }
  /** Waits until every watcher has `events` of them, or no more come. */
  | { readonly do: "collect"; readonly events: number };

export interface Collected {
  readonly p50: number;
  readonly p99: number;
  readonly lost: number;
  readonly doubled: number;
}
