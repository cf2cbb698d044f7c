import { queryOptions, useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { listSchema, stoppedSchema } from "../../src/wire/api.ts";
import { shownRun } from "../../src/wire/state-words.ts";
import { workSchema, type Work } from "../../src/wire/work.ts";
import { useServices } from "../app/services.tsx";
import type { Http } from "../live/http.ts";
import { useMayHere } from "../tools/queries.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ago, fullTime, oneLine } from "../ui/format.ts";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
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
          {list.data.items.map((work) => (
            <Row key={work.id} work={work} now={now} />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ work, now }: { work: Work; now: number }) {
  const { user, kind, state, since, node, mayStop, shown: about } = work;
  const shown = shownRun({ ...work, reason: null });
  const [asking, setAsking] = useState(false);
  return (
    <li data-work={user} className="flex items-center gap-3 py-2 text-sm">
      <div className="min-w-0 grow">
        <div className="flex flex-wrap items-center gap-x-3">
          <StateMark
            state={shown}
            // It is for its owner, or whoever may answer there.
            {...(shown === "asks" && { word: WORDS.asks })}
          />
          <span className="font-medium [overflow-wrap:anywhere]">{user}</span>
          {about === null ? (
            <span className="text-muted">{WORDS.kinds[kind]}</span>
          ) : (
            <Link
              to="/runs/$runId"
              params={{ runId: about.runId }}
              className="min-w-0 text-accent underline [overflow-wrap:anywhere]"
            >
              {oneLine(about.title, 120)}
            </Link>
          )}
        </div>
        <p className="text-xs text-muted">
          <time dateTime={since} title={fullTime(since)}>
            {WORDS.began(ago(since, now))}
          </time>
          {node !== null && ` · ${WORDS.on(node)}`}
        </p>
      </div>
      {mayStop && state !== "stopping" && (
        <Button
          aria-label={WORDS.stopThis(user, about === null ? WORDS.kinds[kind] : oneLine(about.title, 120))}
          onClick={() => setAsking(true)}
        >
          {WORDS.stop}
        </Button>
      )}
      {asking && <StopDialog work={work} onClose={() => setAsking(false)} />}
    </li>
  );
}

function StopDialog({ work: { id, user }, onClose }: { work: Work; onClose: () => void }) {
  const { http, queries } = useServices();
  const stop = useMutation({
    mutationFn: () => http.send("POST", `/api/work/${id}/stop`, {}, stoppedSchema),
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ["work"] });
      onClose();
    },
  });
  return (
    <Dialog title={WORDS.stopQuestion(user)} onClose={onClose}>
      <p className="mt-2 text-sm">{WORDS.stopMeans}</p>
      <Problem error={stop.error} />
      <div className="mt-4 flex flex-wrap justify-end gap-2">
        <Button data-first onClick={onClose}>
          {WORDS.cancel}
        </Button>
        <Button kind="danger" disabled={stop.isPending} onClick={() => stop.mutate()}>
          {stop.isPending ? WORDS.stopping : WORDS.stopYes}
        </Button>
      </div>
    </Dialog>
  );
}
