import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Chat } from "../../src/wire/api.ts";
import { chatListQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { useOpen } from "../approvals/asked.tsx";
import { Button } from "../ui/button.tsx";
import { ago, dayName, fullTime, plain } from "../ui/format.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { Pill } from "../ui/pill.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { ChatMark, markOf, Origin } from "./chat-mark.tsx";
import { ChatMenu } from "./chat-menu.tsx";

const PAGE = 50;
const MOST_PINNED = 100;

const WHICH = [
  { word: "All", search: { archived: undefined, origin: undefined } },
  { word: "Mine", search: { archived: undefined, origin: "user" } },
  { word: "Tasks", search: { archived: undefined, origin: "task" } },
  { word: "Schedules", search: { archived: undefined, origin: "schedule" } },
  { word: "Archived", search: { archived: true, origin: undefined } },
] as const;

interface Filter {
  readonly archived?: true | undefined;
  readonly origin?: Chat["origin"] | undefined;
  readonly find?: string | undefined;
}

export function ChatList() {
  const { http } = useServices();
  const [limit, setLimit] = useState(PAGE);
  const { archived: isArchived, origin, find } = useSearch({ from: "/chats" });
  const archived = isArchived === true;
  const navigate = useNavigate();
  const filter = { archived, origin, search: find };
  const narrowed: Filter = { archived: isArchived, origin, find };
  const list = useQuery(chatListQuery(http, { ...filter, pinned: false }, limit));
  const pinned = useQuery(chatListQuery(http, { ...filter, pinned: true }, MOST_PINNED)).data?.items ?? [];
  const { chatId: openId } = useParams({ strict: false });
  const now = useNow(30_000);
  const show = (change: Filter): void =>
    void navigate({ to: ".", search: (before) => ({ ...before, ...change }), replace: true });
  const asking = new Set(useOpen().items?.map(({ chatId }) => chatId));
  const isEmpty = list.data?.items.length === 0 && pinned.length === 0;
  const isFiltered = origin !== undefined || find !== undefined;
  const others = groupsOf(list.data?.items ?? [], now);
  const groups = pinned.length === 0 ? others : [{ name: "Pinned", chats: pinned }, ...others];
  return (
    <div className="flex h-full flex-col">
      <div className="flex items-center justify-between gap-2 px-3 py-2">
        <h1 className="text-base font-semibold">Chats</h1>
        <Link
          to="/chats/new"
          className="tap inline-flex items-center gap-1.5 rounded-md border border-line bg-page px-2.5 py-1 text-sm font-medium hover:bg-sunken"
        >
          <Plus aria-hidden="true" className="size-4" />
          New chat
        </Link>
      </div>
      <div className="flex px-3 pb-1.5">
        <SearchBox
          label="Search chats"
          value={find ?? ""}
          onChange={(words) => show({ find: words === "" ? undefined : words })}
        />
      </div>
      <div role="group" aria-label="Which chats" className="flex flex-wrap gap-1 px-3 pb-1">
        {WHICH.map(({ word, search }) => (
          <Pill
            key={word}
            word={word}
            isOn={archived === (search.archived === true) && origin === search.origin}
            onClick={() => show(search)}
          />
        ))}
      </div>
      <nav aria-label="Chats" className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {list.isPending && <Loading what="Loading chats…" />}
        {list.isError && list.data === undefined && (
          <Failure what="The chats could not be loaded" error={list.error} retry={() => void list.refetch()} />
        )}
        {isEmpty && isFiltered && (
          <Empty title="No chat fits">
            <Button className="mt-2" onClick={() => show({ origin: undefined, find: undefined })}>
              Show all
            </Button>
          </Empty>
        )}
        {isEmpty && !isFiltered && archived && <Empty title="No archived chats" />}
        {isEmpty && !isFiltered && !archived && (
          <Empty title="No chats yet" command='sparky agent tasks add "Check knowledge graph stats"'>
            Write to the agent, or give it a task from the terminal.
          </Empty>
        )}
        {groups.map(({ name, chats }) => (
          <section key={name} aria-label={name}>
            <h2 className="px-2 pt-2 pb-1 text-xs font-medium text-muted">{name}</h2>
            <ul>
              {chats.map((chat) => (
                <ChatItem
                  key={chat.id}
                  chat={chat}
                  isOpen={chat.id === openId}
                  now={now}
                  filter={narrowed}
                  asks={asking.has(chat.id)}
                />
              ))}
            </ul>
          </section>
        ))}
        {list.data?.next != null && (
          <Button className="mt-2 w-full" disabled={list.isFetching} onClick={() => setLimit(limit + PAGE)}>
            Show more
          </Button>
        )}
      </nav>
    </div>
  );
}

/** By the day of the last event, in the order of the list. */
function groupsOf(chats: readonly Chat[], now: number): { name: string; chats: Chat[] }[] {
  const groups: { name: string; chats: Chat[] }[] = [];
  for (const chat of chats) {
    const name = dayName(chat.lastEventAt, now);
    const group = groups.find((other) => other.name === name);
    if (group === undefined) groups.push({ name, chats: [chat] });
    else group.chats.push(chat);
  }
  return groups;
}

interface ItemProps {
  readonly chat: Chat;
  readonly isOpen: boolean;
  readonly now: number;
  /** What the list is narrowed to stays in the address. */
  readonly filter: Filter;
  /** It waits for a person. */
  readonly asks: boolean;
}

function ChatItem({ chat, isOpen, now, filter, asks }: ItemProps) {
  const mark = markOf(chat, isOpen);
  const { preview } = chat;
  const unread = isOpen ? 0 : (preview?.unread ?? 0);
  return (
    <li className={`flex items-center rounded-md ${isOpen ? "bg-accent-soft" : "hover:bg-sunken"}`}>
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
            {preview?.lastLine != null && <span className="min-w-0 truncate">{plain(preview.lastLine)}</span>}
          </span>
        </span>
        {unread > 0 && (
          <span
            data-unread={unread}
            className="shrink-0 rounded-full bg-accent px-1.5 text-xs font-semibold text-accent-ink tabular-nums"
          >
            {unread > 99 ? "99+" : unread}
            <span className="sr-only"> unread</span>
          </span>
        )}
        {!(mark === "unread" && unread > 0) && <ChatMark mark={mark} asks={asks} />}
      </Link>
      <ChatMenu
        chatId={chat.id}
        title={chat.title}
        isArchived={chat.archived}
        model={chat.model}
        isPinned={preview?.pinned ?? false}
        canWrite={chat.canWrite}
      />
    </li>
  );
}
