import { isoTime, sleep } from "../core/clock.ts";
import { isSparkyError, messageOf } from "../core/errors.ts";
import type { EventOf } from "../core/events.ts";
import { ModelError } from "../models/model.ts";
import type { Tx } from "../store/database/store.ts";
import { backOff, endRun, handBack } from "../store/endings/run.ts";
import { AGENT_ACTOR } from "../store/people/actors.ts";
import type { Claimed } from "../store/runs/claim.ts";
import type { Ending } from "../store/runs/ending.ts";
import { countSpent, fenceOf, recordSpent } from "../store/runs/record.ts";
import { runRow } from "../store/runs/run.ts";
import { abortReason, RunRefused, type WorkDeps } from "./deps.ts";
import { nextTry } from "./fallback.ts";
import type { Parts } from "./parts.ts";
import { backOffMs, maxRetries } from "./retry.ts";

/** How a run leaves its worker before it is done. */

export interface Leaver {
  readonly signal: AbortSignal;
  /** What calls that gave no step have taken. */
  readonly spent: readonly EventOf<"usage">["data"][];
  /** Messages up to here count as read by a failed run. */
  readonly readSeq: number;
}

/** How long to wait before writing a run's end again, while the database cannot be written to. */
const LEAVE_AGAIN_MS = [200, 500, 1000] as const;

/** The run leaves its worker by an exception: stopped, handed back, waiting to try again, failed, or simply no longer its. */
export async function leave(
  deps: WorkDeps,
  claimed: Claimed,
  parts: Parts,
  work: Leaver,
  error: unknown,
  tried = 0,
): Promise<void> {
  const { store, log } = deps;
  const { run } = claimed;
  try {
    const reason = abortReason(work.signal);
    // Someone else has the run, or its chat is gone: nothing may be written but that its calls have taken something.
    if (reason === "lost" || isLost(error)) {
      log.debug({ err: error, runId: run.id }, "the run is no longer this worker's");
      await store.transact((tx) => countSpent(tx, claimed, work.spent));
      return;
    }
    await parts.flush();
    await parts.settle();
    // Who stops each answer near its end has no limit unless what it has taken counts.
    const leaving: Leaving = (write) =>
      store.transact(async (tx) => {
        await recordSpent(tx, claimed, work.spent);
        await write(tx);
      });
    if (reason === "stop") {
      const { read_seq, stopped_by } = await runRow(store.db, run.id);
      const message = claimed.task === null ? "Stopped" : "Task cancelled";
      const ending: Ending = { state: "cancelled", message, by: stopped_by ?? "a person" };
      await leaving((tx) => endRun(tx, run.id, ending, { fence: fenceOf(claimed), readSeq: read_seq }));
    } else if (reason === "shutdown") {
      await leaving((tx) => handBack(tx, run.id, "shutdown", fenceOf(claimed)));
    } else {
      await failOrWait(deps, claimed, work, error, leaving);
    }
  } catch (second) {
    // Of a further try nobody knows whether the one before it was written after all: nothing counts twice.
    if (isLost(second)) return tried > 0 ? undefined : leave(deps, claimed, parts, work, second, tried + 1);
    const wait = LEAVE_AGAIN_MS[tried];
    if (wait !== undefined && isSparkyError(second, "unavailable")) {
      await sleep(store.clock, wait);
      return leave(deps, claimed, parts, work, error, tried + 1);
    }
    // Left as it is: the next sweep takes the run back, from what the log holds.
    log.error({ err: second, runId: run.id }, "a run could not be ended");
  }
}

export const isLost = (error: unknown): boolean => isSparkyError(error, "fenced") || isSparkyError(error, "not_found");

/** The one transaction by which the run leaves, with what it has spent. */
type Leaving = (write: (tx: Tx) => Promise<unknown>) => Promise<void>;

async function failOrWait(
  deps: WorkDeps,
  claimed: Claimed,
  work: Leaver,
  error: unknown,
  leaving: Leaving,
): Promise<void> {
  const { store, log } = deps;
  const { run } = claimed;
  const fence = fenceOf(claimed);
  const known = error instanceof ModelError || error instanceof RunRefused || isSparkyError(error);
  if (!known) log.error({ err: error, runId: run.id }, "a run failed");
  const retryable = error instanceof ModelError ? error.retryable : !known || isSparkyError(error, "unavailable");
  const code =
    error instanceof ModelError ? error.code : isSparkyError(error) ? error.code : known ? "refused" : "internal";
  const hint = isSparkyError(error) && error.hint !== undefined ? `; ${error.hint}` : "";
  const said = known ? messageOf(error) + hint : "something went wrong inside Sparky; its log has the cause";
  const reason = store.secrets.text(said);
  const row = await runRow(store.db, run.id);
  const { retries, step } = row;
  // A chat's own choice is nobody else's to answer: it may be there to keep what is said from others.
  const fallbacks = claimed.chat.model === null ? (deps.fallbacks?.() ?? []) : [];
  const next = await nextTry(store.db, row, error, fallbacks, retryable);
  if (!next.retryable || (next.id === null && retries >= maxRetries(error))) {
    const tried = next.retryable ? ` (tried ${retries + 1} times)` : "";
    const ending = failed(claimed, reason + tried, code);
    await leaving((tx) => endRun(tx, run.id, ending, { fence, readSeq: work.readSeq }));
    return;
  }
  const ms = next.id === null ? backOffMs(retries, error, deps.chance()) : 0;
  const until = store.clock.now() + ms;
  const wait = {
    until,
    untilIso: isoTime(until),
    message:
      next.id === null
        ? `Waits to try again in ${Math.max(1, Math.round(ms / 1000))} s: ${reason}`
        : `Goes on with ${next.id}: ${reason}`,
    fallback: next.fallback,
    isRetry: next.id === null,
    error: {
      type: "error",
      data: { code, message: reason, retryable },
      runId: run.id,
      taskId: run.task_id,
      step: step + 1,
      actor: AGENT_ACTOR,
    },
  } as const;
  await leaving((tx) => backOff(tx, run.id, wait, fence));
}

export function failed(claimed: Claimed, reason: string, code: string): Ending {
  const message = claimed.task === null ? "Failed" : "Task failed";
  return { state: "failed", message, reason, code };
}
