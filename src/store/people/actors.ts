import type { Actor } from "../../core/events.ts";
import { AGENT_ID } from "./user.ts";
import type { User } from "./user.ts";

export const AGENT_ACTOR: Actor = { kind: "agent", id: AGENT_ID, name: "agent" };
export const SYSTEM_ACTOR: Actor = { kind: "system", id: "sparky", name: "Sparky" };

export function userActor(user: User): Actor {
  return { kind: "user", id: user.id, name: user.name };
}
