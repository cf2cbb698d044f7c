import { sql, type RawBuilder } from "kysely";
import { createChat } from "../../src/store/chats/chats.ts";
import { claimRuns } from "../../src/store/runs/claim.ts";
import { fenceOf } from "../../src/store/runs/record.ts";
import { endRun } from "../../src/store/endings/run.ts";
import type { Schema } from "../../src/store/database/schema.ts";
import type { Store } from "../../src/store/database/store.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import type { User } from "../../src/store/people/user.ts";
import { createSchedule } from "../../src/store/schedules/change.ts";
import { addTask } from "../../src/store/tasks/add.ts";

// A home as years leave it: what one real chat, task, run and schedule have written, so many times over, in the past.

export interface Age {
  /** Chats with a task each, whose run has ended. */
  readonly chats: number;
  /** Events, and ended runs, in one chat. */
  readonly events: number;
  readonly runs: number;
  /** Rows in one schedule's ledger. */
  readonly rows: number;
}

export interface AgedHome {
  readonly owner: User;
  /** The chat with many events and runs. */
  readonly longChat: string;
  readonly schedule: string;
}

const MINUTE_MS = 60_000;

type Row = { readonly [column: string]: RawBuilder<unknown> };

export async function ageHome(store: Store, age: Age): Promise<AgedHome> {
  const { owner } = await ensureUsers(store);
  const { db } = store;
  const now = store.clock.now();
  const { task } = await addTask(store, owner, { instruction: "Look after things." });
  const [claimed] = await claimRuns(store, { kind: "task", limit: 1 });
  if (claimed === undefined) throw new Error("the task was not claimed");
  const ending = { state: "completed", message: "Task completed", result: "Done." } as const;
  const options = { readSeq: claimed.chat.head, fence: fenceOf(claimed) };
  await store.transact((tx) => endRun(tx, claimed.run.id, ending, options));
  const ago = (unitMs: number) => sql`${now} - (CAST(i AS BIGINT) + 90) * ${unitMs}`;
  const id = (letter: string) => sql`${sql.lit(letter)} || i`;
  const past = { created_at: ago(MINUTE_MS) };
  await clone(store, "chats", { id: task.chatId }, age.chats, { id: id("c"), last_event_at: ago(MINUTE_MS), ...past });
  await clone(store, "tasks", { id: task.id }, age.chats, {
    ...{ id: id("t"), chat_id: id("c"), run_id: id("r"), finished_at: ago(MINUTE_MS), key: sql`NULL` },
    ...past,
  });
  await clone(store, "runs", { id: claimed.run.id }, age.chats, {
    ...{ id: id("r"), chat_id: id("c"), task_id: id("t") },
    ...{ queued_at: ago(MINUTE_MS), started_at: ago(MINUTE_MS), ended_at: ago(MINUTE_MS), not_before: ago(MINUTE_MS) },
  });
  await clone(store, "events", { chat_id: task.chatId, seq: 1 }, age.chats, { chat_id: id("c"), at: ago(MINUTE_MS) });
  await db.updateTable("chats").set({ head: 1 }).where("id", "like", "c%").where("id", "!=", task.chatId).execute();

  const { chat } = await createChat(store, owner, { title: "long" });
  await clone(store, "events", { chat_id: chat.id, seq: 1 }, age.events, {
    ...{ seq: sql`i + 1`, type: sql`'message'`, body: sql`${BODY}` },
  });
  await clone(store, "runs", { id: claimed.run.id }, age.runs, {
    ...{ id: id("l"), chat_id: sql`${chat.id}`, task_id: sql`NULL`, queued_at: ago(MINUTE_MS) },
    ...{ started_at: ago(MINUTE_MS), ended_at: ago(MINUTE_MS), not_before: ago(MINUTE_MS) },
  });
  await db
    .updateTable("chats")
    .set({ head: age.events + 1 })
    .where("id", "=", chat.id)
    .execute();

  await createSchedule(store, owner, { name: "often", when: "every(30 minutes)", prompt: "Look." });
  const schedule = await db.selectFrom("schedules").select("id").executeTakeFirstOrThrow();
  const occurrence = {
    ...{ id: "o", schedule_id: schedule.id, due_at: now, until_at: null, count: 1, manual: 0 },
    ...{
      outcome: "ran" as const,
      reason: null,
      start_at: now,
      task_id: null,
      run_id: null,
      started_at: now,
      ended_at: now,
      created_at: now,
    },
  };
  await db.insertInto("occurrences").values(occurrence).execute();
  await clone(store, "occurrences", { id: "o" }, age.rows, { id: id("o"), due_at: ago(MINUTE_MS), task_id: id("t") });
  await db.deleteFrom("occurrences").where("id", "=", "o").execute();

  // Everything was read by its owner, and is found by a search.
  await sql`INSERT INTO seen (chat_id, user_id, seq) SELECT id, ${owner.id}, head FROM chats`.execute(db);
  await sql`INSERT INTO search_chats (chat_id, seq) SELECT id, head FROM chats`.execute(db);
  if (store.kind === "postgres") await sql`ANALYZE`.execute(db);
  return { owner, longChat: chat.id, schedule: "often" };
}

const BODY = JSON.stringify({
  ...{ type: "message", at: "2026-01-01T00:00:00.000Z", runId: null, taskId: null, step: null },
  ...{ actor: { kind: "user", id: "u", name: "owner" }, data: { role: "user", text: "words" } },
});

/** Copies of one row, `i` from 1 to `n`, with these columns of their own. */
async function clone(
  { db }: Store,
  table: keyof Schema,
  source: { readonly [column: string]: string | number },
  n: number,
  own: Row,
): Promise<void> {
  const tables = await db.introspection.getTables();
  const columns = tables.find(({ name }) => name === table)?.columns.map(({ name }) => name) ?? [];
  const values = columns.map((column) => own[column] ?? sql.ref(`s.${column}`));
  const chosen = Object.entries(source).map(([column, value]) => sql`${sql.ref(`s.${column}`)} = ${value}`);
  await sql`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${n})
    INSERT INTO ${sql.table(table)} (${sql.join(columns.map((column) => sql.ref(column)))})
    SELECT ${sql.join(values)} FROM n CROSS JOIN ${sql.table(table)} AS s
    WHERE ${sql.join(chosen, sql` AND `)}`.execute(db);
}
