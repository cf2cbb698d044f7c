/** Who may let a call happen: nobody needs to (`allow`), a person (`ask`), nobody can (`deny`). */
export type Verdict = "allow" | "ask" | "deny";

/** Where a run comes from: an answer to a person, a task, or a schedule's task. */
export const ORIGINS = ["chat", "task", "schedule"] as const;
export type Origin = (typeof ORIGINS)[number];

export type Policy = { readonly [origin in Origin]: Verdict };

/** What becomes of a call whose outcome a crash has left unknown, when it may not simply be run again. */
export type OnUnknown = "model" | "ask" | "fail";

/** One verdict for all origins, or one each; what is not named keeps its place in `base`. */
export function policyOf(value: Verdict | Partial<Policy>, base: Policy = ALLOW): Policy {
  return typeof value === "string" ? { chat: value, task: value, schedule: value } : { ...base, ...value };
}

const ALLOW: Policy = { chat: "allow", task: "allow", schedule: "allow" };
