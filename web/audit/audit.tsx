import { BELOW, rolesWith, type Role } from "../../src/core/rights.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { exactLine } from "../../src/core/exact.ts";
import type { AuditEntry } from "../../src/wire/audit.ts";
import { AUDIT_KINDS, type AuditKind } from "../../src/core/audit-kinds.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { ago, fullTime } from "../ui/format.ts";
import { CommandLine, Failure, Loading, Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { auditQuery } from "./queries.ts";
import { WORDS } from "../words/audit.ts";

/** Whose doings one is shown. */
function whose(role: Role): string {
  if (rolesWith("audit.all").includes(role)) return "";
  return BELOW[role].length > 0 ? WORDS.yoursAndBelow : WORDS.onlyYours;
}

/** Who, or which run, did what that counts, the newest first. */
export function Audit() {
  const { http } = useServices();
  const [kind, setKind] = useState<AuditKind | null>(null);
  const me = useQuery(meQuery(http)).data;
  const list = useInfiniteQuery(auditQuery(http, kind));
  const entries = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const now = useNow(60_000);
  return (
    <>
      <p className="text-sm text-muted">
        {WORDS.intro} {me !== undefined && whose(me.role)}
      </p>
      <div className="flex max-w-sm flex-col gap-1">
        <label htmlFor="audit-kind" className="text-sm font-medium">
          {WORDS.kind}
        </label>
        <select
          id="audit-kind"
          value={kind ?? ""}
          onChange={({ target }) => setKind(AUDIT_KINDS.find((each) => each === target.value) ?? null)}
          className="tap w-full rounded-md border border-line-strong bg-page px-2 py-1.5 text-base md:text-body"
        >
          <option value="">{WORDS.all}</option>
          {AUDIT_KINDS.map((each) => (
            <option key={each} value={each}>
              {WORDS.kinds[each]}
            </option>
          ))}
        </select>
      </div>
      {list.isPending && <Loading what={WORDS.loading} />}
      {list.data === undefined && list.error !== null && (
        <Failure what={WORDS.failed} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data !== undefined && entries.length === 0 && (
        <p className="text-sm text-muted">{kind === null ? WORDS.none : WORDS.noneOfKind}</p>
      )}
      {entries.length > 0 && (
        <ul aria-label={WORDS.list} className="divide-y divide-line border-y border-line">
          {entries.map((entry) => (
            <Line key={entry.number} entry={entry} now={now} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button className="self-start" disabled={list.isFetching} onClick={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage ? WORDS.loadingMore : WORDS.more}
        </Button>
      )}
      {list.isFetchNextPageError && <Problem error={list.error} />}
      <div>
        <p className="text-sm text-muted">{WORDS.elsewhere}</p>
        <CommandLine command="sparky audit --jsonl" />
      </div>
    </>
  );
}

function Line({ entry, now }: { entry: AuditEntry; now: number }) {
  const { number, at, kind, by, thing, detail, runId } = entry;
  return (
    <li data-audit={number} data-kind={kind} className="py-1.5 text-sm">
      <div className="flex flex-wrap items-baseline gap-x-2">
        <span className="text-xs text-muted tabular-nums">{number}</span>
        <span className="font-medium">{WORDS.kinds[kind]}</span>
        <span dir="auto" className="min-w-0 [overflow-wrap:anywhere]">
          {exactLine(thing, 120)}
        </span>
        <time dateTime={at} title={fullTime(at)} className="ml-auto shrink-0 text-xs text-muted">
          {ago(at, now)}
        </time>
      </div>
      {detail !== undefined && (
        <p dir="auto" className="text-xs text-muted [overflow-wrap:anywhere]">
          {exactLine(detail, 300)}
        </p>
      )}
      <p className="text-xs text-muted">
        {WORDS.by(by, viaOf(entry))}
        {runId !== undefined && (
          <>
            {" · "}
            <Link to="/runs/$runId" params={{ runId }} className="text-accent underline">
              {runId.slice(0, 8)}
            </Link>
          </>
        )}
      </p>
    </li>
  );
}

function viaOf({ via, runId }: AuditEntry): string {
  if (runId !== undefined) return WORDS.run;
  if (via.startsWith("token:")) return WORDS.token(via.slice("token:".length));
  return new Map<string, string>(Object.entries(WORDS.via)).get(via) ?? via;
}
