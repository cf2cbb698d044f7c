import { queryOptions, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { listSchema } from "../../src/wire/api.ts";
import { workSchema, type Work } from "../../src/wire/work.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";
import { useMayHere } from "../tools/queries.ts";
import { ago, fullTime, oneLine } from "../ui/format.ts";
import { Failure, Loading } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { StateMark } from "../ui/state.tsx";
import { WORDS } from "../words/work.ts";

const workListSchema = listSchema(workSchema);
/** Nobody is told of other people's work: it is asked for. */
const AGAIN_MS = 5000;

const workQuery = (http: Http) =>
  queryOptions({
    queryKey: ["work"],
    queryFn: ({ signal }) => http.get("/api/work", workListSchema, signal),
    refetchInterval: AGAIN_MS,
  });

/** All running work, for owners and admins: whose, since when and where, and what it is about only where they may see that. */
export function RunningWork() {
  return useMayHere("work.all") ? <List /> : <p className="text-sm">{WORDS.areOwners}</p>;
}

function List() {
  const { http } = useServices();
  const list = useQuery(workQuery(http));
  const now = useNow(10_000);
  return (
    <>
      <p className="text-sm text-muted">{WORDS.intro}</p>
      {list.isPending && <Loading what={WORDS.loading} />}
      {list.data === undefined && list.error !== null && (
        <Failure what={WORDS.failed} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data?.items.length === 0 && <p className="text-sm text-muted">{WORDS.none}</p>}
      {list.data !== undefined && list.data.items.length > 0 && (
        <ul aria-label={WORDS.list} className="divide-y divide-line border-y border-line">
          {list.data.items.map((work, at) => (
            <Row key={at} work={work} now={now} />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ work: { user, kind, state, since, node, shown }, now }: { work: Work; now: number }) {
  return (
    <li data-work={user} className="py-2 text-sm">
      <div className="flex flex-wrap items-center gap-x-3">
        <StateMark state={state} />
        <span className="font-medium [overflow-wrap:anywhere]">{user}</span>
        {shown === null ? (
          <span className="text-muted">{WORDS.kinds[kind]}</span>
        ) : (
          <Link
            to="/runs/$runId"
            params={{ runId: shown.runId }}
            className="min-w-0 text-accent underline [overflow-wrap:anywhere]"
          >
            {oneLine(shown.title, 120)}
          </Link>
        )}
      </div>
      <p className="text-xs text-muted">
        <time dateTime={since} title={fullTime(since)}>
          {WORDS.began(ago(since, now))}
        </time>
        {node !== null && ` · ${WORDS.on(node)}`}
      </p>
    </li>
  );
}
