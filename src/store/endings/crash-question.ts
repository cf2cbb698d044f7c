import { toldOfApprovals } from "../approvals/approvers.ts";
import { GO_ON } from "../approvals/approvers.ts";
import { argsDigest, approvalsOfRun } from "../approvals/approvals.ts";
import { expireAskedBy } from "../approvals/expire.ts";
import { approvalEvent } from "../approvals/withdraw.ts";
import type { Ending } from "../runs/ending.ts";
import type { Claimed } from "../runs/claim.ts";
import { cancelledMessage, handBack, lockRun, waitForOthers } from "./run.ts";
import type { ApprovalRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";

/** A schedule may want a person to say whether a run that a crash took goes on: an approval that belongs to no call. */

/** The schedule comes again. */
const TTL_MS = 24 * 3_600_000;

/** Takes the run back from its lost worker, and waits for the answer; a person's unread message is one: it goes on. */
export async function askAfterCrash(tx: Tx, runId: string): Promise<void> {
  await handBack(tx, runId, "crash");
  const { run, chat } = await lockRun(tx, runId);
  const id = tx.newId();
  const row: ApprovalRow = {
    id,
    chat_id: chat.id,
    run_id: runId,
    call_id: id,
    tool: GO_ON,
    summary: "after a crash in the middle of this run: go on with it, or cancel it?",
    args: "{}",
    args_digest: argsDigest(GO_ON, {}),
    terms: null,
    rules: null,
    via: null,
    state: "requested",
    requested_at: tx.now,
    expires_at: tx.now + TTL_MS,
    decided_at: null,
    decided_by: null,
    author_id: null,
    note: null,
    effect: null,
  };
  await tx.append(chat.id, [approvalEvent(row, run)]);
  await tx.db.insertInto("approvals").values(row).execute();
  tx.changed("approvals", await toldOfApprovals(tx.db, chat));
  await waitForOthers(tx, runId);
}

/** What the answer makes of a run that was claimed again: its end, or null when it goes on. */
export async function crashAnswer(store: Store, claimed: Claimed): Promise<Ending | null> {
  if (claimed.run.recoveries === 0) return null;
  const question = await lastQuestion(store, claimed);
  if (question?.state === "requested" && question.expires_at <= store.clock.now()) {
    await expireAskedBy(store, claimed);
    return unanswered();
  }
  if (question?.state === "expired") return unanswered();
  if (question?.state !== "denied") return null;
  return { state: "cancelled", message: cancelledMessage(claimed.run), by: question.decided_by ?? "a person" };
}

async function lastQuestion(store: Store, { run }: Claimed): Promise<ApprovalRow | undefined> {
  return (await approvalsOfRun(store, run.id)).findLast((row) => row.tool === GO_ON);
}

function unanswered(): Ending {
  const reason = "it was interrupted by a crash, and nobody said in time that it should go on";
  return { state: "failed", message: "Task failed", reason, code: "unanswered" };
}
