import { Link } from "@tanstack/react-router";
import { Bot } from "lucide-react";
import type { Status } from "../../src/wire/api.ts";
import { shownRun } from "../../src/wire/state-words.ts";
import { oneLine } from "../ui/format.ts";
import { StateIcon, stateWord } from "../ui/state.tsx";
import { Worked } from "../ui/worked.tsx";
import { useStatus } from "./told.ts";
import { WORDS } from "../words/app.tsx";

type Running = Status["running"][number];

/** Its step, or who or what it waits for. */
function doing(run: Running): string {
  if (run.state !== "working") return stateWord(shownRun(run));
  return WORDS.doing(run.step, oneLine(run.current ?? "", 60));
}

/** What the agent does now, from the state of its runs; a click opens the run. */
export function AgentNow() {
  const { data } = useStatus();
  if (data === undefined) return null;
  const run = data.running.find(({ state }) => state === "working" || state === "stopping") ?? data.running[0];
  if (run === undefined) {
    return (
      <p
        className="flex items-center gap-1.5 px-1 text-xs text-muted md:max-wide:justify-center"
        title={WORDS.model(data.model)}
      >
        <Bot aria-hidden="true" className="size-3.5 shrink-0" />
        <span className="truncate md:max-wide:sr-only">{data.agentLoop ? WORDS.agentIsIdle : WORDS.loopIsOff}</span>
      </p>
    );
  }
  const more = data.running.length - 1;
  const state = shownRun(run);
  return (
    <Link
      to="/runs/$runId"
      params={{ runId: run.id }}
      data-agent-now={run.state}
      className="tap flex min-w-0 items-center gap-1.5 rounded-md border border-line bg-page px-2 py-1 text-xs hover:bg-sunken md:max-wide:justify-center"
      title={oneLine(run.current ?? run.title, 200)}
    >
      <StateIcon state={state} className="size-3.5" />
      <span className="min-w-0 md:max-wide:sr-only">
        <span className="block truncate">
          {run.state === "working" && <span className="sr-only">{WORDS.inState(stateWord(state))}</span>}
          {oneLine(run.title, 60)}
        </span>
        <span className="block truncate text-muted" data-agent-does>
          {doing(run)}
        </span>
      </span>
      <span className="ml-auto flex shrink-0 gap-1.5 text-muted md:max-wide:sr-only">
        {run.workingSince !== null && <Worked run={run} />}
        {more > 0 && <span>{WORDS.andMore(more)}</span>}
      </span>
    </Link>
  );
}
