import { sql, type Expression, type ExpressionBuilder, type SqlBool } from "kysely";
import { isoTime } from "../core/clock.ts";
import { audiencesOf, writableChats } from "./access.ts";
import { ENDED } from "./runs.ts";
import type { ChatRow, Schema, TaskRow } from "./schema.ts";
import { inChunks, type Db } from "./sql.ts";
import type { Store, Tx } from "./store.ts";
import { cancelIn } from "./tasks-change.ts";
import { tasksMatching, type TasksFilter } from "./tasks-filter.ts";
import { tasksOf, visibleTask, type Task } from "./tasks.ts";
import { AGENT_ID, type User } from "./user.ts";

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
  /** How many went, or would go; the newest of them. */
  readonly total: number;
  readonly byStatus: { readonly [status in TaskRow["status"]]?: number };
  readonly items: readonly Task[];
  /** How many match, but are being worked on: they stay. */
  readonly working: number;
}

const SHOWN = 10;

/**
 * Deletes the tasks that match and that the viewer may change, all in one transaction; what is being worked on stays. What
 * has not ended is cancelled first. A chat that was made for a task goes with it, unless something still goes on there.
 */
export async function clearTasks(store: Store, viewer: User, options: ClearOptions): Promise<Cleared> {
  if (options.dryRun) {
    const at = store.clock.now();
    return told(store.db, await found(store.db, viewer, options), at, true);
  }
  return store.transact(async (tx) => {
    const before = await found(tx.db, viewer, options);
    await lockChats(tx, before);
    // Read again under the locks: a worker may have taken one up meanwhile. What came meanwhile is not locked, and stays.
    const locked = new Set(before.map((task) => task.id));
    const matching = (await found(tx.db, viewer, options)).filter((task) => locked.has(task.id));
    const cleared = await told(tx.db, matching, tx.now, false);
    const tasks = matching.filter((task) => !works(task));
    for (const task of tasks) if (!isEnded(task)) await cancelOpen(store, tx, viewer, task.id);
    const chats = await hide(tx, tasks);
    await announce(store, tx, tasks, chats);
    return cleared;
  });
}

type Found = Pick<TaskRow, "id" | "status" | "chat_id" | "owner_id">;

function clearable(viewer: User, options: ClearOptions) {
  return (eb: ExpressionBuilder<Schema, "tasks">): Expression<SqlBool> => {
    const since = options.unchangedSince === undefined ? null : Date.parse(options.unchangedSince);
    return eb.and([
      eb("tasks.deleted_at", "is", null),
      tasksMatching(options)(eb),
      eb.or([
        eb("tasks.owner_id", "=", viewer.id),
        eb.exists(
          eb
            .selectFrom("chats")
            .select(sql`1`.as("one"))
            .whereRef("chats.id", "=", "tasks.chat_id")
            .where((chat) => writableChats(viewer)(chat as ExpressionBuilder<Schema, "chats">)),
        ),
      ]),
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

async function found(db: Db, viewer: User, options: ClearOptions): Promise<readonly Found[]> {
  return db
    .selectFrom("tasks")
    .select(["tasks.id", "tasks.status", "tasks.chat_id", "tasks.owner_id"])
    .where(clearable(viewer, options))
    .orderBy("tasks.created_at", "desc")
    .orderBy("tasks.id", "desc")
    .execute();
}

async function told(db: Db, matching: readonly Found[], at: number, dryRun: boolean): Promise<Cleared> {
  const going = matching.filter((task) => !works(task));
  const first = going.slice(0, SHOWN).map((task) => task.id);
  const rows = first.length === 0 ? [] : await db.selectFrom("tasks").selectAll().where("id", "in", first).execute();
  const byStatus: { [status in TaskRow["status"]]?: number } = {};
  for (const { status } of going) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return {
    at: isoTime(at),
    dryRun,
    total: going.length,
    byStatus,
    items: (await tasksOf(db, rows)).toSorted((a, b) => first.indexOf(a.id) - first.indexOf(b.id)),
    working: matching.length - going.length,
  };
}

const works = ({ status }: Found): boolean => status === "in_progress";
const isEnded = ({ status }: Pick<Found, "status">): boolean => ENDED.some((ended) => ended === status);

/** In the order of their ids, as everywhere, so that two of these do not wait for each other. */
async function lockChats(tx: Tx, tasks: readonly Found[]): Promise<void> {
  if (tx.kind !== "postgres") return;
  const ids = [...new Set(tasks.map((task) => task.chat_id))].toSorted();
  await inChunks(ids, (some) =>
    tx.db.selectFrom("chats").select("id").where("id", "in", some).orderBy("id").forUpdate().execute(),
  );
}

/** One may have ended by itself: with the task that it waited for. */
async function cancelOpen(store: Store, tx: Tx, viewer: User, id: string): Promise<void> {
  const task = await visibleTask(tx.db, viewer, id);
  if (!isEnded(task)) await cancelIn(store, tx, viewer, task);
}

/** Hides the tasks, and the chats that were made for them and have no other task and no run that goes on. */
async function hide(tx: Tx, tasks: readonly Found[]): Promise<readonly Pick<ChatRow, "id" | "owner_id">[]> {
  const deleted = { deleted_at: tx.now };
  await inChunks(
    tasks.map((task) => task.id),
    (ids) => tx.db.updateTable("tasks").set(deleted).where("id", "in", ids).execute(),
  );
  return inChunks([...new Set(tasks.map((task) => task.chat_id))], (ids) =>
    tx.db
      .updateTable("chats")
      .set(deleted)
      .where("chats.id", "in", ids)
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
      .execute(),
  );
}

/** One word to each who may see any of it, not one for each task: they read their lists again. */
async function announce(
  store: Store,
  tx: Tx,
  tasks: readonly Found[],
  hidden: readonly Pick<ChatRow, "id" | "owner_id">[],
): Promise<void> {
  if (tasks.length === 0) return;
  const users = new Set(tasks.map((task) => task.owner_id));
  await inChunks([...new Set(tasks.map((task) => task.chat_id))], async (ids) => {
    const chats = await tx.db.selectFrom("chats").select(["id", "owner_id"]).where("id", "in", ids).execute();
    for (const audience of (await audiencesOf(tx.db, chats)).values()) for (const user of audience) users.add(user);
    return [];
  });
  tx.changed("tasks", [...users]);
  tx.changed("chats", [...users]);
  tx.after(() => hidden.forEach((chat) => store.hub.gone(chat.id)));
}
