import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import type { Transaction } from "kysely";
import { systemClock, type Clock } from "../core/clock.ts";
import { Hub, type Change } from "../core/hub.ts";
import { newId, type RandomBytes } from "../core/ids.ts";
import { DatabaseClock } from "./database/clock.ts";
import type { Engine } from "./database/engine.ts";
import { GroupCommit } from "./database/group-commit.ts";
import { migrate, type Upgrade } from "./database/migrate.ts";
import { Commits, type Probe } from "./database/probe.ts";
import type { Schema } from "./database/schema.ts";
import { KnownSecrets } from "../core/known-secrets.ts";
import type { Append, LockWait, Numbered, Store, Tx } from "./database/store.ts";

export type Place =
  | { readonly kind: "sqlite"; readonly file: string }
  | { readonly kind: "postgres"; readonly url: string };

export interface StoreDeps {
  /** The time itself, wherever it comes from. */
  readonly clock?: Clock;
  /** This machine's clock, which counts where no other node shares the database. */
  readonly machine?: Clock;
  readonly random?: RandomBytes;
  readonly secrets?: KnownSecrets;
  readonly node?: string;
  /** This node's own folder. */
  readonly home?: string;
  /** Told once, when an older database was brought up to date. */
  readonly onUpgrade?: (upgrade: Upgrade) => void;
  /** Where failures go that have no caller: an idle connection that broke. */
  readonly onError?: (error: Error) => void;
  /** How long another program's lock on a SQLite file is waited for; for tests. */
  readonly patienceMs?: number;
  /** For tests only. */
  readonly probe?: Probe;
}

/** Deadlocks and serialisation failures are tried again this often before they count as an error. */
const TRIES = 5;
const LOCK_TRIES = 2;

/** Opens the database, brings its schema up to date, and reads the epoch. */
export async function openStore(where: Place, deps: StoreDeps = {}): Promise<Store> {
  const random = deps.random ?? ((n: number) => randomBytes(n));
  const engine = await openEngine(where, deps);
  const clock = deps.clock ?? (await clockOf(engine, deps.machine ?? systemClock));
  try {
    const upgrade = await migrateAt(where, engine, clock.now());
    if (upgrade !== null) deps.onUpgrade?.(upgrade);
    const epoch = await readEpoch(engine, newId(random));
    const parts = {
      clock,
      random,
      node: deps.node ?? hostname(),
      home: deps.home ?? null,
      secrets: deps.secrets ?? new KnownSecrets(),
    };
    const store = assemble(engine, parts, epoch, new Commits(deps.probe));
    return where.kind === "postgres" ? await withNodes(store, where.url, deps.onError ?? (() => {})) : store;
  } catch (error) {
    letGo(clock);
    await engine.close();
    throw error;
  }
}

async function clockOf(engine: Engine, machine: Clock): Promise<Clock> {
  if (engine.kind === "sqlite") return machine;
  const clock = new DatabaseClock(machine, () => engine.now());
  await clock.align();
  return clock;
}

function letGo(clock: Clock): void {
  if (clock instanceof DatabaseClock) clock[Symbol.dispose]();
}

async function openEngine(where: Place, deps: StoreDeps): Promise<Engine> {
  if (where.kind === "sqlite") return (await import("./database/sqlite.ts")).openSqlite(where.file, deps.patienceMs);
  const { openPostgres } = await import("./database/postgres.ts");
  await (await import("./database/postgres-probe.ts")).probePostgres(where.url);
  return openPostgres(where.url, { onIdleError: deps.onError ?? (() => {}) });
}

/** A migration may rewrite a big table: on a server it has a connection without a time limit. */
async function migrateAt(where: Place, engine: Engine, now: number): Promise<Upgrade | null> {
  if (where.kind === "sqlite") return migrate(engine.db, where, now);
  const { openPostgres } = await import("./database/postgres.ts");
  const { PATIENT } = await import("./database/postgres-session.ts");
  const patient = openPostgres(where.url, { onIdleError: () => {}, limits: PATIENT });
  try {
    return await migrate(patient.db, where, now);
  } finally {
    await patient.close();
  }
}

