import type { NewEvent } from "../../core/events.ts";
import { isEnded } from "../../core/run-state.ts";
import { lockRun } from "../endings/run.ts";
import type { StopOutcome } from "../endings/stop.ts";
import { byAgent } from "../people/actors.ts";
import type { TaskRow } from "../database/schema.ts";
import { PROMPTLY, type LockWait, type Store, type Tx } from "../database/store.ts";
import { announce } from "../runs/queue.ts";
import { cancelIn } from "../tasks/change.ts";
import { isOver, untold } from "../runs/children.ts";

/**
 * What delegated work needs from whoever looks: a child's end and its parent's waking are two transactions, and so are a
 * parent's stop and its children's, for no transaction locks two chats. Each look finds what a crash has left undone.
 */

/** Deeper than any chain can be: a stop goes down level by level. */
const LEVELS = 5;
/** Whoever holds a row now is passed over, until the next look. */
const LOOKING: LockWait = { lockMs: 1000, tries: 1 };

/** One look: mostly there is nothing. `stopped` gets what was told to stop, to see to it that it does. */
export async function tend(store: Store, stopped: (outcome: StopOutcome) => void): Promise<void> {
  if ((await open(store).limit(1).execute()).length === 0) return;
  (await stopDelegated(store)).forEach(stopped);
  await tellParents(store);
}

/** Tells runs of the ends of what they have delegated, and wakes those that wait for nothing more. */
export async function tellParents(store: Store): Promise<void> {
  const rows = await open(store)
    .where((eb) =>
      eb.or([eb("tasks.status", "in", ["completed", "failed", "cancelled"]), eb("tasks.deleted_at", "is not", null)]),
    )
    .execute();
  await each(new Set(rows.map((row) => row.parent_run ?? "")), (runId) =>
    store.transact((tx) => tellParent(tx, runId), LOOKING),
  );
}

/** The same for a run that looks itself. */
export async function tellRun(store: Store, runId: string): Promise<void> {
  await store.transact((tx) => tellParent(tx, runId));
}

async function tellParent(tx: Tx, runId: string): Promise<void> {
  const known = await tx.db.selectFrom("runs").select("id").where("id", "=", runId).executeTakeFirst();
  // Its chat was purged: nobody is left to be told.
  const parent = known === undefined ? null : await lockRun(tx, runId);
  const children = await tx.db
    .selectFrom("tasks")
    .selectAll()
    .where("parent_run", "=", runId)
    .where(untold())
    .execute();
  const over = children.filter(isOver);
  if (over.length === 0) return;
  const ids = over.map((child) => child.id);
  await tx.db.updateTable("tasks").set({ told: 1 }).where("id", "in", ids).execute();
  if (parent === null || isEnded(parent.run.state)) return;
  const { run, chat } = parent;
  await tx.append(
    chat.id,
    over.map((child) => childEvent(run, child)),
  );
  if (over.length === children.length && run.state === "waiting" && run.wait_reason === "tasks") {
    await tx.db.updateTable("runs").set({ not_before: 0 }).where("id", "=", runId).execute();
    tx.wake();
  }
  await announce(tx, chat, run.task_id);
}

/** The event of a child's present state, in its parent's log. */
export function childEvent(
  run: Parameters<typeof byAgent>[0],
  child: Pick<TaskRow, "id" | "status" | "parent_call" | "deleted_at">,
): NewEvent {
  const state = isEnded(child.status) || child.deleted_at === null ? child.status : "cancelled";
  return {
    type: "child",
    data: { taskId: child.id, state, callId: child.parent_call ?? "" },
    ...byAgent(run, null),
  };
}

/**
 * Stops what runs have delegated that were stopped, or have failed: nobody waits for it. Returns what became of each, for
 * whoever sees to it that a stop takes no longer than it may.
 */
export async function stopDelegated(store: Store): Promise<readonly StopOutcome[]> {
  const outcomes: StopOutcome[] = [];
  for (let level = 0; level < LEVELS; level++) {
    const rows = await open(store)
      .innerJoin("runs as r", "r.id", "tasks.parent_run")
      .where("r.state", "in", ["stopping", "cancelled", "failed"])
      .where("tasks.status", "in", ["pending", "in_progress", "waiting"])
      .where("tasks.deleted_at", "is", null)
      .select("r.stopped_by")
      .execute();
    const before = outcomes.length;
    await each(rows, async (row) => {
      const outcome = await store.transact((tx) => stopChild(store, tx, row), PROMPTLY);
      if (outcome !== null) outcomes.push(outcome);
    });
    if (outcomes.length === before) break;
  }
  return outcomes;
}

async function stopChild(
  store: Store,
  tx: Tx,
  { id, owner_id, stopped_by }: Pick<TaskRow, "id" | "owner_id"> & { readonly stopped_by: string | null },
): Promise<StopOutcome | null> {
  const task = await tx.db.selectFrom("tasks").selectAll().where("id", "=", id).executeTakeFirst();
  if (task === undefined || isOver(task)) return null;
  const run =
    task.run_id === null
      ? undefined
      : await tx.db.selectFrom("runs").select("state").where("id", "=", task.run_id).executeTakeFirst();
  if (run !== undefined && (run.state === "stopping" || isEnded(run.state))) return null;
  const viewer = { id: owner_id, name: stopped_by ?? "the end of what delegated it", role: "member" } as const;
  return cancelIn(store, tx, viewer, task);
}

function open(store: Store) {
  return store.db.selectFrom("tasks").select(["tasks.id", "tasks.owner_id", "tasks.parent_run"]).where(untold());
}

/** One that fails keeps no other; what failed is thrown after all were tried. */
async function each<T>(all: Iterable<T>, act: (one: T) => Promise<void>): Promise<void> {
  const failures: unknown[] = [];
  for (const one of all) await act(one).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} pieces of delegated work were left`);
}
