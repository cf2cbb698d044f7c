import { audit } from "../audit/audit.ts";
import { sql, type Expression, type ExpressionBuilder, type SqlBool } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { audiencesOf, may, taskFor } from "../people/access.ts";
import { ENDED, isEnded } from "../../core/run-state.ts";
import type { ChatRow, Schema, TaskRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import { cancelIn } from "./change.ts";
import { tasksMatching, type TasksFilter } from "./filter.ts";
import { tasksOf, type Task } from "./read.ts";
import { AGENT_ID, type User } from "../people/user.ts";

export interface ClearOptions extends TasksFilter {
  /** Only tell what would go. */
  readonly dryRun?: boolean | undefined;
  /** Only what was added, started and ended before this time: nothing goes that was not shown. */
  readonly unchangedSince?: string | undefined;
}

export interface Cleared {
  /** When this was looked at: for `unchangedSince`. */
  readonly at: string;
  readonly dryRun: boolean;
  /** How many went, or would go. */
  readonly total: number;
  readonly byStatus: { readonly [status in TaskRow["status"]]?: number };
  /** The newest few of them. */
  readonly items: readonly Task[];
  /** How many more match: another call takes the next. */
  readonly left: number;
  /** How many match, but are being worked on: they stay. */
  readonly working: number;
}

const SHOWN = 10;
/** One call is one transaction, and is to keep nobody waiting: each task that has not ended takes a few milliseconds. */
const MOST = 50;

/**
 * Deletes tasks that match and that the viewer may change, the newest first, at most 50 in one call and one transaction;
 * what is being worked on stays. What has not ended is cancelled first. A chat that was made for a task goes with it, unless
 * something still goes on there.
 */
export async function clearTasks(store: Store, viewer: User, options: ClearOptions): Promise<Cleared> {
  if (options.dryRun) {
    const at = store.clock.now();
    const { working, ...byStatus } = await countsOf(store.db, viewer, options);
    const items = await tasksOf(store.db, await matching(store.db, viewer, options, SHOWN), store.clock.now());
    return { at: isoTime(at), dryRun: true, total: sum(byStatus), byStatus, items, left: 0, working };
  }
  return store.transact(async (tx) => {
    const before = await matching(tx.db, viewer, options, MOST);
    await lockChats(tx, before);
    // Read again under the locks: a worker may have taken one up meanwhile. What came meanwhile is not locked, and stays.
    const locked = new Set(before.map((task) => task.id));
    const tasks = (await matching(tx.db, viewer, options, MOST)).filter((task) => locked.has(task.id));
    const byStatus: Counts = {};
    for (const { status } of tasks) byStatus[status] = (byStatus[status] ?? 0) + 1;
    const items = await tasksOf(tx.db, tasks.slice(0, SHOWN), tx.now);
    for (const task of tasks) if (!isEnded(task.status)) await cancelOpen(store, tx, viewer, task.id);
    const hidden = await hide(tx, tasks);
    await announce(store, tx, tasks, hidden);
    for (const task of tasks)
      audit(tx, viewer, { kind: "task.deleted", thing: task.instruction, chatId: task.chat_id });
    const { working, ...left } = await countsOf(tx.db, viewer, options);
    return { at: isoTime(tx.now), dryRun: false, total: tasks.length, byStatus, items, left: sum(left), working };
  });
}

type Counts = { [status in TaskRow["status"]]?: number };

const sum = (counts: Counts): number => Object.values(counts).reduce((all, count) => all + count, 0);

function clearable(viewer: User, options: ClearOptions) {
  return (eb: ExpressionBuilder<Schema, "tasks">): Expression<SqlBool> => {
    const since = options.unchangedSince === undefined ? null : Date.parse(options.unchangedSince);
    return eb.and([
      may(viewer, "change", "tasks"),
      tasksMatching(options)(eb),
      ...(since === null
        ? []
        : [
            eb("tasks.created_at", "<", since),
            eb(sql<number>`coalesce(tasks.started_at, 0)`, "<", since),
            eb(sql<number>`coalesce(tasks.finished_at, 0)`, "<", since),
          ]),
    ]);
  };
}

async function matching(db: Db, viewer: User, options: ClearOptions, limit: number): Promise<readonly TaskRow[]> {
  return db
    .selectFrom("tasks")
    .selectAll("tasks")
    .where(clearable(viewer, options))
    .where("tasks.status", "!=", "in_progress")
    .orderBy("tasks.created_at", "desc")
    .orderBy("tasks.id", "desc")
    .limit(limit)
    .execute();
}

async function countsOf(db: Db, viewer: User, options: ClearOptions): Promise<Counts & { readonly working: number }> {
  const rows = await db
    .selectFrom("tasks")
    .select((eb) => ["tasks.status", eb.fn.countAll<number>().as("n")])
    .where(clearable(viewer, options))
    .groupBy("tasks.status")
    .execute();
  const counts = Object.fromEntries(rows.map(({ status, n }) => [status, Number(n)])) as Counts;
  const { in_progress: working = 0, ...others } = counts;
  return { ...others, working };
}

/** In the order of their ids, as everywhere, so that two of these do not wait for each other. */
async function lockChats(tx: Tx, tasks: readonly TaskRow[]): Promise<void> {
  if (tx.kind !== "postgres") return;
  const ids = [...new Set(tasks.map((task) => task.chat_id))].toSorted();
  if (ids.length === 0) return;
  await tx.db.selectFrom("chats").select("id").where("id", "in", ids).orderBy("id").forNoKeyUpdate().execute();
}

/** One may have ended by itself: with the task that it waited for. */
async function cancelOpen(store: Store, tx: Tx, viewer: User, id: string): Promise<void> {
  const task = await taskFor(tx.db, viewer, "see", id);
  if (!isEnded(task.status)) await cancelIn(store, tx, viewer, task);
}

/** Hides the tasks, and the chats that were made for them and have no other task and no run that goes on. */
async function hide(tx: Tx, tasks: readonly TaskRow[]): Promise<readonly Pick<ChatRow, "id" | "owner_id">[]> {
  if (tasks.length === 0) return [];
  const deleted = { deleted_at: tx.now };
  const ids = tasks.map((task) => task.id);
  const chats = [...new Set(tasks.map((task) => task.chat_id))];
  await tx.db.updateTable("tasks").set(deleted).where("id", "in", ids).execute();
  return tx.db
    .updateTable("chats")
    .set(deleted)
    .where("chats.id", "in", chats)
    .where("chats.deleted_at", "is", null)
    .where("chats.origin", "=", "task")
    .where("chats.owner_id", "=", AGENT_ID)
    .where((eb) =>
      eb.not(
        eb.or([
          eb.exists(
            eb
              .selectFrom("tasks")
              .select(sql`1`.as("one"))
              .whereRef("tasks.chat_id", "=", "chats.id")
              .where("tasks.deleted_at", "is", null),
          ),
          eb.exists(
            eb
              .selectFrom("runs")
              .select(sql`1`.as("one"))
              .whereRef("runs.chat_id", "=", "chats.id")
              .where("runs.state", "not in", [...ENDED]),
          ),
        ]),
      ),
    )
    .returning(["chats.id", "chats.owner_id"])
    .execute();
}

/** One word to each who may see any of it, not one for each task: they read their lists again. */
async function announce(
  store: Store,
  tx: Tx,
  tasks: readonly TaskRow[],
  hidden: readonly Pick<ChatRow, "id" | "owner_id">[],
): Promise<void> {
  if (tasks.length === 0) return;
  const users = new Set(tasks.map((task) => task.owner_id));
  const ids = [...new Set(tasks.map((task) => task.chat_id))];
  const chats = await tx.db.selectFrom("chats").select(["id", "owner_id"]).where("id", "in", ids).execute();
  for (const audience of (await audiencesOf(tx.db, chats)).values()) for (const user of audience) users.add(user);
  tx.changed("tasks", [...users]);
  tx.changed("chats", [...users]);
  tx.after(() => hidden.forEach((chat) => store.hub.gone(chat.id)));
}
