import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "better-sqlite3";
import { Client } from "pg";
import { openStore, type Place } from "../../src/store/open.ts";
import type { Store } from "../../src/store/database/store.ts";
import type { Setting } from "./figure.ts";

/** A fresh database to measure on; gone when it is disposed. */
export interface BenchDatabase extends AsyncDisposable {
  readonly name: "SQLite" | "PostgreSQL";
  readonly place: Place;
  open(): Promise<Store>;
}

/** One after another, so that no two are at work on the machine's cores at the same time. */
export async function* eachDatabase({ postgres }: Setting): AsyncGenerator<BenchDatabase> {
  yield sqliteDatabase();
  if (postgres !== null) yield postgresDatabase(postgres);
}

export async function sqliteDatabase(): Promise<BenchDatabase & { readonly place: { readonly file: string } }> {
  const folder = await mkdtemp(join(tmpdir(), "sparky-bench-"));
  const place = { kind: "sqlite", file: join(folder, "sparky.db") } as const;
  return {
    name: "SQLite",
    place,
    open: () => openStore(place),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function postgresDatabase(
  server: string,
): Promise<BenchDatabase & { readonly place: { readonly url: string } }> {
  const name = `bench_${randomBytes(6).toString("hex")}`;
  const query = async (sql: string): Promise<void> => {
    await using admin = await bareClient(server);
    await admin.client.query(sql);
  };
  await query(`create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  const place = { kind: "postgres", url: url.href } as const;
  return {
    name: "PostgreSQL",
    place,
    open: () => openStore(place),
    [Symbol.asyncDispose]: () => query(`drop database ${name} with (force)`),
  };
}

/** The file with the settings that the product uses, and nothing else of it. */
export function bareSqlite(file: string): Database.Database {
  const db = new Database(file);
  db.pragma("journal_mode = wal");
  db.pragma("synchronous = full");
  return db;
}

export async function bareClient(url: string): Promise<{ readonly client: Client } & AsyncDisposable> {
  const client = new Client({ connectionString: url });
  await client.connect();
  return { client, [Symbol.asyncDispose]: () => client.end() };
}
