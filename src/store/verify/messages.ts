import type { Report } from "./finding.ts";
import type { Db } from "../database/sql.ts";
import type { LogCheck } from "./log.ts";

/** The keys that make a message sent twice one message, and the instructions of tasks. */

const MAX_ROWS = 200;

/** Each message with a key is the one that the key's row names: a second one with the same key is a double. */
export async function compareMessages(db: Db, chatId: string, log: LogCheck, report: Report): Promise<void> {
  const { keyed } = log;
  log.keyed = [];
  const users = Map.groupBy(keyed, (message) => message.userId);
  for (const [userId, messages] of users) {
    const rows = await db
      .selectFrom("message_keys")
      .leftJoin("runs", "runs.id", "message_keys.run_id")
      .select(["message_keys.key", "message_keys.seq", "message_keys.run_id", "runs.chat_id as run_chat"])
      .where("message_keys.chat_id", "=", chatId)
      .where("message_keys.user_id", "=", userId)
      .where("message_keys.key", "in", [...new Set(messages.map((message) => message.key))])
      .execute();
    const known = new Map(rows.map((row) => [row.key, row]));
    for (const { seq, key } of messages) {
      const row = known.get(key);
      const what = `the message with the key ${JSON.stringify(key)} of user ${userId}`;
      if (row?.seq !== seq) {
        report({
          kind: "message",
          seq,
          what,
          expected: `stored at seq ${seq}`,
          found: row === undefined ? "no row" : `seq ${row.seq}`,
        });
      } else if (row.run_chat !== chatId) {
        report({ kind: "message", seq, what, expected: "a run that reads it", found: `run ${row.run_id}` });
      }
    }
  }
}

/** Keys, and tasks' instructions, that point at something else than a person's message. */
export async function danglingKeys(db: Db, chatId: string, report: Report): Promise<void> {
  const keys = await db
    .selectFrom("message_keys")
    .leftJoin("events", (join) =>
      join.onRef("events.chat_id", "=", "message_keys.chat_id").onRef("events.seq", "=", "message_keys.seq"),
    )
    .select(["message_keys.key", "message_keys.seq", "events.type"])
    .where("message_keys.chat_id", "=", chatId)
    .where((eb) => eb.or([eb("events.type", "is", null), eb("events.type", "!=", "message")]))
    .limit(MAX_ROWS)
    .execute();
  for (const { key, seq, type } of keys) {
    report({
      kind: "message",
      seq,
      what: `the key ${JSON.stringify(key)}`,
      expected: "a message",
      found: type ?? "none",
    });
  }
  const tasks = await db
    .selectFrom("tasks")
    .leftJoin("events", (join) =>
      join
        .onRef("events.chat_id", "=", "tasks.chat_id")
        .onRef("events.seq", "=", "tasks.message_seq")
        .onRef("events.task_id", "=", "tasks.id"),
    )
    .select(["tasks.id", "tasks.message_seq", "events.type"])
    .where("tasks.chat_id", "=", chatId)
    .where("tasks.message_seq", "is not", null)
    .where((eb) => eb.or([eb("events.type", "is", null), eb("events.type", "!=", "message")]))
    .limit(MAX_ROWS)
    .execute();
  for (const { id, message_seq, type } of tasks) {
    const what = `the instruction of task ${id}`;
    report({ kind: "message", seq: message_seq, what, expected: "its message", found: type ?? "none" });
  }
}
