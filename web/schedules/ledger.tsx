import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { Occurrence } from "../../src/wire/schedules.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { duration, fullTime } from "../ui/format.ts";
import { Empty, Failure, Loading, Problem } from "../ui/notice.tsx";
import { Worked } from "../ui/worked.tsx";
import { LedgerCheck } from "./ledger-check.tsx";
import { OutcomeMark, reasonWords, tookMs } from "./outcome.tsx";
import { ledgerQuery } from "./queries.ts";
import { timeIn } from "./zone-time.ts";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/schedules.tsx";

/** One row for every due time, whatever became of it, and for each run by hand; the newest first. */
export function Ledger({ name, zone }: { name: string; zone: string }) {
  const { http } = useServices();
  const list = useInfiniteQuery(ledgerQuery(http, name));
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  // Of a long one it is not counted.
  const total = list.data?.pages[0]?.total;
  return (
    <section aria-labelledby="ledger" className="mt-6">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <h2 id="ledger" className="font-semibold">
          {WORDS.history}
        </h2>
        {rows.length > 0 && (
          <span className="text-sm text-muted">{total === undefined ? WORDS.manyRows : WORDS.rows(total)}</span>
        )}
        <LedgerCheck name={name} />
      </div>
      {list.isPending && <Loading what={WORDS.loadingHistory} />}
      {list.data === undefined && list.error !== null && (
        <Failure what={WORDS.historyNotLoaded} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data !== undefined && rows.length === 0 && (
        <Empty isSmall title={WORDS.neverDue} command={`sparky agent schedule run ${name}`}>
          {WORDS.whatHistoryIs}
        </Empty>
      )}
      {rows.length > 0 && <LedgerTable rows={rows} zone={zone} />}
      {list.hasNextPage && (
        <Button className="mt-3" disabled={list.isFetching} onClick={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage
            ? COMMON.loading
            : total === undefined
              ? COMMON.showMore
              : WORDS.showMoreOf(total - rows.length)}
        </Button>
      )}
      {list.isFetchNextPageError && <Problem error={list.error} />}
    </section>
  );
}

function LedgerTable({ rows, zone }: { rows: readonly Occurrence[]; zone: string }) {
  return (
    <table className="mt-2 w-full border-collapse text-sm max-md:block">
      <caption className="sr-only">{WORDS.historyCaption}</caption>
      <thead className="max-md:sr-only">
        <tr className="text-left text-xs text-muted">
          <th className="w-36 py-1.5 pr-3 font-medium">{WORDS.historyColumns.outcome}</th>
          <th className="w-52 py-1.5 pr-3 font-medium">{WORDS.historyColumns.due}</th>
          <th className="w-28 py-1.5 pr-3 font-medium">{WORDS.historyColumns.started}</th>
          <th className="w-20 py-1.5 pr-3 font-medium">{WORDS.historyColumns.took}</th>
          <th className="py-1.5 pr-3 font-medium">{WORDS.historyColumns.why}</th>
          <th className="w-32 py-1.5 font-medium">{WORDS.historyColumns.task}</th>
        </tr>
      </thead>
      <tbody className="max-md:block">
        {rows.map((row) => (
          <LedgerRow key={`${row.dueAt} ${row.taskId}`} row={row} zone={zone} />
        ))}
      </tbody>
    </table>
  );
}

function LedgerRow({ row, zone }: { row: Occurrence; zone: string }) {
  const reason = reasonWords(row);
  const took = tookMs(row);
  return (
    <tr
      data-outcome={row.outcome}
      data-due={row.dueAt}
      className="border-t border-line align-top max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:py-2"
    >
      <td className="py-1.5 pr-3 max-md:p-0">
        <OutcomeMark occurrence={row} />
      </td>
      <td className="py-1.5 pr-3 max-md:p-0">
        <Due row={row} zone={zone} />
      </td>
      <td className="py-1.5 pr-3 text-muted tabular-nums max-md:p-0">
        {row.startedAt !== null && <Started row={row} />}
      </td>
      <td className="py-1.5 pr-3 text-muted tabular-nums max-md:p-0">
        {took !== null
          ? duration(took)
          : row.outcome === "running" &&
            row.workedMs !== null && <Worked run={{ workingSince: row.workingSince, workedMs: row.workedMs }} />}
      </td>
      <td
        className={`py-1.5 pr-3 [overflow-wrap:anywhere] max-md:w-full max-md:p-0 ${row.outcome === "failed" ? "text-bad" : "text-muted"}`}
      >
        {reason}
      </td>
      <td className="py-1.5 max-md:p-0">
        {row.taskId !== null && (
          <Link to="/tasks" search={{ id: row.taskId }} className="tap inline-flex items-center text-accent underline">
            {WORDS.taskOf(row.taskId.slice(0, 8))}
          </Link>
        )}
      </td>
    </tr>
  );
}

/** An instant, on the schedule's own clock on hover; or the many for which one row stands. */
function Due({ row, zone }: { row: Occurrence; zone: string }) {
  const time = (at: string) => (
    <time dateTime={at} title={`${timeIn(at, zone)} ${zone}`}>
      {fullTime(at)}
    </time>
  );
  return (
    <>
      {row.until === null ? time(row.dueAt) : WORDS.fromTo(time(row.dueAt), time(row.until))}
      {row.count > 1 && <span className="font-medium">{` · ${WORDS.dueTimes(row.count)}`}</span>}
      {row.manual && (
        <span className="ml-1.5 rounded-full border border-line px-1.5 text-xs text-muted">{WORDS.byHand}</span>
      )}
    </>
  );
}

/** How long after it was due: what was late shows by itself. */
function Started({ row }: { row: Occurrence }) {
  const started = row.startedAt ?? row.dueAt;
  const after = Date.parse(started) - Date.parse(row.dueAt);
  return (
    <time dateTime={started} title={fullTime(started)}>
      <span className="md:hidden">{WORDS.started}</span>
      {WORDS.later(duration(after))}
    </time>
  );
}
