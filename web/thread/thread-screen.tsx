import { useQuery } from "@tanstack/react-query";
import { Link, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { RunView } from "../../src/core/run-state.ts";
import { shorten } from "../../src/core/text.ts";
import { meQuery } from "../app/queries.ts";
import { useChat, useConnection, useOutbox, useServices } from "../app/services.tsx";
import { hasOlder } from "../live/chat-log.ts";
import type { ChatSnapshot } from "../live/chat-watch.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { stateWord } from "../ui/state.tsx";
import { ThreadActionsProvider } from "./actions.ts";
import { asChanged } from "./as-changed.ts";
import { Composer } from "./composer.tsx";
import { useEventFilter } from "./event-filter.ts";
import { KeptWords } from "./kept-words.tsx";
import { usePlaces } from "./places.ts";
import { toRows } from "./rows.ts";
import { lastEndedIn, loadQuestion, questionBefore, useTryAgain } from "./try-again.ts";
import { currentRun, RunBar } from "./run-bar.tsx";
import { useSeen } from "./seen.ts";
import { sendWords } from "./send-words.ts";
import { titlesIn } from "./things.tsx";
import { ThreadHeader } from "./thread-header.tsx";
import { ThreadList } from "./thread-list.tsx";
import { WORDS } from "../words/thread.ts";

export function ThreadScreen() {
  const { chatId } = useParams({ from: "/chats/$chatId" });
  const { chats } = useServices();
  const snapshot = useChat(chatId);
  switch (snapshot.phase) {
    case "loading":
      return <Loading what={WORDS.loading} />;
    case "gone":
      return <Gone chatId={chatId} was={snapshot.was} />;
    case "failed":
      return <Failure what={WORDS.notLoaded} error={snapshot.error} retry={() => void chats.get(chatId).load()} />;
    case "ready":
      return <Thread key={chatId} chatId={chatId} snapshot={snapshot} />;
  }
}

/** Somebody else's was shared with this person until now; that it is not any more is no failure. */
function Gone({ chatId, was }: Pick<Extract<ChatSnapshot, { phase: "gone" }>, "was"> & { chatId: string }) {
  const owner = was?.owner;
  return (
    <div role="status">
      <Empty isPage title={owner === undefined ? WORDS.notHere : WORDS.notShared}>
        {owner === undefined ? WORDS.whyNotHere : WORDS.whyNotShared(owner)}{" "}
        <Link to="/chats" className="text-accent underline">
          {WORDS.allChats}
        </Link>
      </Empty>
      <KeptWords chatId={chatId} withUnsent />
    </div>
  );
}

function Thread({ chatId, snapshot }: { chatId: string; snapshot: Extract<ChatSnapshot, { phase: "ready" }> }) {
  const { chats, outbox, http } = useServices();
  const { log, isLive } = snapshot;
  const { view, transcript } = log;
  const myId = useQuery(meQuery(http)).data?.id;
  const chat = useMemo(() => asChanged(snapshot.chat, log, myId), [snapshot.chat, log, myId]);
  const allUnsent = useOutbox();
  const isConnected = useConnection().state === "live";
  const [isAtEnd, setAtEnd] = useState(true);
  const { at } = useSearch({ from: "/chats/$chatId" });
  const loadOlder = useCallback(() => void chats.get(chatId).loadOlder(), [chats, chatId]);

  const arrived = useMemo(() => keysOf(log.events), [log.events]);
  useEffect(() => outbox.arrived(chatId, transcript.last, arrived), [outbox, chatId, transcript.last, arrived]);
  const unsent = allUnsent.filter(
    (item) =>
      item.chatId === chatId && !arrived.has(item.key) && !(item.seq !== undefined && item.seq <= transcript.last),
  );
  const runOf = (id: string): RunView | undefined => view.runs.get(id) ?? transcript.runs.get(id);
  const filter = useEventFilter();
  const { parts, progress } = log.open;
  const rows = toRows({ entries: transcript.entries, parts, progress, outbox: unsent, runOf, filter });
  useSeen(chatId, transcript.last, isAtEnd && isLive && transcript.last > chat.seen);

  const isBusy = parts.length > 0;
  const lastRunId = lastEndedIn(transcript.entries);
  const tryAgain = useTryAgain(chatId, transcript.entries);
  const { places, relatives } = usePlaces(chatId, transcript.entries);
  const hasMore = hasOlder(log);
  const titles = useMemo(() => titlesIn(log.events), [log.events]);
  const actions = useMemo(
    () => ({
      chatId,
      canWrite: chat.canWrite,
      lastRunId,
      tryAgain,
      questionBefore: (seq: number) => {
        const found = questionBefore(transcript.entries, seq);
        return found === undefined && !hasMore ? null : found;
      },
      loadQuestion: (seq: number) => loadQuestion(http, chatId, seq),
      places,
      relatives,
      titles,
    }),
    [http, chatId, chat.canWrite, lastRunId, tryAgain, transcript.entries, hasMore, places, relatives, titles],
  );
  return (
    <div className="flex h-full flex-col">
      <title>{WORDS.windowTitle(view.title || chat.title)}</title>
      <ThreadHeader
        chat={chat}
        log={log}
        isLive={isLive && isConnected}
        watching={isConnected ? snapshot.watching : []}
        reach={
          isLive && isConnected
            ? filter.bookkeeping
              ? WORDS.liveAt(transcript.last)
              : ""
            : isConnected
              ? WORDS.catchingUp(transcript.last)
              : WORDS.asOf(transcript.last)
        }
      />
      <ThreadActionsProvider value={actions}>
        <ThreadList
          rows={rows}
          first={transcript.first}
          at={at}
          isBusy={isBusy}
          older={hasMore ? snapshot.older : "none"}
          onOlder={loadOlder}
          onAtEnd={setAtEnd}
        />
      </ThreadActionsProvider>
      <Announcer snapshot={snapshot} />
      <RunBar view={view} parts={parts} canStop={chat.canWrite} />
      {chat.canWrite ? (
        <Composer
          draftKey={chatId}
          chatId={chatId}
          note={sendWords(currentRun(view), isConnected)}
          onSend={(text, files) => outbox.send(chatId, text, files)}
        />
      ) : (
        <>
          <p className="px-4 py-3 text-center text-sm text-muted">{WORDS.mayOnlyWatch}</p>
          <KeptWords chatId={chatId} />
        </>
      )}
    </div>
  );
}

/** What a screen reader hears: states in words, and each finished answer once; never token by token. */
function Announcer({ snapshot }: { snapshot: Extract<ChatSnapshot, { phase: "ready" }> }) {
  const { view, transcript } = snapshot.log;
  const run = currentRun(view);
  const lastEntry = transcript.entries.at(-1);
  const ended = lastEntry?.kind === "event" && lastEntry.event.type === "status" ? lastEntry.event.data.message : "";
  const answer = transcript.entries.findLast(
    ({ kind, event }: { kind: string; event?: { type: string } }) => kind === "event" && event?.type === "message",
  );
  const said =
    answer?.kind === "event" && answer.event.type === "message" && answer.event.data.role === "assistant"
      ? shorten(answer.event.data.text, 300)
      : "";
  return (
    <p role="status" className="sr-only">
      {run !== null ? WORDS.agentIs(stateWord(run.state)) : WORDS.ended(ended, said)}
    </p>
  );
}

function keysOf(events: Extract<ChatSnapshot, { phase: "ready" }>["log"]["events"]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const event of events) if (event.type === "message" && event.data.key !== undefined) keys.add(event.data.key);
  return keys;
}
