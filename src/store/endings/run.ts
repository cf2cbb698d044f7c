import { callLine, exactLine } from "../../core/exact.ts";
import type { ChatEvent, NewEvent, StatusData } from "../../core/events.ts";
import { isoTime } from "../../core/clock.ts";
import { foldChat } from "../../core/chat-view.ts";
import { notFound } from "../../core/errors.ts";
import { chatLock } from "../people/access.ts";
import { byAgent } from "../people/actors.ts";
import { withdrawAsked } from "../approvals/withdraw.ts";
import { answerByMessage } from "../questions/answer.ts";
import { isOver } from "../runs/children.ts";
import { askedBy } from "../questions/go-on.ts";
import type { Ending } from "../runs/ending.ts";
import { decodeAll, eventsOf, hasPersonsWords } from "../log/events.ts";
import { openRuns } from "../runs/open.ts";
import { announce, queueRun } from "../runs/queue.ts";
import { callRows } from "../runs/run.ts";
import type { ApprovalRow, ChatRow, QuestionRow, RunRow } from "../database/schema.ts";
import type { Fence, Tx } from "../database/store.ts";
import { together } from "../database/together.ts";
import { endTask } from "./task.ts";

/** How a run leaves its worker: for good, or back into the queue. Each is one transaction with its events. */

interface EndOptions {
  /** The worker's own lease; absent when somebody else ends the run under the chat's lock. */
  readonly fence?: Fence;
  /** The last `seq` that counts as read: a person's message above it gets a turn of its own. */
  readonly readSeq: number;
  /** Raises the lease, so that whoever has it can write nothing more. */
  readonly raise?: true;
}

export interface LockedRun {
  readonly run: RunRow;
  readonly chat: ChatRow;
}

/**
 * Ends a run: what was shown becomes partial events, open calls get a result, then the one last status. Returns false,
 * having written nothing, when a turn was about to complete although a person's message lies unread: it must go on.
 */
export async function endRun(tx: Tx, runId: string, wanted: Ending, options: EndOptions): Promise<boolean> {
  return endLocked(tx, await lockRun(tx, runId), wanted, options);
}

async function endLocked(tx: Tx, { run, chat }: LockedRun, wanted: Ending, options: EndOptions): Promise<boolean> {
  const ending = run.state === "stopping" ? stoppedEnding(run) : wanted;
  // Each way to the database and back counts: a stop is waited for.
  const [said, tools, parts, asked] = await together(
    tx,
    eventsOf(tx.db, chat.id, { from: Math.max(options.readSeq, run.read_seq) + 1, types: ["message"] }),
    callRows(tx.db, run),
    tx.db.selectFrom("parts").selectAll().where("run_id", "=", run.id).orderBy("ord"),
    askedBy(tx.db, run.id),
  );
  const unread = hasPersonsWords(decodeAll(chat.id, said));
  if (unread && ending.state === "completed" && run.task_id === null) return false;
  const error = ending.state === "failed" ? [errorEvent(run, ending)] : [];
  const open = [
    ...(parts.length === 0 ? [] : await partialEvents(tx, run)),
    ...(asked.length === 0 ? [] : await withdrawAsked(tx, run)),
    ...openCalls(tx, run, ending.state, decodeAll(chat.id, tools)),
  ];
  const events = [...open, ...error, statusEvent(run, statusOf(ending))];
  await tx.append(chat.id, events, options.fence);
  const attempt = run.attempt + (options.raise === true ? 1 : 0);
  const stopped = ending.state === "cancelled" ? { stopped_by: ending.by } : {};
  await release(tx, run, { state: ending.state, ended_at: tx.now, reason: reasonOf(ending), attempt, ...stopped });
  if (run.task_id !== null) await endTask(tx, run.task_id, ending);
  // The chat is free: what a person said in the meantime gets its answer, unless a queued turn will read it anyway.
  if (unread && !(await hasQueuedTurn(tx, chat.id))) {
    await queueRun(tx, { chat, taskId: null, priority: 0, notBefore: 0, message: "Queued: a message came meanwhile" });
  }
  tx.wake();
  await announce(tx, chat, run.task_id);
  return true;
}

