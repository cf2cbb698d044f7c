import { isSparkyError, notFound } from "../../core/errors.ts";
import type { NewEvent } from "../../core/events.ts";
import { sql } from "kysely";
import { isEnded } from "../../core/run-state.ts";
import { audit } from "../audit/audit.ts";
import { lockChatFor, may, requireManages } from "../people/access.ts";
import { userActor } from "../people/actors.ts";
import { AGENT_ID } from "../people/user.ts";
import { cancelledMessage, endRun, endStopped, lockRun } from "./run.ts";
import { openRuns } from "../runs/open.ts";
import { announce } from "../runs/queue.ts";
import { whoseWork, workOf } from "../runs/whose.ts";
import type { ChatRow, RunRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";

export type StopTarget =
  | { readonly chatId: string }
  | { readonly runId: string }
  /** A run, by the right to stop people's work: whether they may see its chat or not. */
  | { readonly workId: string };

export interface StopOutcome {
  /** null: nothing ran. */
  readonly runId: string | null;
  /** The run's worker was told; if it has not ended the run in time, `forceCancel` does. */
  readonly working: boolean;
}

/**
 * Records a stop, durably. A run without a living worker is cancelled in the same transaction; a working one becomes
 * `stopping`, and its worker is told.
 */
export async function requestStop(store: Store, viewer: User, target: StopTarget): Promise<StopOutcome> {
  if ("workId" in target) return stopWork(store, viewer, target.workId);
  const chatId = "chatId" in target ? target.chatId : await chatOfRun(store, viewer, target.runId);
  return store.transact(async (tx) => {
    const chat = await lockChatFor(tx, viewer, "write", chatId);
    const run = await targetRun(tx, chat, target);
    return run === undefined ? NOTHING : stopIn(store, tx, viewer, chat, run);
  }, PROMPTLY);
}

const NOTHING: StopOutcome = { runId: null, working: false };

/** Its chat's log tells who has stopped it, and so does the audit. */
async function stopWork(store: Store, viewer: User, runId: string): Promise<StopOutcome> {
  return store.transact(async (tx) => {
    const { run, chat } = await lockRun(tx, runId);
    const task = run.task_id === null ? undefined : await workOf(tx.db, run.task_id);
    const whose = await whoseWork(tx.db, chat, task);
    const person = tx.db.selectFrom("user").select(["name", "role"]).where("id", "=", whose);
    const { name, role } = await person.executeTakeFirstOrThrow();
    if (whose !== viewer.id) requireManages(viewer, role);
    if (isEnded(run.state)) return NOTHING;
    if (run.state !== "stopping") {
      audit(tx, viewer, { kind: "work.stopped", thing: name, detail: `run ${run.id}`, chatId: chat.id });
    }
    return stopIn(store, tx, viewer, chat, run);
  }, PROMPTLY);
}

/**
 * Stops all that is at work, waits or is queued for somebody, each in a transaction of its own. What cannot be stopped now, or is
 * added meanwhile, ends where its worker looks whose work it is.
 */
export async function stopWorkOf(store: Store, by: User, userId: string, why: string): Promise<readonly StopOutcome[]> {
  const outcomes: StopOutcome[] = [];
  for (const runId of await openRunsOf(store.db, userId)) {
    const stop = store.transact(async (tx) => {
      const { run, chat } = await lockRun(tx, runId);
      return isEnded(run.state) ? NOTHING : stopIn(store, tx, by, chat, run, why);
    }, PROMPTLY);
    outcomes.push(
      await stop.catch((error: unknown) => {
        // Its chat has been deleted meanwhile, which has stopped it.
        if (isSparkyError(error, "not_found")) return NOTHING;
        throw error;
      }),
    );
  }
  return outcomes;
}

/** What is queued comes first: nothing of it is taken up when the place of another becomes free. */
async function openRunsOf(db: Db, userId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("runs")
    .innerJoin("chats", "chats.id", "runs.chat_id")
    .leftJoin("tasks", "tasks.id", "runs.task_id")
    .select(["runs.id", "runs.whose", "chats.id as chat_id", "chats.owner_id as chat_owner"])
    .select(["tasks.owner_id", "tasks.parent_run", "tasks.parent_call"])
    .where(openRuns())
    .where("chats.deleted_at", "is", null)
    .where((eb) =>
      eb.or([
        eb("runs.whose", "in", [userId, AGENT_ID]),
        eb("runs.whose", "is", null).and("chats.owner_id", "in", [userId, AGENT_ID]),
      ]),
    )
    .orderBy(sql`CASE runs.state WHEN 'queued' THEN 0 ELSE 1 END`)
    .orderBy("runs.queued_at")
    .execute();
  const mine: string[] = [];
  for (const { id, whose, chat_id, chat_owner, owner_id, ...row } of rows) {
    const task = owner_id === null ? undefined : { owner_id, chat_id, ...row };
    if (whose === userId || (await whoseWork(db, { id: chat_id, owner_id: chat_owner }, task)) === userId)
      mine.push(id);
  }
  return mine;
}

/** The same inside a transaction that holds the chat's lock. */
export async function stopIn(
  store: Store,
  tx: Tx,
  viewer: User,
  chat: ChatRow,
  run: RunRow,
  why?: string,
): Promise<StopOutcome> {
  const by = viewer.name;
  const isMine = store.kind === "postgres" || run.boot_id === store.bootId;
  if (run.state === "stopping" && isMine) return { runId: run.id, working: true };
  if (run.state === "working" && isMine) {
    const event: NewEvent = {
      type: "status",
      data: { state: "stopping", message: why === undefined ? "Stopping…" : `Stopping: ${why}`, by },
      runId: run.id,
      taskId: run.task_id,
      step: null,
      actor: userActor(viewer),
    };
    const [stopping] = await tx.append(chat.id, [event]);
    // What was said before the stop counts as read.
    await tx.db
      .updateTable("runs")
      .set({ state: "stopping", stopped_by: by, read_seq: stopping?.seq ?? chat.head })
      .where("id", "=", run.id)
      .execute();
    tx.after(() => store.hub.stop(run.id));
    await announce(tx, chat, run.task_id);
    return { runId: run.id, working: true };
  }
  const message = cancelledMessage(run, why);
  const ending = { state: "cancelled", message, by: run.stopped_by ?? by, ...(why !== undefined && { why }) } as const;
  await endRun(tx, run.id, ending, { readSeq: chat.head });
  return { runId: run.id, working: false };
}

/** Ends a stopping run whatever its worker does: the lease is raised, so the worker can write nothing more. */
export async function forceCancel(store: Store, runId: string): Promise<void> {
  await store.transact(async (tx) => {
    const locked = await lockRun(tx, runId);
    if (locked.run.state === "stopping") await endStopped(tx, locked, { raise: true });
  }, PROMPTLY);
}

/** A run of a chat that one may not see is not found itself: the refusal names no chat. */
async function chatOfRun(store: Store, viewer: User, runId: string): Promise<string> {
  const row = await store.db
    .selectFrom("runs")
    .innerJoin("chats", "chats.id", "runs.chat_id")
    .select("runs.chat_id")
    .where("runs.id", "=", runId)
    .where(may(viewer, "see", "chats"))
    .executeTakeFirst();
  if (row === undefined) throw notFound(`run ${JSON.stringify(runId)}`);
  return row.chat_id;
}

/** The run that was named if it has not ended; for a chat its active run, else the first that is queued. */
async function targetRun(
  tx: Tx,
  chat: ChatRow,
  target: Exclude<StopTarget, { workId: string }>,
): Promise<RunRow | undefined> {
  const runs = await tx.db
    .selectFrom("runs")
    .selectAll()
    .where("chat_id", "=", chat.id)
    .where(openRuns())
    .$if("runId" in target, (query) => query.where("id", "=", "runId" in target ? target.runId : ""))
    .orderBy("queued_at")
    .execute();
  return runs.find((run) => run.state !== "queued") ?? runs[0];
}
