import { Link, useParams, useSearch } from "@tanstack/react-router";
import { Archive, ArrowLeft, Eye } from "lucide-react";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { RunView } from "../../src/core/run-state.ts";
import { shorten } from "../../src/core/text.ts";
import { useChat, useConnection, useOutbox, useServices } from "../app/services.tsx";
import { Origin } from "../chats/chat-mark.tsx";
import { ChatMenu } from "../chats/chat-menu.tsx";
import { hasOlder } from "../live/chat-log.ts";
import type { ChatSnapshot } from "../live/chat-watch.ts";
import { count } from "../ui/format.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { stateWord } from "../ui/state.tsx";
import { ThreadActionsProvider } from "./actions.ts";
import { Composer } from "./composer.tsx";
import { useShowsAll } from "./event-filter.ts";
import { placesOf } from "./places.ts";
import { toRows } from "./rows.ts";
import { lastEndedIn, questionBefore, useTryAgain } from "./try-again.ts";
import { currentRun, RunBar } from "./run-bar.tsx";
import { useSeen } from "./seen.ts";
import { ThreadList } from "./thread-list.tsx";

export function ThreadScreen() {
  const { chatId } = useParams({ from: "/chats/$chatId" });
  const { chats } = useServices();
  const snapshot = useChat(chatId);
  switch (snapshot.phase) {
    case "loading":
      return <Loading what="Loading the chat…" />;
    case "gone":
      return (
        <Empty isPage title="This chat is not here">
          It was deleted, or you may not see it.{" "}
          <Link to="/chats" className="text-accent underline">
            All chats
          </Link>
        </Empty>
      );
    case "failed":
      return (
        <Failure
          what="The chat could not be loaded"
          error={snapshot.error}
          retry={() => void chats.get(chatId).load()}
        />
      );
    case "ready":
      return <Thread key={chatId} chatId={chatId} snapshot={snapshot} />;
  }
}

function Thread({ chatId, snapshot }: { chatId: string; snapshot: Extract<ChatSnapshot, { phase: "ready" }> }) {
  const { chats, outbox } = useServices();
  const { chat, log, isLive } = snapshot;
  const { view, transcript } = log;
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
  const showsAll = useShowsAll();
  const rows = toRows({ entries: transcript.entries, parts: log.open.parts, outbox: unsent, runOf, showsAll });
  useSeen(chatId, transcript.last, isAtEnd && isLive && transcript.last > chat.seen);

  const archiving = log.events.findLast((event) => event.type === "chat" && event.data.change === "archived");
  const isArchived =
    archiving?.type === "chat" && archiving.data.change === "archived" ? archiving.data.archived : chat.archived;
  const tokens = view.inputTokens + view.outputTokens;
  const isBusy = log.open.parts.length > 0;
  const lastRunId = lastEndedIn(transcript.entries);
  const tryAgain = useTryAgain(chatId, transcript.entries);
  const actions = useMemo(
    () => ({
      chatId,
      canWrite: chat.canWrite,
      lastRunId,
      tryAgain,
      questionBefore: (seq: number) => questionBefore(transcript.entries, seq),
      places: placesOf(transcript.entries),
    }),
    [chatId, chat.canWrite, lastRunId, tryAgain, transcript.entries],
  );
  return (
    <div className="flex h-full flex-col">
      <title>{`${view.title || chat.title} · Sparky`}</title>
      <header className="flex shrink-0 items-center gap-3 border-b border-line px-4 py-2">
        <Link
          to="/chats"
          aria-label="All chats"
          className="tap -ml-2 inline-flex items-center justify-center md:hidden"
        >
          <ArrowLeft aria-hidden="true" className="size-5" />
        </Link>
        <div className="min-w-0 flex-1">
          <h1 className="truncate font-semibold">{view.title || chat.title}</h1>
          <p className="flex items-center gap-3 text-xs text-muted">
            <Origin origin={chat.origin} />
            {isArchived && (
              <span className="inline-flex items-center gap-1">
                <Archive aria-hidden="true" className="size-3.5" /> archived
              </span>
            )}
            {!chat.canWrite && (
              <span className="inline-flex items-center gap-1">
                <Eye aria-hidden="true" className="size-3.5" /> you may watch
              </span>
            )}
            {tokens > 0 && <span>{count(tokens)} tokens</span>}
            {view.costUsd !== null && <span>${view.costUsd.toFixed(2)}</span>}
            <span data-live={isLive && isConnected}>
              {isLive && isConnected
                ? showsAll && `live · at #${transcript.last}`
                : `${isConnected ? "catching up from" : "as of"} #${transcript.last}`}
            </span>
          </p>
        </div>
        {chat.canWrite && (
          <ChatMenu chatId={chatId} title={view.title || chat.title} isArchived={isArchived} model={chat.model} />
        )}
      </header>
      <ThreadActionsProvider value={actions}>
        <ThreadList
          rows={rows}
          first={transcript.first}
          at={at}
          last={transcript.last}
          isBusy={isBusy}
          older={hasOlder(log) ? snapshot.older : "none"}
          onOlder={loadOlder}
          onAtEnd={setAtEnd}
        />
      </ThreadActionsProvider>
      <Announcer snapshot={snapshot} />
      <RunBar view={view} parts={log.open.parts} canStop={chat.canWrite} />
      {chat.canWrite ? (
        <Composer draftKey={chatId} onSend={(text) => outbox.send(chatId, text)} />
      ) : (
        <p className="px-4 py-3 text-center text-sm text-muted">You may watch this chat, not write in it.</p>
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
      {run !== null ? `The agent: ${stateWord(run.state)}` : `${ended} ${said}`}
    </p>
  );
}

function keysOf(events: Extract<ChatSnapshot, { phase: "ready" }>["log"]["events"]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const event of events) if (event.type === "message" && event.data.key !== undefined) keys.add(event.data.key);
  return keys;
}
