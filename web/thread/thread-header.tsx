import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Archive, ArrowLeft, CirclePause, Cpu, Eye } from "lucide-react";
import { useState } from "react";
import type { ChatView } from "../../src/core/chat-view.ts";
import type { Chat } from "../../src/wire/api.ts";
import { meQuery, statusQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Origin } from "../chats/chat-mark.tsx";
import { ChatMenu } from "../chats/chat-menu.tsx";
import type { ChatLog } from "../live/chat-log.ts";
import { Button } from "../ui/button.tsx";
import { count, dollars } from "../ui/format.ts";
import { ContextDetails } from "./context-details.tsx";
import { contextWords, Ring } from "./context-ring.tsx";
import { ModelPicker } from "./model-picker.tsx";
import { WORDS } from "../words/thread.ts";

interface Props {
  readonly chat: Chat;
  readonly log: ChatLog;
  /** How far what is shown goes: `live · at #311`; empty: nothing is to be said. */
  readonly reach: string;
  readonly isLive: boolean;
}

/** What a chat is: its name, and with which model, how full, for how much. On a phone all but the name is in the menu. */
export function ThreadHeader({ chat, log, reach, isLive }: Props) {
  const [shows, setShows] = useState<"model" | "context" | null>(null);
  const { view } = log;
  const title = view.title || chat.title;
  const { http } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const { isArchived, model, recall, openMemory } = asChanged(chat, log, me?.id);
  const own = useOwnModel();
  const name = model ?? own;
  const used = usedInWords(view);
  const words = contextWords(view.lastCall);
  const close = (): void => setShows(null);
  return (
    <header className="flex shrink-0 items-center gap-3 border-b border-line px-4 py-2">
      <Link
        to="/chats"
        aria-label={WORDS.allChats}
        className="tap -ml-2 inline-flex items-center justify-center md:hidden"
      >
        <ArrowLeft aria-hidden="true" className="size-5" />
      </Link>
      <div className="min-w-0 flex-1">
        <h1 dir="auto" className="truncate font-semibold">
          {title}
        </h1>
        <p className="flex items-center gap-3 text-xs text-muted">
          <Origin origin={chat.origin} />
          {isArchived && (
            <span className="inline-flex items-center gap-1">
              <Archive aria-hidden="true" className="size-3.5" />
              {WORDS.archived}
            </span>
          )}
          {!recall && (
            <span className="inline-flex items-center gap-1" title={WORDS.memoryPausedMeans}>
              <CirclePause aria-hidden="true" className="size-3.5" />
              {WORDS.memoryPaused}
            </span>
          )}
          {!chat.canWrite && (
            <span className="inline-flex items-center gap-1">
              <Eye aria-hidden="true" className="size-3.5" />
              {WORDS.youMayWatch}
            </span>
          )}
          {used !== null && <span className="max-md:hidden">{used}</span>}
          <span data-live={isLive}>{reach}</span>
        </p>
      </div>
      {chat.canWrite ? (
        <Button
          kind="quiet"
          className="max-w-56 px-2 max-md:hidden"
          aria-label={WORDS.model(name)}
          title={WORDS.whichModel}
          onClick={() => setShows("model")}
        >
          <Cpu aria-hidden="true" className="size-4 shrink-0" />
          <span className="truncate">{name}</span>
        </Button>
      ) : (
        <span className="max-w-56 truncate text-sm text-muted max-md:hidden">{name}</span>
      )}
      {view.lastCall !== null && (
        <Button
          kind="quiet"
          className="px-1.5 max-md:hidden"
          aria-label={words}
          title={words}
          onClick={() => setShows("context")}
        >
          <Ring call={view.lastCall} />
        </Button>
      )}
      <ChatMenu
        chatId={chat.id}
        title={title}
        isArchived={isArchived}
        canWrite={chat.canWrite}
        recalls={recall}
        opensMemory={chat.othersRead === true ? openMemory : undefined}
        top={
          // A dialog that opens closes the menu.
          <div className="md:hidden">
            <Button
              kind="quiet"
              className="w-full justify-start"
              disabled={!chat.canWrite}
              onClick={() => setShows("model")}
            >
              <Cpu aria-hidden="true" className="size-4 shrink-0" />
              <span className="truncate">{WORDS.model(name)}</span>
            </Button>
            {view.lastCall !== null && (
              <Button kind="quiet" className="w-full justify-start" onClick={() => setShows("context")}>
                <Ring call={view.lastCall} />
                <span className="truncate">{words}</span>
              </Button>
            )}
            {used !== null && <p className="px-3 py-1 text-xs text-muted">{used}</p>}
          </div>
        }
      />
      {shows === "model" && <ModelPicker chatId={chat.id} model={model} onClose={close} />}
      {shows === "context" && view.lastCall !== null && (
        <ContextDetails call={view.lastCall} view={view} summary={summaryIn(log)} onClose={close} />
      )}
    </header>
  );
}

/** The model of chats that have chosen none. */
function useOwnModel(): string {
  const { http } = useServices();
  return useQuery(statusQuery(http)).data?.model ?? "…";
}

/** What has changed since the chat was asked for stands in its log. */
function asChanged(chat: Chat, { events }: ChatLog, myId: string | undefined) {
  let { archived: isArchived, model, recall, openMemory = false } = chat;
  for (const { type, data, seq, actor } of events) {
    if (type !== "chat" || seq <= chat.head) continue;
    // Each opens their own.
    if (data.change === "memory" && actor.id === myId) openMemory = data.open;
    if (data.change === "archived") isArchived = data.archived;
    if (data.change === "recall") recall = data.recall;
    if (data.change === "model") model = data.model === "" ? null : data.model;
  }
  return { isArchived, model, recall, openMemory };
}

function summaryIn({ events }: ChatLog): number | null {
  const last = events.findLast(({ type }) => type === "summary");
  return last?.type === "summary" ? last.data.upTo : null;
}

/** A price that nobody knows is not made up: then it is tokens only. */
function usedInWords({ inputTokens, outputTokens, costUsd }: ChatView): string | null {
  const tokens = inputTokens + outputTokens;
  if (tokens === 0) return null;
  return [WORDS.tokens(count(tokens)), ...(costUsd === null ? [] : [dollars(costUsd)])].join(" · ");
}
