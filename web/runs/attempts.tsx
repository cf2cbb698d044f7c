import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Columns2 } from "lucide-react";
import { shownRun } from "../../src/wire/state-words.ts";
import { taskRunsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { StateIcon, stateWord } from "../ui/state.tsx";
import { WORDS } from "../words/runs.ts";

/** The other attempts at the same task: one switches to them, or sees one beside this one. */
export function Attempts({ taskId, runId, beside }: { taskId: string; runId: string; beside: string | undefined }) {
  const { http } = useServices();
  const runs = useQuery(taskRunsQuery(http, taskId)).data?.items ?? [];
  if (runs.length < 2) return null;
  const place = runs.findIndex(({ id }) => id === runId);
  const other = runs[place - 1] ?? runs[place + 1];
  return (
    <nav aria-label={WORDS.attempts} className="flex shrink-0 flex-wrap items-center gap-1 px-4 pt-2 text-sm">
      <span className="mr-1 text-xs text-muted">{WORDS.attempts}</span>
      {runs.map((run, index) => (
        <Link
          key={run.id}
          from="/runs/$runId"
          to="/runs/$runId"
          params={{ runId: run.id }}
          search={(before) => ({ ...before, step: undefined, at: undefined, beside: undefined })}
          data-attempt={index + 1}
          aria-current={run.id === runId ? "page" : undefined}
          className={`tap inline-flex items-center gap-1 rounded-full border px-2.5 py-0.5 ${
            run.id === runId ? "border-accent bg-accent-soft font-medium text-accent" : "border-line hover:bg-sunken"
          }`}
        >
          <StateIcon state={shownRun(run)} className="size-3.5" />
          {index + 1}
          <span className="sr-only">{WORDS.attemptIs(stateWord(shownRun(run)))}</span>
        </Link>
      ))}
      {other !== undefined && (
        <Link
          from="/runs/$runId"
          to="/runs/$runId"
          params={{ runId }}
          search={(before) => ({ ...before, beside: beside === undefined ? other.id : undefined })}
          replace
          className="tap ml-1 inline-flex items-center gap-1 rounded-md px-2 py-0.5 text-muted hover:bg-sunken hover:text-ink"
        >
          <Columns2 aria-hidden="true" className="size-4" />
          {beside === undefined ? WORDS.sideBySide : WORDS.onlyThisOne}
        </Link>
      )}
    </nav>
  );
}