/** Gives a working run back: the next worker goes on from the log. */
export async function handBack(tx: Tx, runId: string, reason: "shutdown" | "crash", fence?: Fence): Promise<void> {
  const { run, chat } = await lockRun(tx, runId);
  if (run.state === "stopping") return endStopped(tx, { run, chat }, { ...(fence && { fence }) });
  const message = reason === "shutdown" ? "Interrupted: the server is stopping" : "Interrupted: the worker was lost";
  await tx.append(
    chat.id,
    [...(await partialEvents(tx, run)), statusEvent(run, { state: "interrupted", reason, message })],
    fence,
  );
  const recoveries = reason === "crash" ? run.recoveries + 1 : run.recoveries;
  await release(tx, run, { state: "queued", recoveries, not_before: 0 });
  tx.wake();
  await announce(tx, chat, run.task_id);
}

export interface BackOff {
  readonly until: number;
  readonly untilIso: string;
  readonly message: string;
  readonly error: NewEvent;
  /** The model that the next try asks: its place among those that stand in for the default one. */
  readonly fallback: number;
  /** false: another model is asked, so it is no further try of this one. */
  readonly isRetry: boolean;
}

/** Waits before the next try of a failed model call; the run holds its chat, but no worker. */
export async function backOff(tx: Tx, runId: string, wait: BackOff, fence: Fence): Promise<void> {
  const { run, chat } = await lockRun(tx, runId);
  if (run.state === "stopping") return endStopped(tx, { run, chat }, { ...(fence && { fence }) });
  const data: StatusData = {
    state: "waiting",
    reason: "retry",
    until: wait.untilIso,
    attempt: run.retries + 1,
    message: wait.message,
  };
  await tx.append(chat.id, [...(await partialEvents(tx, run)), wait.error, statusEvent(run, data)], fence);
  const { fallback, until, isRetry } = wait;
  const next = { retries: run.retries + (isRetry ? 1 : 0), fallback };
  await letWait(tx, { run, chat }, { reason: "retry", until, message: data.message }, next);
}

/** Waits until a limit of the person whose work it is begins anew; it holds its chat, but no worker. */
export async function waitForLimit(
  tx: Tx,
  runId: string,
  wait: { readonly until: number; readonly message: string },
  fence: Fence,
): Promise<void> {
  const { run, chat } = await lockRun(tx, runId);
  if (run.state === "stopping") return endStopped(tx, { run, chat }, { fence });
  const data: StatusData = {
    state: "waiting",
    reason: "limit",
    until: isoTime(wait.until),
    message: wait.message,
  };
  await tx.append(chat.id, [statusEvent(run, data)], fence);
  await letWait(tx, { run, chat }, { reason: "limit", ...wait });
}

/** The row of a run that has said what it waits for. */
async function letWait(
  tx: Tx,
  { run, chat }: LockedRun,
  { reason, until, message }: { reason: NonNullable<RunRow["wait_reason"]>; until: number; message: string },
  next: Partial<Pick<RunRow, "retries" | "fallback">> = {},
): Promise<void> {
  await release(tx, run, { state: "waiting", wait_reason: reason, not_before: until, reason: message, ...next });
  if (run.task_id !== null) {
    await tx.db.updateTable("tasks").set({ status: "waiting" }).where("id", "=", run.task_id).execute();
  }
  // Whoever serves the queue arms a timer for the new due time.
  tx.wake();
  await announce(tx, chat, run.task_id);
}

/**
 * Waits for people, or else for what the run has delegated: it holds its chat, but no worker. false, having written no wait,
 * when nothing is waited for any more, or when a person has written: that is the answer to a question before it, and takes back
 * everything else.
 */
