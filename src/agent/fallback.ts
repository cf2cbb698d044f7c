import { ModelError, type ModelErrorCode } from "../models/model.ts";
import type { RunRow } from "../store/database/schema.ts";
import type { Db } from "../store/database/sql.ts";
import { readEvents } from "../store/log/events.ts";

/** Which model is asked next when one could not answer. */

/** The provider is overloaded, out of credit or gone: another may well answer the same request. */
const GONE: ReadonlySet<ModelErrorCode> = new Set([
  ...(["model_overloaded", "model_rate_limited", "model_unreachable", "model_timeout"] as const),
  ...(["model_auth", "model_not_found", "model_unset"] as const),
]);

const isGone = (error: unknown): error is ModelError => error instanceof ModelError && GONE.has(error.code);

export interface Next {
  /** The place of the model that is asked next. */
  readonly fallback: number;
  /** Its id, if another one is asked at once; null: the same again, or from the first one on, after a while. */
  readonly id: string | null;
  /** Whether there is any sense in it. */
  readonly retryable: boolean;
}

/** `fallbacks`: those that stand in for the model that the run began with. */
export async function nextTry(
  db: Db,
  run: Pick<RunRow, "id" | "chat_id" | "first_seq" | "fallback">,
  error: unknown,
  fallbacks: readonly string[],
  retryable: boolean,
): Promise<Next> {
  const { fallback } = run;
  if (!isGone(error) || fallbacks.length === 0) return { fallback, id: null, retryable };
  const id = fallbacks[fallback];
  if (id !== undefined) return { fallback: fallback + 1, id, retryable: true };
  // All were asked: from the first one on, if one of them may answer later.
  const failed = await readEvents(db, run.chat_id, { from: run.first_seq, types: ["error"] });
  const others = failed.filter((event) => event.runId === run.id).slice(-fallback);
  const mayLater = others.some((event) => event.type === "error" && event.data.retryable);
  return { fallback: 0, id: null, retryable: retryable || mayLater };
}
