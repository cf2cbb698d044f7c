import { sql } from "kysely";
import { createChat, markSeen } from "../../src/store/chats/chats.ts";
import type { Finding } from "../../src/store/verify/finding.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import type { Db } from "../../src/store/database/sql.ts";
import type { Store } from "../../src/store/database/store.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { cancelTask, retryTask } from "../../src/store/tasks/change.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { verifyStore } from "../../src/store/verify/verify.ts";
import { startAgent } from "./agent.ts";
import { addGraph, person } from "./graph.ts";
import { call, say, scriptedModel, stepsIn, think } from "./scripted-model.ts";
import { echoTool, ended, testTool } from "./worker.ts";

/** What verification is tried on: real runs with everything that a log can hold, and nothing that still works. */

export interface Scene {
  /** A task's chat; the task was cancelled, retried and completed. */
  readonly chatId: string;
  readonly taskId: string;
  /** The run that completed: three steps with calls, a plan, a big result. */
  readonly runId: string;
  readonly ownerId: string;
  /** A person's chat with an answered message that has the key `k1`. */
  readonly talkId: string;
}

const big = testTool("big", async () => "x".repeat(40_000));
const items = [
  { text: "look", status: "done" },
  { text: "tell", status: "todo" },
];

const model = scriptedModel((request) => {
  const steps = [
    [think("Two of them at once."), call("echo", { text: "a" }, "1"), call("echo", { text: "b" }, "2")],
    [call("plan_update", { items }), call("big")],
    [say("That is all.")],
  ];
  return steps[stepsIn(request)] ?? [say("Hello.")];
});

export async function verifyScene(store: Store): Promise<Scene> {
  const { owner } = await ensureUsers(store);
  const { task } = await addTask(store, owner, { instruction: "Look at it" });
  await cancelTask(store, owner, task.id);
  const { runId } = await retryTask(store, owner, task.id);
  const { chat } = await createChat(store, owner, {});
  const sent = await postMessage(store, owner, chat.id, { text: "Hello there", key: "k1" });
  const { task: later } = await addTask(store, owner, { instruction: "Then this", dependsOn: [task.id] });
  const agent = await startAgent(store, { model, tools: [echoTool, big] });
  await ended(store, runId);
  await ended(store, sent.runId);
  const last = await store.db.selectFrom("runs").select("id").where("task_id", "=", later.id).executeTakeFirstOrThrow();
  await ended(store, last.id);
  await agent.stop();
  await markSeen(store, owner, chat.id, 3);
  await addGraph(store, owner.id, [person("Ann"), person("Bob")], ["Ann knows Bob"]);
  return { chatId: task.chatId, taskId: task.id, runId: runId ?? "", ownerId: owner.id, talkId: chat.id };
}

class Undo<T> extends Error {
  readonly value: T;
  constructor(value: T) {
    super("undone");
    this.value = value;
  }
}

/** Runs raw SQL past every rule of the database, as a bug or a bad disk would, looks, and takes all of it back. */
export async function damaged<T>(
  store: Store,
  statements: readonly string[],
  look: (db: Db) => Promise<T>,
): Promise<T> {
  const isSqlite = store.kind === "sqlite";
  if (isSqlite) await sql`PRAGMA foreign_keys = OFF`.execute(store.db);
  try {
    await store.db.transaction().execute(async (tx) => {
      if (!isSqlite) await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      for (const statement of statements) await sql.raw(statement).execute(tx);
      throw new Undo(await look(tx));
    });
  } catch (error) {
    if (error instanceof Undo) return (error as Undo<T>).value;
    throw error;
  } finally {
    if (isSqlite) await sql`PRAGMA foreign_keys = ON`.execute(store.db);
  }
  throw new Error("nothing was undone");
}

export async function findingsOf(store: Store): Promise<Finding[]> {
  return all(verifyStore(store));
}

export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}
