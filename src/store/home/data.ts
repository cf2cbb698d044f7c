import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { isoTime, systemClock } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import { backupFile, type Backup } from "./backup.ts";
import { dataStatus, type DataStatus } from "./data-status.ts";
import { checkSchema, openFile, verifyFile } from "./database-file.ts";
import { prepareHome } from "./home.ts";
import { takeHome } from "./lock.ts";
import { MIGRATIONS } from "../database/migrate.ts";
import { openStore, type Place } from "../open.ts";
import { openPostgres } from "../database/postgres.ts";
import { probePostgres } from "../database/postgres-probe.ts";
import { addressOf, PATIENT } from "../database/postgres-session.ts";
import { RIGHTS } from "./rights.ts";
import { prepareRestore, type Prepared } from "./restore.ts";
import { restingSource, verifyPages, type VerifyPage } from "../verify/verify.ts";

/** What an operator does with a home's database in a process of its own. */
export interface Data {
  /** The file, or the server's address without its password. */
  readonly place: string;
  status(): Promise<DataStatus>;
  /** Changes nothing, and needs no server. */
  verify(): AsyncIterable<VerifyPage>;
  /** Applies what is missing. `kept`: where the copy of before lies. Throws `conflict` while a server runs. */
  migrate(): Promise<{ readonly from: number; readonly to: number; readonly kept: string | null }>;
  /** null: into the home's `backups`. SQLite only; a server may run. */
  backup(file: string | null): Promise<Backup>;
  /** Holds the home until it is disposed of. SQLite only; throws `conflict` while a server runs. */
  restore(file: string): Promise<Prepared>;
}

export function openData(home: string, dbUrl: string | null): Data {
  return dbUrl === null ? sqliteData(home) : postgresData(home, dbUrl);
}

function sqliteData(home: string): Data {
  const database = join(home, "sparky.db");
  const place: Place = { kind: "sqlite", file: database };
  const missing = (): SparkyError =>
    new SparkyError("not_found", `there is no ${basename(database)} in ${home}`, {
      hint: "name the folder of an instance; a new one is made by: sparky chat start",
    });
  const opened = async (): ReturnType<typeof openFile> => {
    if (existsSync(database)) return openFile(database);
    throw missing();
  };
  return {
    place: database,
    async status() {
      await using file = await opened();
      return await dataStatus("sqlite", file.db);
    },
    async *verify() {
      await using file = await opened();
      yield* verifyFile(file);
    },
    async migrate() {
      prepareHome(home);
      using _lock = await takeHome(home);
      return bringUpToDate(place, existsSync(database));
    },
    async backup(file) {
      if (!existsSync(database)) throw missing();
      const name = `sparky-${isoTime(systemClock.now()).replaceAll(/[:.]/g, "-")}.db`;
      return backupFile(database, file ?? join(home, "backups", name));
    },
    async restore(file) {
      prepareHome(home);
      const lock = await takeHome(home);
      try {
        const deps = { random: (n: number) => randomBytes(n), now: systemClock.now() };
        const prepared = await prepareRestore(file, database, deps);
        return {
          ...prepared,
          [Symbol.dispose]() {
            prepared[Symbol.dispose]();
            lock[Symbol.dispose]();
          },
        };
      } catch (error) {
        lock[Symbol.dispose]();
        throw error;
      }
    },
  };
}

function postgresData(home: string, url: string): Data {
  const asked = async () => {
    await probePostgres(url);
    const engine = openPostgres(url, { onIdleError: () => {}, limits: PATIENT });
    return { db: engine.db, [Symbol.asyncDispose]: () => engine.close() };
  };
  return {
    place: `postgres://${addressOf(url)}`,
    async status() {
      await using engine = await asked();
      return await dataStatus("postgres", engine.db);
    },
    async *verify() {
      await using engine = await asked();
      checkSchema((await dataStatus("postgres", engine.db)).schema);
      yield* verifyPages(restingSource("postgres", engine.db));
    },
    async migrate() {
      prepareHome(home);
      using _lock = await takeHome(home);
      // A database without a schema has no table to ask.
      const exists = await this.status().then(
        () => true,
        () => false,
      );
      return bringUpToDate({ kind: "postgres", url }, exists);
    },
    backup: async () => {
      throw new SparkyError("invalid_input", "the data is in PostgreSQL, which makes its own backups", {
        hint: `pg_dump --format=custom ${WITHOUT_RIGHTS} --file=sparky.dump "$SPARKY_DB_URL"`,
      });
    },
    restore: async () => {
      throw new SparkyError("invalid_input", "the data is in PostgreSQL, which restores its own backups", {
        hint: 'stop every node, then: pg_restore --clean --if-exists --dbname="$SPARKY_DB_URL" sparky.dump',
      });
    },
  };
}

/** Rights do not travel in a backup. */
const WITHOUT_RIGHTS = RIGHTS.map((table) => `--exclude-table-data=${table}`).join(" ");

async function bringUpToDate(place: Place, exists: boolean): ReturnType<Data["migrate"]> {
  const to = MIGRATIONS.length;
  let done = { from: exists ? to : 0, to, kept: null as string | null };
  const store = await openStore(place, { onUpgrade: (upgrade) => (done = upgrade) });
  await store[Symbol.asyncDispose]();
  return done;
}
