import { Link } from "@tanstack/react-router";
import { Tag, Users } from "lucide-react";
import type { ComponentProps } from "react";
import type { Chat } from "../../src/wire/api.ts";
import { ago, fullTime, plain } from "../ui/format.ts";
import { ChatMark, markOf, Origin } from "./chat-mark.tsx";
import { ChatMenu } from "./chat-menu.tsx";
import { WORDS } from "../words/chats.ts";

export interface ChatsFilter {
  readonly archived?: true | undefined;
  readonly origin?: Chat["origin"] | undefined;
  readonly find?: string | undefined;
  readonly tag?: string | undefined;
}

interface Props {
  readonly chat: Chat;
  readonly isOpen: boolean;
  readonly now: number;
  /** What the list is narrowed to stays in the address. */
  readonly filter: ChatsFilter;
  /** It waits for a person. */
  readonly asks: boolean;
  /** Several are being chosen. */
  readonly box: ComponentProps<"input"> | null;
}

const TAGS_SHOWN = 2;

/** One chat of the list. */
export function ChatItem({ chat, isOpen, now, filter, asks, box }: Props) {
  const mark = markOf(chat, isOpen);
  const { preview } = chat;
  const unread = isOpen ? 0 : (preview?.unread ?? 0);
  return (
    <li className={`flex items-center rounded-md ${isOpen ? "bg-accent-soft" : "hover:bg-sunken"}`}>
      {box !== null && (
        <label className="tap inline-flex items-center justify-center self-stretch pl-2 select-none">
          <span className="sr-only">
            {WORDS.choose}
            {chat.title}
          </span>
          <input {...box} className="size-4 accent-accent" />
        </label>
      )}
      <Link
        to="/chats/$chatId"
        params={{ chatId: chat.id }}
        search={filter}
        data-chat-id={chat.id}
        data-mark={mark ?? "none"}
        aria-current={isOpen ? "page" : undefined}
        className="tap flex min-w-0 flex-1 items-center gap-2 px-2 py-1.5"
      >
        <span className="min-w-0 flex-1">
          <span className="flex items-baseline gap-2">
            <span
              dir="auto"
              className={`min-w-0 flex-1 truncate text-sm ${unread > 0 || mark === "unread" ? "font-semibold" : ""}`}
            >
              {chat.title}
            </span>
            <time
              dateTime={chat.lastEventAt}
              title={fullTime(chat.lastEventAt)}
              className="shrink-0 text-xs text-muted"
            >
              {ago(chat.lastEventAt, now)}
            </time>
          </span>
          <span className="flex items-center gap-2 text-xs text-muted">
            <Origin origin={chat.origin} />
            <Owner chat={chat} />
            <Tags tags={preview?.tags ?? []} />
            {preview?.lastLine != null && (
              <span dir="auto" className="min-w-0 flex-1 truncate">
                {plain(preview.lastLine)}
              </span>
            )}
          </span>
        </span>
        {unread > 0 && (
          <span
            data-unread={unread}
            className="shrink-0 rounded-full bg-accent px-1.5 text-xs font-semibold text-accent-ink tabular-nums"
          >
            {unread > 99 ? "99+" : unread}
            <span className="sr-only">{WORDS.unread}</span>
          </span>
        )}
        {!(mark === "unread" && unread > 0) && <ChatMark mark={mark} asks={asks} />}
      </Link>
      <ChatMenu
        chatId={chat.id}
        title={chat.title}
        isArchived={chat.archived}
        row={{
          isPinned: preview?.pinned ?? false,
          tags: preview?.tags ?? [],
          unseen: chat.head > chat.seen ? chat.head : null,
        }}
        canWrite={chat.canWrite}
      />
    </li>
  );
}

/** Whose it is, where somebody shares it; that the agent's work is the agent's is told by its origin. */
function Owner({ chat: { owner, origin } }: { chat: Chat }) {
  if (owner === undefined || origin !== "user") return null;
  return (
    <span data-owner={owner} className="inline-flex max-w-[60%] min-w-0 shrink-0 items-center gap-1">
      <Users aria-hidden="true" className="size-3.5 shrink-0" />
      <span className="truncate">{WORDS.sharedBy(owner)}</span>
    </span>
  );
}

function Tags({ tags }: { tags: readonly string[] }) {
  if (tags.length === 0) return null;
  const more = tags.length - TAGS_SHOWN;
  return (
    <span title={tags.join(", ")} className="inline-flex min-w-0 max-w-[60%] shrink-0 items-center gap-1">
      <Tag aria-hidden="true" className="size-3.5 shrink-0" />
      <span className="sr-only">{WORDS.tags}</span>
      <span dir="auto" className="truncate">
        {tags.slice(0, TAGS_SHOWN).join(", ")}
        {more > 0 && WORDS.andMore(more)}
      </span>
    </span>
  );
}
