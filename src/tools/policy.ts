import type { Origin } from "../core/origins.ts";

/** Who may let a call happen: nobody needs to (`allow`), a person (`ask`), nobody can (`deny`). */
export type Verdict = "allow" | "ask" | "deny";

export type Policy = { readonly [origin in Origin]: Verdict };

/** The strictest verdict of all origins that a run has; `from`: the origin that it is for. */
export function verdictOf(
  policy: Policy,
  origins: readonly Origin[],
): { readonly verdict: Verdict; readonly from: Origin } {
  const strict = (["deny", "ask"] as const).flatMap((verdict) =>
    origins.filter((origin) => policy[origin] === verdict).map((from) => ({ verdict, from })),
  );
  return strict[0] ?? { verdict: "allow", from: origins[0] ?? "chat" };
}

/** What becomes of a call whose outcome a crash has left unknown, when it may not simply be run again. */
export type OnUnknown = "model" | "ask" | "fail";

/** One verdict for all origins, or one each; what is not named keeps its place in `base`. */
export function policyOf(value: Verdict | Partial<Policy>, base: Policy = ALLOW): Policy {
  return typeof value === "string" ? { chat: value, task: value, schedule: value } : { ...base, ...value };
}

const ALLOW: Policy = { chat: "allow", task: "allow", schedule: "allow" };
