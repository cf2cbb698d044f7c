import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { CircleMinus, CirclePlus, Merge, PencilLine, Undo2, type LucideIcon } from "lucide-react";
import { useState } from "react";
import type { GraphChange } from "../../src/wire/graph-changes.ts";
import { useServices } from "../app/services.tsx";
import { DiffView } from "../text/diff.tsx";
import { Button } from "../ui/button.tsx";
import { ago, fullTime, oneLine } from "../ui/format.ts";
import { Failure, Loading, Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { Section } from "../ui/section.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/memory.tsx";
import { changeLines } from "./change-lines.ts";
import { changesQuery } from "./change-queries.ts";
import { Undo } from "./undo.tsx";

const ICONS: Readonly<Record<GraphChange["op"], LucideIcon>> = {
  added: CirclePlus,
  changed: PencilLine,
  merged: Merge,
  removed: CircleMinus,
  restored: Undo2,
};

/** What became of a node, its links and facts, the newest first: by which run or by whom, as a diff, and undone. */
export function History({ nodeId }: { nodeId: string }) {
  const { http } = useServices();
  const list = useInfiniteQuery(changesQuery(http, nodeId));
  const changes = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const now = useNow(60_000);
  return (
    <Section id="history" title={WORDS.history}>
      {list.isPending && <Loading what={WORDS.loadingHistory} />}
      {list.data === undefined && list.error !== null && (
        <Failure what={WORDS.historyNotLoaded} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data !== undefined && changes.length === 0 && <p className="text-sm text-muted">{WORDS.noHistory}</p>}
      {changes.length > 0 && (
        <ul aria-label={WORDS.history} className="divide-y divide-line border-y border-line">
          {changes.map((change) => (
            <Change key={change.id} change={change} now={now} />
          ))}
        </ul>
      )}
      {list.hasNextPage && (
        <Button className="mt-3" disabled={list.isFetching} onClick={() => void list.fetchNextPage()}>
          {list.isFetchingNextPage ? COMMON.loading : COMMON.showMore}
        </Button>
      )}
      {list.isFetchNextPageError && <Problem error={list.error} />}
    </Section>
  );
}

function Change({ change, now }: { change: GraphChange; now: number }) {
  const { id, op, thing, name, at, parts = 0, partOf, undone = false } = change;
  const Icon = ICONS[op];
  const word = COMMON.ops[op];
  const [isOpen, setOpen] = useState(false);
  return (
    <li data-change={id} data-op={op} className="py-1.5 text-sm">
      <div className="flex flex-wrap items-center gap-x-2">
        <Icon aria-hidden="true" className="size-4 shrink-0 text-muted" />
        <span className={`font-medium ${undone ? "line-through" : ""}`}>{word}</span>
        <span dir="auto" className="min-w-0 [overflow-wrap:anywhere]">
          {COMMON.things[thing]} {oneLine(name, 120)}
        </span>
        {parts > 0 && <span className="text-xs text-muted">{WORDS.moreThings(parts)}</span>}
        {undone && <span className="text-xs text-muted">{COMMON.undone}</span>}
        <div className="ml-auto flex flex-wrap items-center justify-end gap-x-2 text-xs text-muted">
          <By by={change.by} />
          <time dateTime={at} title={fullTime(at)}>
            {ago(at, now)}
          </time>
          {!undone && partOf === undefined && <Undo id={id} name={WORDS.changeOf(word, oneLine(name, 60))} />}
        </div>
      </div>
      <details className="pl-6" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary className="tap w-fit text-xs text-muted">{COMMON.different}</summary>
        {isOpen && (
          <DiffView label={word} text={changeLines(change.before, change.after, change.names)} form="marked" />
        )}
      </details>
    </li>
  );
}

/** Of a run whose chat one may not see, it is only known whose it was. */
function By({ by: { user, runId, chatId, seq } }: { by: GraphChange["by"] }) {
  if (runId === undefined) return user === undefined ? null : <span>{WORDS.by(user)}</span>;
  const look = "tap inline-flex items-center text-accent underline";
  return (
    <>
      <Link to="/runs/$runId" params={{ runId }} search={seq === undefined ? {} : { at: seq }} className={look}>
        {WORDS.inRun}
      </Link>
      {chatId !== undefined && (
        <Link to="/chats/$chatId" params={{ chatId }} search={seq === undefined ? {} : { at: seq }} className={look}>
          {WORDS.itsChat}
        </Link>
      )}
    </>
  );
}
