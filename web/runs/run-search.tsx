import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { runSearchQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { timeOfDay } from "../ui/format.ts";
import { Failure } from "../ui/notice.tsx";
import { WORDS } from "../words/runs.ts";

/** What the server finds in all of the run, however long it is; each opens at its place. */
export function RunSearch({ runId, words }: { runId: string; words: string }) {
  const { http } = useServices();
  const found = useQuery(runSearchQuery(http, runId, words));
  if (found.data === undefined) {
    return found.error === null ? (
      <p className="px-4 py-2 text-sm text-muted">{WORDS.searching}</p>
    ) : (
      <Failure what={WORDS.searchFailed} error={found.error} retry={() => void found.refetch()} />
    );
  }
  const items = found.data.items.flatMap((item) => (item.kind === "event" ? [item] : []));
  return (
    <section
      aria-label={WORDS.found}
      className="max-h-56 shrink-0 overflow-y-auto border-b border-line bg-panel"
      tabIndex={0}
    >
      <p role="status" className="px-4 py-1 text-xs text-muted">
        {items.length === 0 ? WORDS.nothingFound : WORDS.foundSome(items.length, found.data.next !== null)}
        {!found.data.indexed && WORDS.stillIndexing}
      </p>
      <ul>
        {items.map((item) => (
          <li key={item.seq}>
            <Link
              from="/runs/$runId"
              to="/runs/$runId"
              params={{ runId }}
              search={(before) => ({ ...before, step: undefined, at: item.seq, show: undefined })}
              replace
              data-found={item.seq}
              className="tap flex items-baseline gap-2 px-4 py-1 text-sm hover:bg-sunken"
            >
              <span className="w-14 shrink-0 text-xs text-muted">{WORDS.foundIn[item.type]}</span>
              <span className="min-w-0 flex-1 truncate">{item.snippet}</span>
              <span className="shrink-0 text-xs text-muted">{WORDS.placeOf(item.seq, timeOfDay(item.at))}</span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
