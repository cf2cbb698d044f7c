import { sql } from "kysely";
import { MIGRATIONS } from "../database/migrate.ts";
import type { Db } from "../database/sql.ts";
import type { EngineKind } from "../database/store.ts";

/** What a database is, and how much is in it. */
export interface DataStatus {
  readonly engine: EngineKind;
  /** The last migration that was applied, and the last one that this program has. */
  readonly schema: number;
  readonly latestSchema: number;
  readonly epoch: string | null;
  readonly bytes: number;
  readonly chats: number;
  readonly events: number;
  readonly runs: number;
  readonly tasks: number;
  readonly nodes: number;
  readonly edges: number;
}

export async function dataStatus(kind: EngineKind, db: Db): Promise<DataStatus> {
  const counts = await sql<{ [name in "chats" | "events" | "runs" | "tasks" | "nodes" | "edges"]: number }>`
    SELECT (SELECT count(*) FROM chats WHERE deleted_at IS NULL) AS chats,
      (SELECT coalesce(sum(head), 0) FROM chats WHERE deleted_at IS NULL) AS events,
      (SELECT count(*) FROM runs) AS runs,
      (SELECT count(*) FROM tasks WHERE deleted_at IS NULL) AS tasks,
      (SELECT count(*) FROM nodes) AS nodes,
      (SELECT count(*) FROM edges) AS edges`.execute(db);
  const of = (name: "chats" | "events" | "runs" | "tasks" | "nodes" | "edges"): number =>
    Number(counts.rows[0]?.[name]);
  const schema = await db
    .selectFrom("migrations")
    .select((eb) => eb.fn.max("number").as("n"))
    .executeTakeFirst();
  const epoch = await db.selectFrom("meta").select("value").where("key", "=", "epoch").executeTakeFirst();
  return {
    engine: kind,
    schema: Number(schema?.n ?? 0),
    latestSchema: MIGRATIONS.length,
    epoch: epoch?.value ?? null,
    bytes: await bytesOf(kind, db),
    chats: of("chats"),
    events: of("events"),
    runs: of("runs"),
    tasks: of("tasks"),
    nodes: of("nodes"),
    edges: of("edges"),
  };
}

async function bytesOf(kind: EngineKind, db: Db): Promise<number> {
  const { rows } = await (
    kind === "sqlite"
      ? sql<{ n: number }>`SELECT page_count * page_size AS n FROM pragma_page_count(), pragma_page_size()`
      : sql<{ n: number }>`SELECT pg_database_size(current_database()) AS n`
  ).execute(db);
  return Number(rows[0]?.n ?? 0);
}
