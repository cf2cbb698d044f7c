import type { Actor } from "../../core/events.ts";
import { AGENT_ID } from "./user.ts";
import type { RunRow } from "../database/schema.ts";
import type { User } from "./user.ts";

export const AGENT_ACTOR: Actor = { kind: "agent", id: AGENT_ID, name: "agent" };
export const SYSTEM_ACTOR: Actor = { kind: "system", id: "sparky", name: "Sparky" };

export function userActor(user: User): Actor {
  return { kind: "user", id: user.id, name: user.name };
}

/** What an event of a run has beside its kind and data, when the agent is who wrote it. */
export function byAgent(run: Pick<RunRow, "id" | "task_id">, step: number | null) {
  return { runId: run.id, taskId: run.task_id, step, actor: AGENT_ACTOR };
}
