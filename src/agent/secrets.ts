import type { Json } from "../core/events.ts";
import { secretsIn } from "../core/known-secrets.ts";
import type { Claimed } from "../store/runs/claim.ts";
import type { Principal, Tool } from "../tools/tool.ts";
import type { AgentDeps } from "./deps.ts";

/** Which secrets a call is given: only in runs of their owner, and unasked only where the owner has said so. */

/**
 * The names that the arguments refer to. In other people's runs such words are only words, as they are where nobody has secrets,
 * and for a tool that only looks or asks.
 */
export function secretsOfCall(
  { store, registry }: AgentDeps,
  claimed: Claimed,
  principal: Principal,
  call: { readonly name: string; readonly args: Json },
): readonly string[] {
  const { ownerId, hasAny } = store.secrets;
  if (!hasAny || registry.get(call.name)?.effect === "read") return [];
  const ownTask = principal.isAgent && claimed.task?.owner_id === ownerId;
  return principal.userId === ownerId || ownTask ? secretsIn(call.args) : [];
}

/** A call that is given a secret asks each time: who steers the model could have it sent anywhere. */
export function asksForSecrets(tool: Pick<Tool<never>, "secrets">, names: readonly string[]): boolean {
  return names.some((name) => tool.secrets?.includes(name) !== true);
}
