import type { Effort } from "../core/effort.ts";
import type { Claimed } from "../store/runs/claim.ts";
import { readEvents } from "../store/log/events.ts";
import type { WorkDeps } from "./deps.ts";

/**
 * With the model and the effort of this run as its chat's: its task's own, which stand when the task starts, or the chat's. A run
 * answers with one model, thinking as hard, from its first call on: what is chosen for its chat meanwhile is for the runs behind
 * it. A run that is taken up again after such a choice goes on as its last call was made.
 */
export async function withOwnModel(deps: Pick<WorkDeps, "store" | "modelFor">, claimed: Claimed): Promise<Claimed> {
  const { run, chat, task } = claimed;
  const changes =
    run.model === null ? [] : await readEvents(deps.store.db, chat.id, { from: run.first_seq, types: ["chat"] });
  const isChanged = (what: "model" | "effort"): boolean =>
    changes.some(({ type, data }) => type === "chat" && data.change === what);
  const model = task?.model ?? (isChanged("model") ? keptModel(deps, claimed) : chat.model);
  const effort = task?.effort ?? (isChanged("effort") ? await keptEffort(deps, claimed) : chat.effort);
  return { ...claimed, chat: { ...chat, model, effort } };
}

/** Unless it cannot be reached from here any more. */
function keptModel({ modelFor }: Pick<WorkDeps, "modelFor">, { run, chat }: Claimed): string | null {
  if (run.model === null || run.model === chat.model) return chat.model;
  try {
    modelFor(run.model);
  } catch {
    return chat.model;
  }
  return run.model;
}

async function keptEffort({ store }: Pick<WorkDeps, "store">, { run }: Claimed): Promise<Effort> {
  const usages = await readEvents(store.db, run.chat_id, { from: run.first_seq, types: ["usage"] });
  const last = usages.findLast(({ runId, step }) => runId === run.id && step !== null);
  return (last?.type === "usage" ? last.data.effort : undefined) ?? "provider-default";
}
