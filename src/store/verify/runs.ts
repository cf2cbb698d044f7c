import { isEnded } from "../../core/run-state.ts";
import type { Checked, Report } from "./finding.ts";
import type { RunRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { LoggedRun } from "./log.ts";

/** Compares runs and their steps, as the log tells them, with their rows. */

/** Rows of steps hold whole conversations: few at a time. */
const STEPS_A_PAGE = 20;

export interface RunScope {
  readonly chatId: string;
  readonly report: Report;
  readonly checked: Checked;
  /** Whether a run's lease is good; null where no process is to hold any. */
  readonly holds: ((run: RunRow) => boolean) | null;
}

/** Returns whether the run has a row at all. */
export async function compareRun(db: Db, scope: RunScope, run: LoggedRun, row: RunRow | undefined): Promise<boolean> {
  const { view } = run;
  const { report, checked } = scope;
  if (row === undefined) {
    report({ kind: "run", seq: run.firstSeq, what: `run ${view.id} has no row`, expected: view.state, found: "none" });
    return false;
  }
  if (!run.fromStart) {
    const late = isEnded(row.state) && row.first_seq < run.firstSeq;
    const what = late ? `run ${view.id} has ended before this event` : `run ${view.id} does not begin with queued`;
    const expected = late ? "nothing of the run" : `queued at seq ${row.first_seq}`;
    report({ kind: late ? "end" : "run", seq: run.firstSeq, what, expected, found: `an event at seq ${run.firstSeq}` });
    return false;
  }
  checked.runs += 1;
  const differs = (what: string, expected: unknown, found: unknown): void => {
    if (expected === found) return;
    const seq = run.lastSeq;
    report({ kind: "run", seq, what: `run ${view.id}: ${what}`, expected: String(expected), found: String(found) });
  };
  const recorded = [...run.steps].filter(([, step]) => step.usage.length > 0).map(([number]) => number);
  differs("chat", scope.chatId, row.chat_id);
  differs("state", view.state, row.state);
  differs("task", view.taskId, row.task_id);
  differs("first seq", run.firstSeq, row.first_seq);
  // A stop that the worker does not heed raises the lease once more, with no start of its own.
  if (!(row.state === "cancelled" && row.attempt === view.attempt + 1)) differs("attempt", view.attempt, row.attempt);
  differs("step", Math.max(0, ...recorded), row.step);
  differs("input tokens", view.inputTokens, row.input_tokens);
  differs("output tokens", view.outputTokens, row.output_tokens);
  differs("model", view.model, row.model);
  if (Math.abs((view.costUsd ?? -1) - (row.cost_usd ?? -1)) > 1e-6) differs("cost", view.costUsd, row.cost_usd);
  differs("ended at", view.endedAt === null ? null : Date.parse(view.endedAt), row.ended_at);
  checkLease(scope, run, row);
  await compareSteps(db, scope, run);
  await compareAsked(db, scope, run);
  await compareChildren(db, scope, run);
  return true;
}

/** What the run has asked of people: approvals and questions. */
async function compareAsked(db: Db, { report }: RunScope, run: LoggedRun): Promise<void> {
  const { id } = run.view;
  const approvals = await db.selectFrom("approvals").selectAll().where("run_id", "=", id).execute();
  const questions = await db.selectFrom("questions").selectAll().where("run_id", "=", id).execute();
  const rows = [
    ...approvals.map((row) => ({
      kind: "approval" as const,
      id: row.id,
      says: `${row.state} ${row.call_id} ${row.args_digest}`,
    })),
    ...questions.map((row) => ({
      kind: "question" as const,
      id: row.id,
      says: `${row.state} ${row.call_id} ${row.text}`,
    })),
  ];
  const left = new Map(run.asked);
  for (const row of rows) {
    const logged = left.get(row.id);
    left.delete(row.id);
    const seq = logged?.seq ?? run.lastSeq;
    const expected = logged === undefined ? "an event" : logged.says;
    if (row.says !== expected)
      report({ kind: row.kind, seq, what: `${row.kind} ${row.id}`, expected, found: row.says });
  }
  for (const [askedId, { kind, seq, says }] of left) {
    report({ kind, seq, what: `${kind} ${askedId} has no row`, expected: says, found: "none" });
  }
}

/** What its calls have delegated. Tasks go with their chats, so one that is logged may have no row. */
async function compareChildren(db: Db, { report }: RunScope, run: LoggedRun): Promise<void> {
  const rows = await db
    .selectFrom("tasks")
    .select(["id", "parent_call", "status", "told"])
    .where("parent_run", "=", run.view.id)
    .where("parent_call", "is not", null)
    .execute();
  for (const row of rows) {
    const logged = run.children.get(row.id);
    const seq = logged?.seq ?? run.lastSeq;
    const what = `task ${row.id}, which the call ${row.parent_call} has delegated`;
    const wrong = (expected: string, found: string): void => report({ kind: "child", seq, what, expected, found });
    if (logged === undefined) wrong("a child event", "none");
    else if (logged.callId !== row.parent_call) wrong(`a call's ${row.parent_call}`, logged.callId);
    // A run that has ended is told no more.
    else if (row.told === 1 && !isEnded(logged.state) && !isEnded(run.view.state)) wrong(row.status, logged.state);
  }
}

function checkLease({ report, checked, holds }: RunScope, { lastSeq }: LoggedRun, row: RunRow): void {
  const works = row.state === "working" || row.state === "stopping";
  const wrong = (expected: string, found: string): void =>
    report({ kind: "lease", seq: lastSeq, what: `run ${row.id} is ${row.state}`, expected, found });
  if (!works && row.boot_id !== null) wrong("no lease", `one of ${row.boot_id}`);
  if (works && row.boot_id === null) wrong("a lease", "none");
  else if (works && holds === null) checked.resumable += 1;
  else if (works && holds !== null && !holds(row))
    wrong("a living lease", `one of ${row.boot_id} until ${row.lease_until}`);
}

async function compareSteps(db: Db, scope: RunScope, run: LoggedRun): Promise<void> {
  const { report, checked } = scope;
  const { id } = run.view;
  const left = new Map(run.steps);
  for (let last = -1; ;) {
    const rows = await db
      .selectFrom("steps")
      .select(["step", "model", "read_seq", "messages"])
      .where("run_id", "=", id)
      .where("step", ">", last)
      .orderBy("step")
      .limit(STEPS_A_PAGE)
      .execute();
    for (const row of rows) {
      checked.steps += 1;
      last = row.step;
      const step = left.get(row.step);
      left.delete(row.step);
      const seq = step?.usage[0] ?? run.lastSeq;
      const wrong = (what: string, expected: string, found: string): void =>
        report({ kind: "step", seq, what: `step ${row.step} of run ${id}: ${what}`, expected, found });
      const usage = step?.usage.length ?? 0;
      if (usage !== 1) wrong("its usage event", "one", `${usage}`);
      if (step !== undefined && usage > 0 && step.model !== row.model) wrong("model", String(step.model), row.model);
      if (usage > 0 && row.read_seq >= seq) wrong("what it had read", `below seq ${seq}`, `seq ${row.read_seq}`);
      const calls = callsIn(row.messages);
      if (calls === null) {
        report({
          kind: "undecodable",
          seq,
          what: `step ${row.step} of run ${id}`,
          expected: "messages",
          found: "other text",
        });
        continue;
      }
      const logged = step?.calls ?? new Set<string>();
      for (const call of calls) if (!logged.has(call)) wrong(`its call ${call}`, "a tool_use", "none");
      for (const call of logged) if (!calls.has(call)) wrong(`the call ${call}`, "one in its messages", "none");
    }
    if (rows.length < STEPS_A_PAGE) break;
  }
  for (const [number, step] of left) {
    const seq = step.usage[0] ?? run.lastSeq;
    report({ kind: "step", seq, what: `step ${number} of run ${id}`, expected: "a row", found: "none" });
  }
}

/** The ids of the calls in a provider's messages; null if these are none. */
function callsIn(json: string): ReadonlySet<string> | null {
  let messages: unknown;
  try {
    messages = JSON.parse(json);
  } catch {
    return null;
  }
  if (!Array.isArray(messages)) return null;
  const parts = messages.flatMap((message: { readonly content?: unknown }) =>
    Array.isArray(message?.content)
      ? (message.content as { readonly type?: unknown; readonly toolCallId?: unknown }[])
      : [],
  );
  return new Set(parts.filter((part) => part?.type === "tool-call").map((part) => String(part.toolCallId)));
}
