import { decideApproval, type Approval } from "../../store/approvals/approvals.ts";
import type { Store } from "../../store/database/store.ts";
import type { User } from "../../wire/api.ts";
import { parseScope, type Decision } from "../../wire/approvals.ts";

/** An answer as it came over the wire, given in the store's words. */
export function decide(store: Store, viewer: User, id: string, answer: Decision): Promise<Approval> {
  const { decision, note = "", scope = "call", rules } = answer;
  const covers = parseScope(scope) ?? { kind: "call" };
  return decideApproval(store, viewer, id, { decision, scope: covers, rules, ...(note !== "" && { note }) });
}