/** On a server that others may share, this node tells them what it commits, and hears what they did. */
async function withNodes(store: Store, url: string, onError: (error: Error) => void): Promise<Store> {
  const { Nodes } = await import("./nodes.ts");
  const nodes = new Nodes(store, url, onError);
  nodes.start();
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await nodes[Symbol.asyncDispose]();
      await store[Symbol.asyncDispose]();
    },
  };
}

async function readEpoch({ db }: Engine, fresh: string): Promise<string> {
  await db
    .insertInto("meta")
    .values({ key: "epoch", value: fresh })
    .onConflict((oc) => oc.doNothing())
    .execute();
  const row = await db.selectFrom("meta").select("value").where("key", "=", "epoch").executeTakeFirstOrThrow();
  return row.value;
}

function assemble(
  engine: Engine,
  parts: Pick<Store, "clock" | "random" | "node" | "home" | "secrets">,
  epoch: string,
  commits: Commits,
): Store {
  const hub = new Hub();
  // The one door to every log.
  const masked = (append: Append): Append => {
    const events = parts.secrets.value(append.events);
    return events === append.events ? append : { ...append, events };
  };
  const groups = new GroupCommit(engine, parts.clock, hub, commits);
  const transact = async <T>(body: (tx: Tx) => Promise<T>, wait?: LockWait): Promise<T> => {
    for (let tried = 1; ; tried++) {
      const announcements: (() => void)[] = [];
      const hints: (() => void)[] = [];
      let committed: (() => void) | undefined;
      try {
        const written = { events: 0 };
        const result = await engine.db.transaction().execute(async (db) => {
          // On its way together with what the body asks first.
          const limited = wait === undefined ? undefined : engine.limitLocks(db, wait.lockMs);
          limited?.catch(() => {});
          const lasts: (() => Promise<void>)[] = [];
          const made = await body(openTx(db, { announcements, hints, lasts }, written));
          for (const write of lasts) await write();
          await limited;
          committed = commits.begin(written.events);
          return made;
        });
        committed?.();
        for (const announce of announcements) announce();
        return result;
      } catch (error) {
        const tries = engine.isLocked(error) ? (wait?.tries ?? LOCK_TRIES) : engine.isRetryable(error) ? TRIES : 1;
        if (tried < tries) continue;
        // Whether the commit was made is not known: what is only to be looked at anew is told all the same.
        if (committed !== undefined) for (const hint of hints) hint();
        throw error;
      }
    }
  };
  const openTx = (
    db: Transaction<Schema>,
    {
      announcements,
      hints,
      lasts,
    }: {
      readonly announcements: (() => void)[];
      readonly hints: (() => void)[];
      readonly lasts: (() => Promise<void>)[];
    },
    written: { events: number },
  ): Tx => {
    const now = parts.clock.now();
    const appendAll = async (given: readonly Append[]): Promise<readonly Numbered[]> => {
      const appends = given.map(masked);
      const placed = await engine.appendIn(db, appends, now);
      placed.forEach(({ wire }, i) => {
        written.events += wire.length;
        announcements.push(() => hub.publish(appends[i]!.chatId, wire));
      });
      return placed;
    };
    const hint = (tell: () => void): void => {
      announcements.push(tell);
      hints.push(tell);
    };
    return {
      kind: engine.kind,
      db,
      now,
      newId: () => newId(parts.random),
      async append(chatId, events, fence) {
        const [placed] = await appendAll([{ chatId, events, ...(fence && { fence }) }]);
        return placed?.events ?? [];
      },
      appendAll: async (appends) => void (await appendAll(appends)),
      changed: (topic: Change["topic"], users, id) =>
        hint(() => hub.changed({ topic, users, ...(id !== undefined && { id }) })),
      wake: () => hint(() => hub.wake()),
      after: (announce) => void announcements.push(announce),
      last: (write) => void lasts.push(write),
      masked: (text) => parts.secrets.value(text),
    };
  };
  return {
    ...parts,
    kind: engine.kind,
    db: engine.db,
    hub,
    epoch,
    closeIn: (ms) => engine.closeIn(ms),
    bootId: newId(parts.random),
    transact,
    append: (append) => groups.append(masked(append)),
    async [Symbol.asyncDispose]() {
      letGo(parts.clock);
      engine.closeIn(0);
      await groups.idle();
      await engine.close();
    },
  };
}
