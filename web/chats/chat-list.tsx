import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import type { Chat } from "../../src/wire/api.ts";
import { chatsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { useOpen } from "../approvals/asked.tsx";
import { Button } from "../ui/button.tsx";
import { ago, dayName, fullTime } from "../ui/format.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { Pill } from "../ui/pill.tsx";
import { ChatMark, markOf, Origin } from "./chat-mark.tsx";

const PAGE = 50;

export function ChatList() {
  const { http } = useServices();
  const [limit, setLimit] = useState(PAGE);
  const archived = useSearch({ from: "/chats" }).archived === true;
  const navigate = useNavigate();
  const list = useQuery(chatsQuery(http, limit, archived));
  const { chatId: openId } = useParams({ strict: false });
  const now = useNow(30_000);
  const asking = new Set(useOpen().items?.map(({ chatId }) => chatId));
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
      <div role="group" aria-label="Which chats" className="flex gap-1 px-3 pb-1">
        {[false, true].map((which) => (
          <Pill
            key={String(which)}
            word={which ? "Archived" : "Current"}
            isOn={archived === which}
            onClick={() =>
              void navigate({
                to: ".",
                search: (before) => ({ ...before, archived: which ? true : undefined }),
                replace: true,
              })
            }
          />
        ))}
      </div>
      <nav aria-label="Chats" className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {list.isPending && <Loading what="Loading chats…" />}
        {list.isError && list.data === undefined && (
          <Failure what="The chats could not be loaded" error={list.error} retry={() => void list.refetch()} />
        )}
        {list.data?.items.length === 0 && archived && <Empty title="No archived chats" />}
        {list.data?.items.length === 0 && !archived && (
          <Empty title="No chats yet" command='sparky agent tasks add "Check knowledge graph stats"'>
            Write to the agent, or give it a task from the terminal.
          </Empty>
        )}
        {groupsOf(list.data?.items ?? [], now).map(({ name, chats }) => (
          <section key={name} aria-label={name}>
            <h2 className="px-2 pt-2 pb-1 text-xs font-medium text-muted">{name}</h2>
            <ul>
              {chats.map((chat) => (
                <ChatItem
                  key={chat.id}
                  chat={chat}
                  isOpen={chat.id === openId}
                  now={now}
                  archived={archived}
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
  /** The list is that of the archived chats, and stays it. */
  readonly archived: boolean;
  /** It waits for a person. */
  readonly asks: boolean;
}

function ChatItem({ chat, isOpen, now, archived, asks }: ItemProps) {
  const mark = markOf(chat, isOpen);
  return (
    <li>
      <Link
        to="/chats/$chatId"
        params={{ chatId: chat.id }}
        search={archived ? { archived } : {}}
        data-chat-id={chat.id}
        data-mark={mark ?? "none"}
        aria-current={isOpen ? "page" : undefined}
        className={`tap flex items-center gap-2 rounded-md px-2 py-1.5 ${isOpen ? "bg-accent-soft" : "hover:bg-sunken"}`}
      >
        <span className="min-w-0 flex-1">
          <span className={`block truncate text-sm ${mark === "unread" ? "font-semibold" : ""}`}>{chat.title}</span>
          <span className="flex items-center gap-2 text-xs text-muted">
            <Origin origin={chat.origin} />
            <time dateTime={chat.lastEventAt} title={fullTime(chat.lastEventAt)}>
              {ago(chat.lastEventAt, now)}
            </time>
          </span>
        </span>
        <ChatMark mark={mark} asks={asks} />
      </Link>
    </li>
  );
}
