import { ORIGINS, type Origin } from "../../core/origins.ts";
import type { Verdict } from "../../tools/policy.ts";
import type { Tool } from "../../tools/tool.ts";
import type { ToolInfo } from "../../wire/mcp.ts";

/** The strictest first. */
const VERDICTS = ["deny", "ask", "allow"] as const;

/** Who may let a tool's calls happen, as people see it. Kinds of calls that are treated alike are one, of which nothing is said. */
export async function policyShown({
  policy: own,
  cases: look,
}: Tool<never>): Promise<Pick<ToolInfo, "policy" | "cases">> {
  const cases = (await look?.()) ?? [];
  if (cases.length === 0) return { policy: own, cases: [] };
  const strictest = (origin: Origin): Verdict => {
    const verdicts = cases.map(({ policy }) => policy[origin]);
    return VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? own[origin];
  };
  const policy = { chat: strictest("chat"), task: strictest("task"), schedule: strictest("schedule") };
  const isOne = cases.every((each) => ORIGINS.every((origin) => each.policy[origin] === policy[origin]));
  return { policy, cases: isOne ? [] : [...cases] };
}
