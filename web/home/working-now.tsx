import { Link } from "@tanstack/react-router";
import type { Status } from "../../src/wire/api.ts";
import { shownRun } from "../../src/wire/state-words.ts";
import { Stop } from "../thread/stop.tsx";
import { count, oneLine } from "../ui/format.ts";
import { CommandLine } from "../ui/notice.tsx";
import { Timer } from "../ui/now.tsx";
import { Section } from "../ui/section.tsx";
import { StateMark } from "../ui/state.tsx";
import { Worked } from "../ui/worked.tsx";
import { WORDS } from "../words/home.ts";

/**
 * The runs that work or wait at this moment, each with what it does, what it used, and Stop; and how to let tasks begin. A run
 * that asks stands above, with its question.
 */
export function WorkingNow({ status, asking }: { status: Status; asking: ReadonlySet<string> }) {
  const { agentLoop } = status;
  const running = status.running.filter(({ id, state }) => state !== "waiting" || !asking.has(id));
  return (
    <>
      {running.length > 0 && (
        <Section id="working-now" title={WORDS.workingNow}>
          <ul className="divide-y divide-line">
            {running.map((run) => (
              <Running key={run.id} run={run} />
            ))}
          </ul>
        </Section>
      )}
      {!agentLoop && (
        <Section id="loop-off" title={WORDS.tasksWait}>
          <p className="text-sm text-muted">{WORDS.startLoop}</p>
          <CommandLine command="sparky chat stop; SPARKY_ENABLE_AGENT_LOOP=true sparky chat start" />
        </Section>
      )}
    </>
  );
}

function Running({ run }: { run: Status["running"][number] }) {
  const title = oneLine(run.title, 100);
  const doing = run.state === "waiting" ? (run.reason ?? run.current) : run.current;
  // When what waits goes on stands at the end of its reason.
  const room = run.state === "waiting" ? 240 : 120;
  return (
    <li data-run-id={run.id} data-run-state={run.state} className="flex items-center gap-3 py-2">
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-center gap-2">
          <span className="text-sm">
            <StateMark state={shownRun(run)} />
          </span>
          <Link dir="auto" to="/chats/$chatId" params={{ chatId: run.chatId }} className="truncate hover:underline">
            {title}
          </Link>
        </p>
        <p className="flex flex-wrap gap-x-3 text-xs text-muted">
          {doing !== null && (
            <span dir="auto" className="[overflow-wrap:anywhere]">
              {oneLine(doing, room)}
            </span>
          )}
          {run.step > 0 && <span>{WORDS.step(run.step)}</span>}
          {run.tokens > 0 && <span>{WORDS.tokens(count(run.tokens))}</span>}
          {run.costUsd !== null && <span>${run.costUsd.toFixed(2)}</span>}
        </p>
      </div>
      <span className="text-sm text-muted">
        {run.startedAt === null ? <Timer since={run.queuedAt} /> : <Worked run={run} still={WORDS.worked} />}
      </span>
      <Stop runId={run.id} state={run.state} about={title} />
    </li>
  );
}
