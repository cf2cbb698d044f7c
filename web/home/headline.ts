import type { Status } from "../../src/wire/api.ts";
import { oneLine } from "../ui/format.ts";
import { WORDS } from "../words/home.ts";

/** What the agent does and what it needs, in one sentence. */
export function headline({ running, tasks, waiting, agentLoop }: Status): string {
  const asked = waiting.approvals + waiting.questions;
  const { changes } = waiting;
  const asks = asked + changes === 0 ? null : WORDS.asks(asked, changes);
  const working = running.filter(({ state }) => state === "working" || state === "stopping");
  const [only] = working;
  if (only !== undefined) {
    return working.length === 1
      ? WORDS.workingOn(oneLine(only.title, 60), asks)
      : WORDS.workingOnSome(working.length, asks);
  }
  if (asks !== null) return WORDS.onlyAsks(asks);
  if (!agentLoop) return WORDS.loopIsOff(tasks.pending);
  if (running.length > 0) return WORDS.agentWaits(oneLine(running[0]?.title ?? "", 60));
  return WORDS.agentIsIdle;
}
