import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { AtSign, CheckCheck } from "lucide-react";
import { useState } from "react";
import { awayMarkedSchema, type Away as AwayList, type AwayItem } from "../../src/wire/away.ts";
import type { Shown } from "../../src/wire/state-words.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { ago, agoInWords, count, fullTime, oneLine } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { Section } from "../ui/section.tsx";
import { StateMark } from "../ui/state.tsx";
import { awayGroups, type AwayGroup } from "./away-groups.ts";
import { WORDS } from "../words/home.ts";

const LOOKS: Readonly<
  Record<Exclude<AwayItem["kind"], "mentioned">, { readonly state: Shown; readonly word?: string }>
> = {
  completed: { state: "completed" },
  failed: { state: "failed" },
  cancelled: { state: "cancelled" },
  recovered: { state: "interrupted", word: WORDS.awayKinds.recovered },
  asks: { state: "asks", word: WORDS.awayKinds.asks },
  notice: { state: "flawed", word: WORDS.awayKinds.notice },
  waits: { state: "waiting" },
  skipped: { state: "skipped" },
  paused: { state: "waiting", word: WORDS.awayKinds.paused },
};
const PAGE = 10;

/** What happened in chats since this person saw them last, each with a link to its place. */
export function Away({ away, open }: { away: AwayList; open: ReadonlySet<string> }) {
  const now = useNow(30_000);
  const [most, setMost] = useState(PAGE);
  // What still waits for an answer stands above, to be answered there.
  const groups = awayGroups(away.items.filter((item) => !open.has(item.approvalId ?? item.questionId ?? "")));
  if (groups.length === 0) return null;
  return (
    <Section id="away" title={WORDS.away} beside={<MarkSeen away={away} />}>
      <Totals away={away} />
      <ul className="mt-1 divide-y divide-line">
        {groups.slice(0, most).map((group) => (
          <Group key={`${group.item.chatId} ${group.item.seq}`} group={group} now={now} />
        ))}
      </ul>
      {groups.length > most && (
        <Button className="mt-2" onClick={() => setMost(most + PAGE)}>
          {WORDS.showMore(groups.length - most)}
        </Button>
      )}
      {!away.complete && <p className="mt-2 text-sm text-muted">{WORDS.more}</p>}
    </Section>
  );
}

function Totals({ away: { totals } }: { away: AwayList }) {
  const tokens = totals.inputTokens + totals.outputTokens;
  const facts = [
    totals.failed > 0 && WORDS.totals.failed(totals.failed),
    totals.completed > totals.flawed && WORDS.totals.completed(totals.completed - totals.flawed),
    totals.flawed > 0 && WORDS.totals.flawed(totals.flawed),
    totals.cancelled > 0 && WORDS.totals.cancelled(totals.cancelled),
    totals.recovered > 0 && WORDS.totals.recovered(totals.recovered),
    totals.skipped > 0 && WORDS.totals.skipped(totals.skipped),
    totals.paused > 0 && WORDS.totals.paused(totals.paused),
    totals.mentioned > 0 && WORDS.totals.mentioned(totals.mentioned),
    totals.notice > 0 && WORDS.totals.notice(totals.notice),
    totals.asks > 0 && WORDS.totals.asks(totals.asks),
    totals.waits > 0 && WORDS.totals.waits(totals.waits),
    tokens > 0 && WORDS.tokens(count(tokens)),
    totals.costUsd !== null && `$${totals.costUsd.toFixed(2)}`,
  ];
  return <p className="text-sm text-muted">{facts.filter((fact) => fact !== false).join(" · ")}</p>;
}

function Group({ group: { item, n }, now }: { group: AwayGroup; now: number }) {
  return (
    <li data-away={item.kind} data-away-times={n} className="py-1">
      <Link
        to="/chats/$chatId"
        params={{ chatId: item.chatId }}
        search={{ at: item.seq }}
        className="tap flex flex-wrap items-center gap-x-3 rounded-md py-0.5 hover:bg-panel"
      >
        <span className="min-w-24 shrink-0 text-sm sm:min-w-36">
          <Mark item={item} />
        </span>
        <span dir="auto" className="min-w-0 flex-1 basis-32 truncate">
          {oneLine(item.title, 120)}
          {n > 1 && <span className="text-muted">{WORDS.times(n)}</span>}
        </span>
        <time dateTime={item.at} title={fullTime(item.at)} className="shrink-0 text-xs text-muted">
          {n > 1 ? WORDS.last(agoInWords(item.at, now)) : ago(item.at, now)}
        </time>
        {item.reason !== null && (
          <span
            dir="auto"
            className={`w-full text-sm [overflow-wrap:anywhere] sm:pl-39 ${item.kind === "failed" ? "text-bad" : "text-muted"}`}
          >
            {oneLine(item.reason, 300)}
          </span>
        )}
      </Link>
    </li>
  );
}

function Mark({ item: { kind, reason } }: { item: AwayItem }) {
  if (kind === "mentioned") {
    return (
      <span className="inline-flex items-center gap-1.5 font-medium whitespace-nowrap text-accent">
        <AtSign aria-hidden="true" className="size-4 shrink-0" />
        {WORDS.awayKinds.mentioned}
      </span>
    );
  }
  return kind === "completed" && reason !== null ? <StateMark state="flawed" /> : <StateMark {...LOOKS[kind]} />;
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
      <Button kind="quiet" className="px-2 py-0.5" disabled={mark.isPending} onClick={() => mark.mutate()}>
        <CheckCheck aria-hidden="true" className="size-4" />
        {mark.isPending ? WORDS.marking : WORDS.markSeen}
      </Button>
      {mark.error !== null && (
        <span role="alert" className="text-sm text-bad">
          {WORDS.notMarked(mark.error.message)}
        </span>
      )}
    </>
  );
}
