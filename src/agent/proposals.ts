import type { EventBody, NewEvent } from "../core/events.ts";
import { newId } from "../core/ids.ts";
import type { StepToolCall } from "../models/model.ts";
import { estimateTokens } from "../models/tokens.ts";
import { byAgent } from "../store/people/actors.ts";
import type { Claimed } from "../store/runs/claim.ts";
import { originsOf } from "../store/runs/descent.ts";
import { fenceOf } from "../store/runs/record.ts";
import { verdictOf } from "../tools/policy.ts";
import { prepareCall, type Registry } from "../tools/registry.ts";
import { REMEMBER, type ToolContext } from "../tools/tool.ts";
import type { Tx } from "../store/database/store.ts";
import type { AgentDeps } from "./deps.ts";
import { isAfterthought } from "./last-words.ts";
import { callOf } from "./tool-use.ts";

/**
 * Facts that are proposed while a conversation is summed up, before its words are out of sight: by the tool, and through the door,
 * that a run's last words have too.
 */

const INVITATION = `
Beside the record you may propose facts by ${REMEMBER}, each with proposed and last set, five at most: what a person said in what followed
and a new conversation would go wrong without, so that they would have to say it again. Nothing of the record is left out for that.`;

/** What a model is told and given for them; nothing where the run may not keep facts without asking a person for each. */
export interface Invitation {
  readonly words: string;
  readonly tools: ReturnType<Registry<Tx>["specs"]>;
  /** About how many tokens both take. */
  readonly tokens: number;
}

export const NO_INVITATION: Invitation = { words: "", tools: [], tokens: 0 };

export function invitationFor({ registry }: Pick<AgentDeps, "registry">, { task }: Claimed): Invitation {
  const tool = registry.get(REMEMBER);
  if (tool === undefined || verdictOf(tool.policy, originsOf(task)).verdict !== "allow") return NO_INVITATION;
  const tools = registry.specs().filter(({ name }) => name === REMEMBER);
  if (tools.length === 0) return NO_INVITATION;
  return { words: INVITATION, tools, tokens: estimateTokens(INVITATION + JSON.stringify(tools)) };
}

/** Keeps those that the door lets in; of the others nothing is kept. `context`: of a call with this id. */
export async function propose(
  deps: AgentDeps,
  claimed: Claimed,
  calls: readonly StepToolCall[],
  context: (callId: string) => ToolContext,
): Promise<void> {
  const { store, registry } = deps;
  for (const sent of calls) {
    const { name, args } = store.secrets.value({ name: sent.name, args: sent.args });
    const call = callOf(newId(store.random), { ...sent, name, args }, "tool-calls");
    const prepared = prepareCall(registry, call.name, call.args);
    const isWanted = call.badArgs === undefined && isAfterthought(call);
    if (!isWanted || !prepared.ok || prepared.kind !== "transactional") continue;
    let refusal: unknown;
    try {
      await store.transact(async (tx) => {
        const emitted: NewEvent[] = [];
        const emit = (body: EventBody): void => void emitted.push({ ...body, ...byAgent(claimed.run, null) });
        try {
          await prepared.execute({ ...context(call.callId), emit }, tx);
        } catch (error) {
          refusal = error;
          throw error;
        }
        if (emitted.length > 0) await tx.append(claimed.run.chat_id, emitted, fenceOf(claimed));
      });
    } catch (error) {
      if (refusal === undefined || error !== refusal) throw error;
    }
  }
}