export async function waitForOthers(
  tx: Tx,
  runId: string,
  fence?: Fence,
  /** So long what it has delegated is waited for. */
  delegatedMs = Infinity,
): Promise<boolean> {
  const { run, chat } = await lockRun(tx, runId);
  if (run.state === "stopping") {
    await endStopped(tx, { run, chat }, { ...(fence && { fence }) });
    return true;
  }
  const [approvals, questions, tasks, calls, said] = await together(
    tx,
    tx.db.selectFrom("approvals").selectAll().where("run_id", "=", runId).where("state", "=", "requested"),
    tx.db.selectFrom("questions").selectAll().where("run_id", "=", runId).where("state", "=", "asked"),
    tx.db.selectFrom("tasks").selectAll().where("parent_run", "=", runId).where("parent_call", "is not", null),
    callRows(tx.db, run),
    eventsOf(tx.db, chat.id, { from: run.read_seq + 1, types: ["message"] }),
  );
  const open = [...approvals, ...questions];
  const openCalls = foldChat(decodeAll(chat.id, calls)).openCalls.filter((call) => call.runId === runId);
  const delegated = openCalls.map(({ callId }) => tasks.filter((task) => task.parent_call === callId));
  const running = delegated.flat().filter((task) => !isOver(task));
  // One whose tasks have all ended has its result now.
  if (delegated.some((own) => own.length > 0 && own.every(isOver))) return false;
  if (open.length + running.length === 0) return false;
  const messages = decodeAll(chat.id, said);
  if (hasPersonsWords(messages)) {
    const events = [...(await answerByMessage(tx, run, messages)), ...(await withdrawAsked(tx, run))];
    await tx.append(chat.id, events, fence);
    return false;
  }
  const until = Math.min(...open.map((asked) => asked.expires_at), tx.now + delegatedMs);
  const { reason, message } = waitOf(approvals, questions, running.length);
  await tx.append(chat.id, [statusEvent(run, { state: "waiting", reason, until: isoTime(until), message })], fence);
  await letWait(tx, { run, chat }, { reason, until, message });
  return true;
}

const QUESTION_SHOWN = 200;

/** People come first: they do not know that they are waited for. */
function waitOf(approvals: readonly ApprovalRow[], questions: readonly QuestionRow[], running: number) {
  const [[approval], [question]] = [approvals, questions];
  const others = approvals.length + questions.length - 1;
  const more = others > 0 ? ` and ${others} more` : "";
  if (approval !== undefined) {
    const message = `Waits for your approval: ${callLine(approval.tool, approval.summary)}${more}`;
    return { reason: "approval", message } as const;
  }
  if (question !== undefined) {
    const message = `Waits for your answer: ${exactLine(question.text, QUESTION_SHOWN)}${more}`;
    return { reason: "question", message } as const;
  }
  return { reason: "tasks", message: `Waits for ${running === 1 ? "a task" : `${running} tasks`}` } as const;
}

export async function endStopped(
  tx: Tx,
  locked: LockedRun,
  options: Pick<EndOptions, "fence" | "raise"> = {},
): Promise<void> {
  await endLocked(tx, locked, stoppedEnding(locked.run), { readSeq: locked.run.read_seq, ...options });
}

/** A stop that was recorded first is what becomes of the run, whatever else its worker, or its loss, would make of it. */
function stoppedEnding(run: RunRow): Ending {
  return { state: "cancelled", message: cancelledMessage(run), by: run.stopped_by ?? "a person" };
}

export function cancelledMessage(run: Pick<RunRow, "task_id">, why?: string): string {
  return `${run.task_id === null ? "Stopped" : "Task cancelled"}${why === undefined ? "" : `: ${why}`}`;
}

/** Nobody has stopped it: it may not go on. */
export function endedBySparky(run: Pick<RunRow, "task_id">, why: string): Ending {
  return { state: "cancelled", message: cancelledMessage(run, why), by: "Sparky", why };
}

