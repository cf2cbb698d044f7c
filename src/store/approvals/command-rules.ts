import { faultOf, isCovered, LONGEST_RULE } from "../../core/command-rules.ts";
import { SparkyError } from "../../core/errors.ts";
import type { ApprovalRow, ChatRow } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";
import type { Claimed } from "../runs/claim.ts";
import { standing, standsFor, type GrantScope } from "./grants.ts";

/** Standing yeses to commands that a rule covers: rows beside the grants, given, listed and taken back like them. */

const MOST_RULES = 20;

/** Throws `invalid_input` that says what is wrong with which rule. */
export async function checkRules(rules: readonly string[], scope: GrantScope | undefined): Promise<void> {
  if (rules.length === 0) return;
  if (scope === undefined || scope.kind === "call")
    throw new SparkyError("invalid_input", "rules: a yes to one call needs none", {
      hint: "say for how long they stand: the run, or until a time",
    });
  if (rules.length > MOST_RULES) throw new SparkyError("invalid_input", `rules: at most ${MOST_RULES} at a time`);
  for (const rule of rules) {
    const fault = rule.length > LONGEST_RULE ? "it is too long" : await faultOf(rule);
    if (fault !== null)
      throw new SparkyError("invalid_input", `rules: ${JSON.stringify(rule)} is no rule: ${fault}`, {
        hint: "for example git log *",
      });
  }
}

export async function addRules(
  tx: Tx,
  viewer: User,
  chat: ChatRow,
  approval: ApprovalRow,
  given: { readonly scope: Exclude<GrantScope, { kind: "call" }>; readonly rules: readonly string[] },
): Promise<void> {
  for (const rule of new Set(given.rules.map((text) => text.trim()))) {
    const row = { ...(await standing(tx, viewer, chat, approval, given.scope)), rule };
    await tx.db.insertInto("command_rules").values(row).execute();
  }
}

/** Whether each command of a line is covered by a rule that stands for this run. */
export async function isRuled(store: Store, claimed: Claimed, terms: string | null, line: string): Promise<boolean> {
  const rows = await store.db
    .selectFrom("command_rules")
    .select("rule")
    .where((eb) => standsFor(eb, claimed, { terms, effect: "external", now: store.clock.now() }))
    .limit(1000)
    .execute();
  return isCovered(
    line,
    rows.map(({ rule }) => rule),
  );
}
