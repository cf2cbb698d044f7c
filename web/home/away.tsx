import { useMutation, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CheckCheck } from "lucide-react";
import { useState } from "react";
import { awayMarkedSchema, type Away as AwayList, type AwayItem } from "../../src/wire/away.ts";
import { awayQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { ago, count, fullTime, oneLine } from "../ui/format.ts";
import { Failure, Loading } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { StateMark, type Shown } from "../ui/state.tsx";

const LOOKS: Readonly<Record<AwayItem["kind"], { readonly state: Shown; readonly word?: string }>> = {
  completed: { state: "completed" },
  failed: { state: "failed" },
  cancelled: { state: "cancelled" },
  recovered: { state: "interrupted", word: "Interrupted → resumed" },
  asks: { state: "waiting", word: "Asks you" },
  notice: { state: "completed", word: "Notice" },
  skipped: { state: "skipped" },
  paused: { state: "waiting", word: "Paused" },
};
const PAGE = 20;

/** What happened in chats since this person saw them last, each with a link to its place. */
export function Away() {
  const { http } = useServices();
  const away = useQuery(awayQuery(http));
  const now = useNow(30_000);
  const [most, setMost] = useState(PAGE);
  return (
    <section aria-labelledby="away">
      <div className="flex flex-wrap items-center gap-x-3">
        <h2 id="away" className="font-semibold">
          While you were away
        </h2>
        {away.data !== undefined && away.data.items.length > 0 && <MarkSeen away={away.data} />}
      </div>
      {away.isPending && <Loading what="Looking what happened…" />}
      {away.data === undefined && away.error !== null && (
        <Failure what="What happened could not be loaded" error={away.error} retry={() => void away.refetch()} />
      )}
      {away.data?.items.length === 0 && (
        <p className="text-sm text-muted">Nothing ended, failed or was asked that you have not seen.</p>
      )}
      {away.data !== undefined && away.data.items.length > 0 && <Totals away={away.data} />}
      <ul className="divide-y divide-line">
        {away.data?.items.slice(0, most).map((item) => (
          <Item key={`${item.chatId} ${item.seq}`} item={item} now={now} />
        ))}
      </ul>
      {away.data !== undefined && away.data.items.length > most && (
        <Button className="mt-2" onClick={() => setMost(most + PAGE)}>
          Show more ({away.data.total - most})
        </Button>
      )}
      {away.data?.complete === false && (
        <p className="mt-2 text-sm text-muted">
          There is more than was looked at: mark these as seen to go further back.
        </p>
      )}
    </section>
  );
}

function Totals({ away: { totals } }: { away: AwayList }) {
  const tokens = totals.inputTokens + totals.outputTokens;
  const facts = [
    totals.completed > 0 && `${totals.completed} done`,
    totals.failed > 0 && `${totals.failed} failed`,
    totals.cancelled > 0 && `${totals.cancelled} cancelled`,
    totals.recovered > 0 && `${totals.recovered} recovered after an interruption`,
    totals.skipped > 0 && `${totals.skipped} skipped`,
    totals.paused > 0 && `${totals.paused} paused`,
    totals.notice > 0 && `${totals.notice} ${totals.notice === 1 ? "notice" : "notices"}`,
    totals.asks > 0 && `${totals.asks} asked`,
    tokens > 0 && `${count(tokens)} tokens`,
    totals.costUsd !== null && `$${totals.costUsd.toFixed(2)}`,
  ];
  return <p className="text-sm text-muted">{facts.filter((fact) => fact !== false).join(" · ")}</p>;
}

function Item({ item, now }: { item: AwayItem; now: number }) {
  const { state, word } = LOOKS[item.kind];
  return (
    <li data-away={item.kind} className="py-1.5">
      <Link
        to="/chats/$chatId"
        params={{ chatId: item.chatId }}
        search={{ at: item.seq }}
        className="tap flex flex-wrap items-center gap-x-3 rounded-md px-1 hover:bg-panel"
      >
        <span className="text-sm">
          {word === undefined ? <StateMark state={state} /> : <StateMark state={state} word={word} />}
        </span>
        <span className="min-w-0 flex-1 basis-40 truncate font-medium">{oneLine(item.title, 120)}</span>
        <time dateTime={item.at} title={fullTime(item.at)} className="shrink-0 text-xs text-muted">
          {ago(item.at, now)}
        </time>
        {item.reason !== null && (
          <span
            className={`w-full text-sm [overflow-wrap:anywhere] ${item.kind === "failed" ? "text-bad" : "text-muted"}`}
          >
            {oneLine(item.reason, 300)}
          </span>
        )}
      </Link>
    </li>
  );
}

function MarkSeen({ away }: { away: AwayList }) {
  const { http, queries } = useServices();
  const mark = useMutation({
    mutationFn: () => {
      const chats: Record<string, number> = {};
      for (const { chatId, seq } of away.items) chats[chatId] = Math.max(seq, chats[chatId] ?? 0);
      return http.send("POST", "/api/away/seen", { chats }, awayMarkedSchema);
    },
    onSettled: () => {
      for (const key of ["away", "chats"]) void queries.invalidateQueries({ queryKey: [key] });
    },
  });
  return (
    <>
      <Button kind="quiet" className="px-2 py-1" disabled={mark.isPending} onClick={() => mark.mutate()}>
        <CheckCheck aria-hidden="true" className="size-4" />
        {mark.isPending ? "Marking…" : "Mark all as seen"}
      </Button>
      {mark.error !== null && (
        <span role="alert" className="text-sm text-bad">
          {mark.error.message}. Try again.
        </span>
      )}
    </>
  );
}
