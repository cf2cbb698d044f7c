import { useQuery } from "@tanstack/react-query";
import type { Schedule } from "../../src/wire/schedules.ts";
import { ruleWordsQuery } from "./queries.ts";
import { namesTime, shortRule } from "../../src/wire/short-rule.ts";

/** When a schedule is due, in words, with its zone; as it is written on hover. */
export function Rule({ schedule: { when, timezone } }: { schedule: Pick<Schedule, "when" | "timezone"> }) {
  const short = shortRule(when);
  const words = useQuery({ ...ruleWordsQuery(when), enabled: short === null });
  return (
    <span title={`${when} ${timezone}`} className="[overflow-wrap:anywhere]">
      {short ?? words.data ?? when}
      {namesTime(when) && <span className="text-muted"> {timezone}</span>}
    </span>
  );
}
