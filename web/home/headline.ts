import type { Status } from "../../src/wire/api.ts";
import { oneLine } from "../ui/format.ts";

/** What the agent does and what it needs, in one sentence. */
export function headline({ running, tasks, waiting, agentLoop }: Status): string {
  const asked = waiting.approvals + waiting.questions;
  const { changes } = waiting;
  const what = [
    ...(asked === 0 ? [] : [`${asked} ${asked === 1 ? "question" : "questions"}`]),
    ...(changes === 0 ? [] : [`${changes} new or changed ${changes === 1 ? "tool or skill" : "tools or skills"}`]),
  ].join(" and ");
  const asks = what === "" ? "" : `${what} ${asked + changes === 1 ? "waits" : "wait"} for you`;
  const working = running.filter(({ state }) => state === "working" || state === "stopping");
  const [only] = working;
  if (only !== undefined) {
    const work = working.length === 1 ? `“${oneLine(only.title, 60)}”` : `${working.length} things`;
    return `Working on ${work}${asks === "" ? "" : `; ${asks}`}.`;
  }
  if (asks !== "") return `${asks}.`;
  if (!agentLoop) {
    return `The task loop is off${tasks.pending > 0 ? `; ${tasks.pending} ${tasks.pending === 1 ? "task waits" : "tasks wait"}` : ""}.`;
  }
  if (running.length > 0) return `The agent waits: ${oneLine(running[0]?.title ?? "", 60)}.`;
  return "The agent is idle.";
}
