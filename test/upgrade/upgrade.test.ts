import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { sql, type Kysely } from "kysely";
import { Client } from "pg";
import { describe, expect, test } from "vitest";
import { MIGRATIONS, type Upgrade } from "../../src/store/database/migrate.ts";
import type { Schema } from "../../src/store/database/schema.ts";
import type { Store } from "../../src/store/database/store.ts";
import { openFile } from "../../src/store/home/database-file.ts";
import { postgres, sqlite, type Engine, type Place } from "../kit/databases.ts";
import { restingSource, verifyPages } from "../../src/store/verify/verify.ts";

// Homes as released versions wrote them, one folder a version. Each was made by that version itself and holds everything
// once: chats, tasks, schedules with their ledger, approvals, a graph, a run at work, and titles with half an emoji.

const FOLDER = import.meta.dirname;

interface Old {
  readonly version: string;
  readonly schema: number;
  readonly chats: number;
}

const VERSIONS: readonly Old[] = [{ version: "0.1.0", schema: 5, chats: 13 }];

async function oldPlace(engine: Engine, { version }: Old): Promise<Place> {
  const place = await engine.emptyPlace();
  if (place.kind === "sqlite") {
    writeFileSync(place.file, gunzipSync(readFileSync(join(FOLDER, version, "sparky.db.gz"))));
    return place;
  }
  const client = new Client({ connectionString: place.url });
  await client.connect();
  try {
    await client.query(readFileSync(join(FOLDER, version, "postgres.sql"), "utf8"));
  } finally {
    await client.end();
  }
  return place;
}

async function upgraded(engine: Engine, place: Place): Promise<{ store: Store; upgrades: readonly Upgrade[] }> {
  const upgrades: Upgrade[] = [];
  const store = await engine.open(place, { onUpgrade: (upgrade) => upgrades.push(upgrade) });
  return { store, upgrades };
}

/** As `sparky verify` finds them in a home where no server runs. */
async function findingsOf(store: Store): Promise<readonly unknown[]> {
  const findings: unknown[] = [];
  for await (const page of verifyPages(restingSource(store.kind, store.db))) findings.push(...page.findings);
  return findings;
}

async function rows(db: Kysely<Schema>): Promise<unknown> {
  return {
    chats: await db.selectFrom("chats").select(["id", "title", "head"]).orderBy("id").execute(),
    events: await db
      .selectFrom("events")
      .select(["chat_id", "seq", "type", "body"])
      .orderBy("chat_id")
      .orderBy("seq")
      .execute(),
    occurrences: await db.selectFrom("occurrences").select(["due_at", "outcome"]).orderBy("due_at").execute(),
  };
}

describe.each(VERSIONS)("a home of $version", (old) => {
  test.each([sqlite, postgres])("on $kind opens, is brought up to date, verifies, and stays so", async (engine) => {
    const place = await oldPlace(engine, old);
    const { store, upgrades } = await upgraded(engine, place);
    expect(upgrades).toEqual([
      { from: old.schema, to: MIGRATIONS.length, kept: expect.stringContaining(`${old.schema}`) },
    ]);
    expect(await findingsOf(store)).toEqual([]);
    expect(await store.db.selectFrom("chats").selectAll().execute()).toHaveLength(old.chats);
    await store[Symbol.asyncDispose]();
    const again = await upgraded(engine, place);
    expect(again.upgrades).toEqual([]);
    expect(await findingsOf(again.store)).toEqual([]);
  });

  test("on SQLite is kept as a file of its owner's alone before it is changed", async () => {
    const place = await oldPlace(sqlite, old);
    if (place.kind !== "sqlite") throw new Error("not SQLite");
    await using before = await openFile(place.file);
    const was = await rows(before.db);
    const { upgrades } = await upgraded(sqlite, place);
    const kept = upgrades[0]?.kept ?? "";
    expect(dirname(kept)).toBe(join(dirname(place.file), "backups"));
    expect(statSync(kept).mode & 0o777).toBe(0o600);
    expect(existsSync(`${kept}.part`)).toBe(false);
    await using file = await openFile(kept);
    expect(file.schema).toBe(old.schema);
    expect(await file.integrity()).toEqual([]);
    expect(await rows(file.db)).toEqual(was);
  });

  test("on PostgreSQL is kept as a schema that can take the place of the new one", async () => {
    const place = await oldPlace(postgres, old);
    const { store, upgrades } = await upgraded(postgres, place);
    const now = await rows(store.db);
    await sql`ALTER SCHEMA public RENAME TO newer`.execute(store.db);
    await sql`ALTER SCHEMA ${sql.id(upgrades[0]?.kept ?? "")} RENAME TO public`.execute(store.db);
    const { rows: numbers } = await sql<{ last: number }>`SELECT max(number) AS last FROM migrations`.execute(store.db);
    expect(numbers[0]?.last).toBe(old.schema);
    const { rows: broken } = await sql`
      SELECT r.conrelid::regclass FROM pg_constraint r WHERE r.contype = 'f'
        AND r.connamespace = 'public'::regnamespace
        AND (SELECT relnamespace FROM pg_class WHERE oid = r.confrelid) <> 'public'::regnamespace`.execute(store.db);
    expect(broken).toEqual([]);
    await store[Symbol.asyncDispose]();
    // What it held is the same, and is brought up to date once more.
    const again = await upgraded(postgres, place);
    expect(again.upgrades).toMatchObject([{ from: old.schema }]);
    expect(await rows(again.store.db)).toEqual(now);
    expect(await findingsOf(again.store)).toEqual([]);
  });
});
