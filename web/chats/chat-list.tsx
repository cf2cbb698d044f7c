import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Archive, ListChecks, Plus } from "lucide-react";
import { useState } from "react";
import type { Chat } from "../../src/wire/api.ts";
import { chatListQuery, tagsQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { useOpen } from "../approvals/asked.tsx";
import { Button, IconButton } from "../ui/button.tsx";
import { useChoosing } from "../ui/choosing.ts";
import { dayName } from "../ui/format.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { Pill } from "../ui/pill.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { ChatItem, type ChatsFilter } from "./chat-item.tsx";
import { ChosenChats } from "./chosen-chats.tsx";
import { WORDS } from "../words/chats.ts";
import { WORDS as COMMON } from "../words/common.ts";

const PAGE = 50;
/** More are found by words and tags. */
const MOST = 500;
const MOST_PINNED = 100;

const WHICH = [
  { word: WORDS.filters.all, search: { archived: undefined, origin: undefined } },
  { word: WORDS.filters.user, search: { archived: undefined, origin: "user" } },
  { word: WORDS.filters.task, search: { archived: undefined, origin: "task" } },
  { word: WORDS.filters.schedule, search: { archived: undefined, origin: "schedule" } },
] as const;

export function ChatList() {
  const { http } = useServices();
  const [limit, setLimit] = useState(PAGE);
  const { archived: isArchived, origin, find, tag } = useSearch({ from: "/chats" });
  const archived = isArchived === true;
  const navigate = useNavigate();
  const filter = { archived, origin, search: find, tag };
  const narrowed: ChatsFilter = { archived: isArchived, origin, find, tag };
  const list = useQuery(chatListQuery(http, { ...filter, pinned: false }, limit));
  const pinned = useQuery(chatListQuery(http, { ...filter, pinned: true }, MOST_PINNED)).data?.items ?? [];
  const { chatId: openId } = useParams({ strict: false });
  const now = useNow(30_000);
  const tags = useQuery(tagsQuery(http)).data?.items ?? [];
  const show = (change: ChatsFilter): void =>
    void navigate({ to: ".", search: (before) => ({ ...before, ...change }), replace: true });
  const asking = new Set(useOpen().items?.map(({ chatId }) => chatId));
  const isEmpty = list.data?.items.length === 0 && pinned.length === 0;
  const isFiltered = origin !== undefined || find !== undefined || tag !== undefined;
  const others = groupsOf(list.data?.items ?? [], now);
  const groups = pinned.length === 0 ? others : [{ name: WORDS.pinned, chats: pinned }, ...others];
  const shown = groups.flatMap(({ chats }) => chats);
  const [isChoosing, setChoosing] = useState(false);
  const choosing = useChoosing(shown.map(({ id }) => id));
  const chosen = isChoosing ? shown.filter(({ id }) => choosing.has(id)) : [];
  return (
    <div className="flex h-full flex-col">
      <div className="flex items-center justify-between gap-2 px-4 py-2">
        <h1 className="mr-auto text-base font-semibold">{WORDS.title}</h1>
        <IconButton
          label={WORDS.filters.archived}
          aria-pressed={archived}
          className={archived ? "bg-accent-soft text-accent" : ""}
          onClick={() => show({ archived: archived ? undefined : true, origin: undefined })}
        >
          <Archive aria-hidden="true" className="size-4" />
        </IconButton>
        <IconButton
          label={WORDS.choosing}
          aria-pressed={isChoosing}
          className={isChoosing ? "bg-accent-soft text-accent" : ""}
          onClick={() => {
            setChoosing(!isChoosing);
            choosing.set([]);
          }}
        >
          <ListChecks aria-hidden="true" className="size-4" />
        </IconButton>
        <Link
          to="/chats/new"
          className="tap inline-flex items-center gap-1.5 rounded-md border border-line bg-page px-2.5 py-1 text-sm font-medium hover:bg-sunken"
        >
          <Plus aria-hidden="true" className="size-4" />
          {WORDS.add}
        </Link>
      </div>
      <div className="flex px-4 pb-1.5">
        <SearchBox
          label={WORDS.search}
          value={find ?? ""}
          onChange={(words) => show({ find: words === "" ? undefined : words })}
        />
      </div>
      <div role="group" aria-label={WORDS.which} className="flex flex-wrap gap-1 px-4 pb-1">
        {WHICH.map(({ word, search }) => (
          <Pill key={word} word={word} isOn={!archived && origin === search.origin} onClick={() => show(search)} />
        ))}
        {(tags.length > 0 || tag !== undefined) && (
          <select
            aria-label={WORDS.withTag}
            className={`tap max-w-full rounded-full border bg-page px-2 py-0.5 text-sm ${
              tag === undefined ? "border-line text-muted" : "border-accent bg-accent-soft text-accent"
            }`}
            value={tag ?? ""}
            onChange={({ target }) => show({ tag: target.value === "" ? undefined : target.value })}
          >
            <option value="">{WORDS.anyTag}</option>
            {[...new Set([...tags.map((each) => each.tag), ...(tag === undefined ? [] : [tag])])].map((each) => (
              <option key={each} value={each}>
                {each}
              </option>
            ))}
          </select>
        )}
      </div>
      {isChoosing && (
        <div className="flex flex-col gap-1 px-2 pb-1">
          {chosen.length === 0 && shown.length > 0 && (
            <div className="flex flex-wrap items-center gap-x-2 px-1 text-xs text-muted">
              <p className="min-w-0 flex-1 basis-40">
                {WORDS.tick}
                <span className="pointer-coarse:hidden">{WORDS.tickByKeys}</span>.
              </p>
              <Button
                kind="quiet"
                className="px-2 py-0.5 text-xs"
                onClick={() => choosing.set(shown.map(({ id }) => id))}
              >
                {WORDS.chooseAll(shown.length)}
              </Button>
            </div>
          )}
          <ChosenChats chats={chosen} isArchive={archived} onChoose={choosing.set} />
        </div>
      )}
      <nav aria-label={WORDS.title} className="min-h-0 flex-1 overflow-y-auto px-2 pb-3">
        {list.isPending && <Loading what={WORDS.loading} />}
        {list.isError && list.data === undefined && (
          <Failure what={WORDS.notLoaded} error={list.error} retry={() => void list.refetch()} />
        )}
        {isEmpty && isFiltered && (
          <Empty title={WORDS.noneFits}>
            <Button className="mt-2" onClick={() => show({ origin: undefined, find: undefined, tag: undefined })}>
              {COMMON.showAll}
            </Button>
          </Empty>
        )}
        {isEmpty && !isFiltered && archived && <Empty title={WORDS.noneArchived} />}
        {isEmpty && !isFiltered && !archived && (
          <Empty title={WORDS.none} command='sparky agent tasks add "Check knowledge graph stats"'>
            {WORDS.toBegin}
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
                  box={isChoosing ? choosing.box(chat.id) : null}
                />
              ))}
            </ul>
          </section>
        ))}
        {list.data?.next != null && limit < MOST && (
          <Button
            className="mt-2 w-full"
            disabled={list.isFetching}
            onClick={() => setLimit(Math.min(limit + PAGE, MOST))}
          >
            {COMMON.showMore}
          </Button>
        )}
        {list.data?.next != null && limit === MOST && (
          <p className="px-2 pt-2 text-xs text-muted">{WORDS.newestShown(MOST)}</p>
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
