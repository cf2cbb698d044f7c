import { randomBytes } from "node:crypto";
import { copyFile, mkdtemp, rename, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Client } from "pg";
import { describe, inject, onTestFinished } from "vitest";
import { openStore } from "../../src/store/open.ts";
import type { Store } from "../../src/store/database/store.ts";

export type Place = Parameters<typeof openStore>[0];
type StoreDeps = NonNullable<Parameters<typeof openStore>[1]>;

export interface Engine {
  readonly kind: Store["kind"];
  /** A fresh database of this test's own, with nothing in it; gone when the test ends. */
  emptyPlace(): Promise<Place>;
  /** The same with every migration applied, for tests that open it more than once (restart, second node). */
  place(): Promise<Place>;
  /** Opens a store on a place; closed when the test ends, if the test has not done so itself. */
  open(place: Place, deps?: StoreDeps): Promise<Store>;
  /** A fresh store: `open(await place(), deps)`. */
  store(deps?: StoreDeps): Promise<Store>;
}

/** Runs the same suite against both engines. */
export function eachEngine(name: string, suite: (engine: Engine) => void): void {
  describe.each(engines)(`${name} ($kind)`, suite);
}

/** Tests where the engine does not matter use the embedded default. */
export const sqlite: Engine = engine("sqlite", sqlitePlace, migratedSqlitePlace);
export const postgres: Engine = engine("postgres", () => postgresPlace(null), migratedPostgresPlace);
const engines = [sqlite, postgres];

function engine(kind: Store["kind"], emptyPlace: () => Promise<Place>, place: () => Promise<Place>): Engine {
  const open: Engine["open"] = async (at, deps) => {
    const store = await openStore(at, deps);
    let closed: Promise<void> | undefined;
    const close = store[Symbol.asyncDispose].bind(store);
    store[Symbol.asyncDispose] = () => (closed ??= Promise.resolve(close()));
    onTestFinished(() => store[Symbol.asyncDispose]());
    return store;
  };
  return { kind, emptyPlace, place, open, store: async (deps) => open(await place(), deps) };
}

async function sqlitePlace(): Promise<{ readonly kind: "sqlite"; readonly file: string }> {
  const folder = await mkdtemp(join(tmpdir(), "sparky-store-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return { kind: "sqlite", file: join(folder, "sparky.db") };
}

async function migratedSqlitePlace(): Promise<Place> {
  const place = await sqlitePlace();
  const template = join(inject("runFolder"), "template.db");
  await copyFile(template, place.file).catch(async () => {
    // The first of a worker: whoever else makes one at the same time makes the same.
    const draft = join(inject("runFolder"), `${randomBytes(8).toString("hex")}.db`);
    await (await openStore({ kind: "sqlite", file: draft }))[Symbol.asyncDispose]();
    await rename(draft, template);
    await copyFile(template, place.file);
  });
  return place;
}

async function postgresPlace(template: string | null): Promise<Place> {
  const admin = await postgresUrl();
  const name = `t_${randomBytes(8).toString("hex")}`;
  await query(admin, `create database ${name}${template === null ? "" : ` template ${template}`}`);
  onTestFinished(() => query(admin, `drop database ${name} with (force)`));
  return { kind: "postgres", url: withDatabase(admin, name) };
}

const TEMPLATE = "sparky_template";

async function migratedPostgresPlace(): Promise<Place> {
  await ensureTemplate(await postgresUrl());
  return postgresPlace(TEMPLATE);
}

/** Made once a run by whichever worker comes first; the name appears only when the migrations are through. */
async function ensureTemplate(admin: string): Promise<void> {
  const client = new Client({ connectionString: admin });
  await client.connect();
  try {
    const exists = async () =>
      (await client.query("select 1 from pg_database where datname = $1", [TEMPLATE])).rows.length > 0;
    if (await exists()) return;
    await client.query("select pg_advisory_lock(1)");
    if (await exists()) return;
    await client.query("drop database if exists sparky_draft with (force)");
    await client.query("create database sparky_draft");
    const store = await openStore({ kind: "postgres", url: withDatabase(admin, "sparky_draft") });
    await store[Symbol.asyncDispose]();
    await client.query(`alter database sparky_draft rename to ${TEMPLATE}`);
  } finally {
    await client.end();
  }
}

/** The run's PostgreSQL server, started by the first call of any worker. */
export async function postgresUrl(): Promise<string> {
  const answer: { readonly url?: string; readonly error?: string } = JSON.parse(
    await text(connect(inject("postgresSocket"))),
  );
  if (answer.url === undefined) throw new Error(`no PostgreSQL for the tests: ${answer.error}`);
  return answer.url;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function withDatabase(url: string, name: string): string {
  const result = new URL(url);
  result.pathname = `/${name}`;
  return result.href;
}
