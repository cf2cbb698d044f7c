import { sql } from "kysely";
import type { Checked, Finding } from "./finding.ts";
import type { Db } from "../database/sql.ts";

/** What belongs to no chat: rows that name others must find them there. */

const MAX_ROWS = 200;

const LINKS = [
  { table: "edges", id: "id", column: "source", to: "nodes" },
  { table: "edges", id: "id", column: "target", to: "nodes" },
  { table: "task_deps", id: "task_id", column: "task_id", to: "tasks" },
  { table: "task_deps", id: "task_id", column: "depends_on", to: "tasks" },
  { table: "parts", id: "part", column: "run_id", to: "runs" },
  { table: "chats", id: "id", column: "owner_id", to: "user" },
  { table: "tasks", id: "id", column: "owner_id", to: "user" },
  { table: "tokens", id: "id", column: "user_id", to: "user" },
] as const;

export async function verifyLinks(db: Db, checked: Checked): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const { n } = await db
    .selectFrom("edges")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .executeTakeFirstOrThrow();
  checked.edges = Number(n);
  for (const { table, id, column, to } of LINKS) {
    const { rows } = await sql<{ id: string; target: string }>`
      SELECT ${sql.ref(id)} AS id, ${sql.ref(column)} AS target FROM ${sql.table(table)} AS child
      WHERE NOT EXISTS (SELECT 1 FROM ${sql.table(to)} AS parent WHERE parent.id = child.${sql.ref(column)})
      LIMIT ${MAX_ROWS}`.execute(db);
    for (const row of rows) {
      const what = `${column} of ${table} ${row.id}`;
      findings.push({
        chatId: null,
        seq: null,
        kind: "orphan",
        what,
        expected: `one of ${to}`,
        found: `${row.target}, which is missing`,
      });
    }
  }
  for (const task of await stuckTasks(db)) {
    const what = `task ${task.id} waits for tasks that are all done`;
    findings.push({ chatId: task.chat_id, seq: null, kind: "task", what, expected: "pending", found: "waiting" });
  }
  return findings;
}

function stuckTasks(db: Db) {
  return db
    .selectFrom("tasks")
    .select(["id", "chat_id"])
    .where("status", "=", "waiting")
    .where("run_id", "is", null)
    .where("deleted_at", "is", null)
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom("task_deps as d")
            .innerJoin("tasks as o", "o.id", "d.depends_on")
            .select("o.id")
            .whereRef("d.task_id", "=", "tasks.id")
            .where("o.status", "!=", "completed"),
        ),
      ),
    )
    .limit(MAX_ROWS)
    .execute();
}
