import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Lightbulb, Quote, Waypoints, type LucideIcon } from "lucide-react";
import { useState } from "react";
import type { Recalled, RECALL_KINDS } from "../../src/wire/recall.ts";
import { recallQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { ago, fullTime, oneLine, plain } from "../ui/format.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/memory.tsx";
import { LeftOut } from "./left-out.tsx";
import { Why } from "./why.tsx";

const PAGE = 20;
const MOST = 100;
const EXCERPT = 400;

const ICONS: Readonly<Record<Recalled["kind"], LucideIcon>> = { message: Quote, fact: Lightbulb, node: Waypoints };

/** What is like the words, the best first: each leads to the very message or node. */
export function FoundList({ words, kind }: { words: string; kind: (typeof RECALL_KINDS)[number] | undefined }) {
  const { http } = useServices();
  const [limit, setLimit] = useState(PAGE);
  const found = useQuery(recallQuery(http, words, limit, kind));
  const now = useNow(60_000);
  if (found.data === undefined) {
    return found.error === null ? (
      <Loading what={WORDS.searching} />
    ) : (
      <Failure what={WORDS.notSearched} error={found.error} retry={() => void found.refetch()} />
    );
  }
  const { items, note, indexed, leftOut } = found.data;
  return (
    <>
      <p role="status" className="mt-1 text-xs text-muted">
        {items.length > 0 && WORDS.hits(items.length, note)} {!indexed && WORDS.notIndexed}
      </p>
      {items.length === 0 ? (
        <Empty title={WORDS.nothingLikeIt} command={`sparky recall "${plainWords(words)}"`}>
          {note === undefined ? WORDS.otherWords : WORDS.because(note)}
        </Empty>
      ) : (
        <ul aria-label={WORDS.whatWasFound} className="mt-1 divide-y divide-line border-y border-line">
          {items.map((item) => (
            <Found key={item.id} item={item} now={now} />
          ))}
        </ul>
      )}
      <LeftOut words={leftOut} />
      {items.length >= limit && limit < MOST && (
        <Button className="mt-3" disabled={found.isFetching} onClick={() => setLimit(Math.min(limit + PAGE, MOST))}>
          {COMMON.showMore}
        </Button>
      )}
    </>
  );
}

function Found({ item, now }: { item: Recalled; now: number }) {
  const Icon = ICONS[item.kind];
  return (
    <li data-found={item.id} className="py-2.5 text-sm">
      <div className="flex items-center gap-2.5">
        <Icon aria-hidden="true" className="size-4 shrink-0 text-muted" />
        <p className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
          <Title item={item} />
          <time dateTime={item.at} title={fullTime(item.at)} className="ml-auto text-xs text-muted">
            {ago(item.at, now)}
          </time>
        </p>
      </div>
      <div className="pl-6.5">
        {item.text !== "" && (
          <p dir="auto" className="line-clamp-3 [overflow-wrap:anywhere]">
            {oneLine(plain(item.text), EXCERPT)}
          </p>
        )}
        <Why reasons={item.why} />
      </div>
    </li>
  );
}

function Title({ item }: { item: Recalled }) {
  const look = "tap inline-flex items-center font-medium [overflow-wrap:anywhere] hover:underline";
  if (item.kind !== "message") {
    return (
      <>
        <Link
          to="/memory/nodes/$nodeId"
          params={{ nodeId: item.nodeId }}
          {...(item.kind === "fact" && { hash: `fact-${item.id}` })}
          dir="auto"
          className={look}
        >
          {item.name}
        </Link>
        <span className="text-xs text-muted">{item.kind === "fact" ? WORDS.factKinds[item.factKind] : item.type}</span>
      </>
    );
  }
  const { chatId, seq, author, chatTitle } = item;
  return (
    <Link to="/chats/$chatId" params={{ chatId }} search={{ at: seq }} dir="auto" className={look}>
      {WORDS.saidIn(author, oneLine(chatTitle, 80))}
    </Link>
  );
}

/** As they can stand between double quotes in every shell. */
const plainWords = (words: string): string => oneLine(words.replace(/["$`\\!]/g, " "), 80);
