import type { Claimed } from "../store/runs/claim.ts";
import { readEvents } from "../store/log/events.ts";
import type { WorkDeps } from "./deps.ts";

/**
 * With the model that answers in this run as its chat's: its task's own, which stands when the task starts, or the chat's. A run
 * answers with one model from its first call on: what is chosen for its chat meanwhile is for the runs behind it. A run that is
 * taken up again after such a choice keeps the model of its last call, unless that cannot be reached from here any more.
 */
export async function withOwnModel(deps: Pick<WorkDeps, "store" | "modelFor">, claimed: Claimed): Promise<Claimed> {
  const { run, chat, task } = claimed;
  if (task !== null && task.model !== null) return { ...claimed, chat: { ...chat, model: task.model } };
  if (run.model === null || run.model === chat.model) return claimed;
  const changes = await readEvents(deps.store.db, chat.id, { from: run.first_seq, types: ["chat"] });
  if (!changes.some(({ type, data }) => type === "chat" && data.change === "model")) return claimed;
  try {
    deps.modelFor(run.model);
  } catch {
    return claimed;
  }
  return { ...claimed, chat: { ...chat, model: run.model } };
}
