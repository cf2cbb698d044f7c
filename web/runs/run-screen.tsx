import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { RunAlone } from "../../src/wire/runs.ts";
import { runQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { RequestFailure } from "../live/http.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { RunView } from "./run-view.tsx";
import { WORDS } from "../words/runs.ts";

export function RunScreen() {
  const { runId } = useParams({ from: "/runs/$runId" });
  const { beside } = useSearch({ from: "/runs/$runId" });
  return (
    <div className={`h-full ${beside === undefined ? "" : "grid overflow-auto wide:grid-cols-2 wide:overflow-hidden"}`}>
      <OneRun key={runId} runId={runId} isBeside={false} />
      {beside !== undefined && (
        <div className="min-h-0 min-w-0 border-line max-wide:border-t wide:border-l">
          <OneRun key={beside} runId={beside} isBeside />
        </div>
      )}
    </div>
  );
}

function OneRun({ runId, isBeside }: { runId: string; isBeside: boolean }) {
  const { http } = useServices();
  const run = useQuery(runQuery(http, runId));
  if (run.data !== undefined) return <Told run={run.data} isBeside={isBeside} />;
  if (run.error === null) return <Loading what={WORDS.loading} />;
  if (run.error instanceof RequestFailure && run.error.code === "not_found") {
    return (
      <Empty isPage title={WORDS.notHere}>
        {WORDS.whyNotHere}{" "}
        <Link to="/tasks" className="text-accent underline">
          {WORDS.allTasks}
        </Link>
      </Empty>
    );
  }
  return <Failure what={WORDS.notLoaded} error={run.error} retry={() => void run.refetch()} />;
}

/** A run that was over when it was opened is a stretch of the log that nothing can come to; any other is followed. */
function Told({ run, isBeside }: { run: RunAlone; isBeside: boolean }) {
  const [until] = useState(run.lastSeq);
  return <RunView run={run} until={until} isBeside={isBeside} />;
}