/** Locks the run's chat; the run is read under that lock. */
export async function lockRun(tx: Tx, runId: string): Promise<LockedRun> {
  const ofRun = tx.db.selectFrom("runs").select("chat_id").where("id", "=", runId);
  const [[chat], [run]] = await together(
    tx,
    chatLock(tx, (eb) => eb("id", "=", ofRun)),
    tx.db.selectFrom("runs").selectAll().where("id", "=", runId),
  );
  if (run === undefined) throw notFound(`run ${JSON.stringify(runId)}`);
  if (chat === undefined) throw notFound(`chat ${JSON.stringify(run.chat_id)}`);
  return { run, chat };
}

async function release(tx: Tx, run: RunRow, change: Partial<RunRow>): Promise<void> {
  const worked = run.lease_at === null ? 0 : Math.max(0, tx.now - run.lease_at);
  await together(
    tx,
    tx.db
      .updateTable("runs")
      .set({ boot_id: null, lease_until: null, lease_at: null, worked_ms: run.worked_ms + worked, ...change })
      .where("id", "=", run.id),
    tx.db
      .updateTable("chats")
      .set({ run_id: null, run_lease: null })
      .where("id", "=", run.chat_id)
      .where("run_id", "=", run.id),
  );
}

/** Calls of a run that ends get a result that says so. */
function openCalls(tx: Tx, run: RunRow, state: Ending["state"], events: readonly ChatEvent[]): NewEvent[] {
  const why = state === "cancelled" ? "the run was stopped" : "the run ended";
  const open = foldChat(events).openCalls.filter((call) => call.runId === run.id);
  return open.map((call) => ({
    type: "tool_result",
    data: {
      callId: call.callId,
      name: call.name,
      ok: false,
      error:
        call.startedAt === null
          ? `not run: ${why} before it`
          : `interrupted: ${why} while it worked, so its outcome is unknown`,
      durationMs: call.startedAt === null ? 0 : Math.max(0, tx.now - Date.parse(call.startedAt)),
      size: 0,
      interrupted: true,
    },
    ...byAgent(run, call.step),
  }));
}

/** Streamed text that will not be finished. */
async function partialEvents(tx: Tx, run: RunRow): Promise<NewEvent[]> {
  const [parts] = await together(
    tx,
    tx.db.selectFrom("parts").selectAll().where("run_id", "=", run.id).orderBy("ord"),
    tx.db.deleteFrom("parts").where("run_id", "=", run.id),
  );
  const by = byAgent(run, run.step + 1);
  return parts
    .filter((part) => part.text !== "")
    .map(({ kind, part, text }): NewEvent =>
      kind === "message"
        ? { type: "message", data: { role: "assistant", text, part, partial: true }, ...by }
        : { type: "thought", data: { text, part, partial: true }, ...by },
    );
}

function statusEvent(run: RunRow, data: StatusData): NewEvent {
  return { type: "status", data, ...byAgent(run, null) };
}

function errorEvent(run: RunRow, ending: Extract<Ending, { state: "failed" }>): NewEvent {
  const data = { code: ending.code, message: ending.reason, retryable: false };
  return { type: "error", data, ...byAgent(run, run.step) };
}

function statusOf(ending: Ending): StatusData {
  const { message } = ending;
  switch (ending.state) {
    case "completed":
      return { state: "completed", message, ...(ending.flaws !== undefined && { reason: ending.flaws }) };
    case "failed":
      return { state: "failed", message, reason: ending.reason };
    case "cancelled":
      return { state: "cancelled", message, by: ending.by };
  }
}

function reasonOf(ending: Ending): string | null {
  if (ending.state === "failed") return ending.reason;
  if (ending.state === "completed") return ending.flaws ?? null;
  return `cancelled by ${ending.by}`;
}

async function hasQueuedTurn(tx: Tx, chatId: string): Promise<boolean> {
  const row = await tx.db
    .selectFrom("runs")
    .select("id")
    .where("chat_id", "=", chatId)
    .where(openRuns())
    .where("state", "=", "queued")
    .where("task_id", "is", null)
    .executeTakeFirst();
  return row !== undefined;
}
