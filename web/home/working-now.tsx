import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Status } from "../../src/wire/api.ts";
import { statusQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Stop } from "../thread/stop.tsx";
import { count, oneLine } from "../ui/format.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { Timer } from "../ui/now.tsx";
import { StateMark } from "../ui/state.tsx";

/** The runs that work or wait at this moment, each with what it does, what it used, and Stop. */
export function WorkingNow() {
  const { http } = useServices();
  const status = useQuery(statusQuery(http));
  return (
    <section aria-labelledby="working-now">
      <h2 id="working-now" className="font-semibold">
        Working now
      </h2>
      {status.isPending && <Loading what="Asking what the agent does…" />}
      {status.data === undefined && status.error !== null && (
        <Failure what="The status could not be loaded" error={status.error} retry={() => void status.refetch()} />
      )}
      {status.data?.running.length === 0 && (
        <Empty
          isSmall
          title="The agent is idle"
          command={
            status.data.agentLoop
              ? 'sparky agent tasks add "Check knowledge graph stats"'
              : "sparky chat stop; SPARKY_ENABLE_AGENT_LOOP=true sparky chat start"
          }
        >
          {status.data.agentLoop
            ? "Ask for something below, or in a terminal:"
            : `The task loop is off: chats are answered, tasks wait (${status.data.tasks.pending} in the queue).`}
        </Empty>
      )}
      <ul className="divide-y divide-line">
        {status.data?.running.map((run) => (
          <Running key={run.id} run={run} />
        ))}
      </ul>
    </section>
  );
}

function Running({ run }: { run: Status["running"][number] }) {
  const title = oneLine(run.title, 100);
  const doing = run.state === "waiting" ? (run.reason ?? run.current) : run.current;
  return (
    <li data-run-id={run.id} data-run-state={run.state} className="flex items-center gap-3 py-2">
      <div className="min-w-0 flex-1">
        <p className="flex min-w-0 items-center gap-2">
          <StateMark state={run.state} />
          <Link to="/chats/$chatId" params={{ chatId: run.chatId }} className="truncate font-medium hover:underline">
            {title}
          </Link>
        </p>
        <p className="flex flex-wrap gap-x-3 text-xs text-muted">
          {doing !== null && <span className="[overflow-wrap:anywhere]">{oneLine(doing, 120)}</span>}
          <span>step {run.step}</span>
          {run.tokens > 0 && <span>{count(run.tokens)} tokens</span>}
          {run.costUsd !== null && <span>${run.costUsd.toFixed(2)}</span>}
        </p>
      </div>
      <span className="text-sm text-muted">
        <Timer since={run.startedAt ?? run.queuedAt} />
      </span>
      <Stop runId={run.id} state={run.state} about={title} />
    </li>
  );
}
