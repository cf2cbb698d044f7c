import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Archive, ArrowLeft, CirclePause, Cpu, Eye, Users } from "lucide-react";
import { useState } from "react";
import type { ChatView } from "../../src/core/chat-view.ts";
import { chatSchema, type Chat } from "../../src/wire/api.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { useStatus } from "../app/told.ts";
import { Origin } from "../chats/chat-mark.tsx";
import { ChatMenu } from "../chats/chat-menu.tsx";
import type { ChatLog } from "../live/chat-log.ts";
import { ShareButton } from "../shares/share-button.tsx";
import { ShareDialog } from "../shares/share-dialog.tsx";
import { Button } from "../ui/button.tsx";
import { count, dollars } from "../ui/format.ts";
import { lastShareChange } from "./as-changed.ts";
import { ContextDetails } from "./context-details.tsx";
import { contextWords, Ring } from "./context-ring.tsx";
import { ModelButton } from "./model-button.tsx";
import { ModelPicker, type ModelChange } from "./model-picker.tsx";
import { WORDS } from "../words/thread.ts";

interface Props {
  readonly chat: Chat;
  readonly log: ChatLog;
  /** How far what is shown goes: `live · at #311`; empty: nothing is to be said. */
  readonly reach: string;
  readonly isLive: boolean;
  /** Who watches it now, oneself among them. */
  readonly watching: readonly string[];
}

/** What a chat is: its name, and with which model, how full, for how much. On a phone all but the name is in the menu. */
export function ThreadHeader({ chat, log, reach, isLive, watching }: Props) {
  const { http, queries } = useServices();
  const [shows, setShows] = useState<"model" | "context" | "shares" | null>(null);
  const { view } = log;
  const title = view.title || chat.title;
  const { model, effort, recall } = chat;
  const own = useOwnModel();
  const name = effort === null ? (model ?? own) : `${model ?? own} · ${effort}`;
  const used = usedInWords(view);
  const words = contextWords(view.lastCall);
  const close = (): void => setShows(null);
  const use = async (changes: ModelChange): Promise<void> => {
    await http.send("PATCH", `/api/chats/${encodeURIComponent(chat.id)}`, changes, chatSchema);
    void queries.invalidateQueries({ queryKey: ["chats"] });
  };
  const shares = { chatId: chat.id, at: lastShareChange(log), onOpen: () => setShows("shares") };
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
          {chat.owner !== undefined && (
            <span className="inline-flex items-center gap-1">
              <Users aria-hidden="true" className="size-3.5" />
              {WORDS.sharedBy(chat.owner)}
            </span>
          )}
          {chat.archived && (
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
          <Watching names={watching} />
          {used !== null && <span className="max-md:hidden">{used}</span>}
          <span data-live={isLive}>{reach}</span>
        </p>
      </div>
      {chat.canWrite ? (
        <ModelButton name={name} className="max-w-56 max-md:hidden" onOpen={() => setShows("model")} />
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
      <ShareButton {...shares} />
      <ChatMenu
        chatId={chat.id}
        title={title}
        isArchived={chat.archived}
        canWrite={chat.canWrite}
        recalls={recall}
        opensMemory={chat.othersRead === true ? (chat.openMemory ?? false) : undefined}
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
              <span className="text-left [overflow-wrap:anywhere]">{WORDS.model(name)}</span>
            </Button>
            {view.lastCall !== null && (
              <Button kind="quiet" className="w-full justify-start" onClick={() => setShows("context")}>
                <Ring call={view.lastCall} />
                <span className="text-left">{words}</span>
              </Button>
            )}
            <ShareButton isItem {...shares} />
            {used !== null && <p className="px-3 py-1 text-xs text-muted">{used}</p>}
          </div>
        }
      />
      {shows === "shares" && <ShareDialog chatId={chat.id} at={shares.at} onClose={close} />}
      {shows === "model" && <ModelPicker model={model} effort={effort} onUse={use} onClose={close} />}
      {shows === "context" && view.lastCall !== null && (
        <ContextDetails
          chatId={chat.id}
          canWrite={chat.canWrite}
          call={view.lastCall}
          view={view}
          summary={summaryIn(log)}
          onClose={close}
        />
      )}
    </header>
  );
}

/** Who else is here. */
function Watching({ names }: { names: readonly string[] }) {
  const { http } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const others = names.filter((name) => name !== me?.name);
  if (others.length === 0) return null;
  return (
    <span
      data-watching={others.join(" ")}
      title={WORDS.watching(others)}
      className="inline-flex min-w-0 items-center gap-1"
    >
      <Eye aria-hidden="true" className="size-3.5 shrink-0" />
      <span className="truncate">{WORDS.watching(others)}</span>
    </span>
  );
}

/** The model of chats that have chosen none. */
function useOwnModel(): string {
  return useStatus().data?.model ?? "…";
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
