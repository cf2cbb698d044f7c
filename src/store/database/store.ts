import type { Kysely, Transaction } from "kysely";
import type { Clock } from "../../core/clock.ts";
import type { ChatEvent, NewEvent } from "../../core/events.ts";
import type { Hub, Change, HubEvent } from "../../core/hub.ts";
import type { KnownSecrets } from "../../core/known-secrets.ts";
import type { RandomBytes } from "../../core/ids.ts";
import type { Schema } from "./schema.ts";

export type EngineKind = "sqlite" | "postgres";

/** The right to write for a run: refused once a newer lease exists or the run no longer works. */
export interface Fence {
  readonly runId: string;
  readonly lease: number;
}

export interface Append {
  readonly chatId: string;
  readonly events: readonly NewEvent[];
  readonly fence?: Fence;
}

/** One transaction. Its body awaits only the database; what it announces goes out after the commit. */
export interface Tx {
  /** By what whoever asks for this change has come in; none: this process itself, for its home's owner. */
  readonly credential?: { readonly kind: "session" | "token"; readonly id: string };
  readonly kind: EngineKind;
  readonly db: Transaction<Schema>;
  /** Milliseconds since the epoch, for the times of rows and events written here. */
  readonly now: number;
  newId(): string;
  /** Throws `fenced` when the fence is refused, `not_found` when the chat is gone; the transaction must not go on then. */
  append(chatId: string, events: readonly NewEvent[], fence?: Fence): Promise<readonly ChatEvent[]>;
  /** The same for many chats at once, all or nothing. */
  appendAll(appends: readonly Append[]): Promise<void>;
  changed(topic: Change["topic"], users: Change["users"], id?: string): void;
  /** A run may have become claimable. */
  wake(): void;
  /** Runs after the commit. */
  after(announce: () => void): void;
  /** Runs when the body is done, before the commit: for a row that all who write one must wait for. */
  last(write: () => Promise<void>): void;
  /** Without the values of secrets. */
  masked(text: string): string;
}

/** How long a transaction waits for rows that another node has locked, and how often it begins again after that. */
export interface LockWait {
  readonly lockMs: number;
  readonly tries: number;
}

/**
 * For what people wait for: short waits, so that none keeps a connection, and together longer than a node that vanished keeps
 * what it has locked.
 */
export const PROMPTLY: LockWait = { lockMs: 1000, tries: 6 };

/**
 * Where all data is. One per process; disposed last. Whatever is asked of it, reads through `db` included, fails with
 * `unavailable` where the machine or the network is to blame.
 */
export interface Store extends AsyncDisposable {
  readonly kind: EngineKind;
  /** For reads, and for writes by libraries that bring their own queries. Ours go through `transact` and `append`. */
  readonly db: Kysely<Schema>;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** One for every copy of a store: what this process keeps of a store beside it is kept by its hub. */
  readonly hub: Hub;
  /** What of secrets is known here: all that comes in as text goes through it. */
  readonly secrets: KnownSecrets;
  /** Random, stored with the data; changes only when history was cut. */
  readonly epoch: string;
  /** This process: on SQLite a lease belongs to it. */
  readonly bootId: string;
  readonly node: string;
  /** This node's own folder, where it has one: paths of prompts are relative to it. */
  readonly home: string | null;
  /** The process is about to end: what then still waits for another program's lock on the database gives up. */
  closeIn(ms: number): void;
  /** Without `wait` a lock is waited for twice as long as a connection waits by itself: longer than a node that vanished keeps it. */
  transact<T>(body: (tx: Tx) => Promise<T>, wait?: LockWait): Promise<T>;
  /** Appends to one chat's log; what arrives within the same tick shares one commit. Errors as `Tx.append`. */
  append(append: Append): Promise<readonly ChatEvent[]>;
}

/** An append whose place in the log is known, with the serialised form that watchers get. */
export interface Numbered {
  readonly events: readonly ChatEvent[];
  readonly wire: readonly HubEvent[];
}
