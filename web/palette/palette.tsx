import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Command as Menu } from "cmdk";
import {
  CalendarClock,
  FileSearch,
  History,
  ListTodo,
  MessagesSquare,
  Quote,
  Waypoints,
  type LucideIcon,
} from "lucide-react";
import { useEffect, useRef, useState } from "react";
import type { Recalled } from "../../src/wire/recall.ts";
import type { Found } from "../../src/wire/search.ts";
import { chatsQuery, recallQuery, searchQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { useStatus } from "../app/told.ts";
import { schedulesQuery } from "../schedules/queries.ts";
import { ago, oneLine } from "../ui/format.ts";
import { commandsOf, hasWords } from "./commands.ts";
import { WORDS } from "../words/palette.ts";

/** A search is asked for when the typing pauses. */
const PAUSE_MS = 200;
const RECENT = 5;

interface Row {
  readonly id: string;
  readonly icon: LucideIcon;
  readonly word: string;
  readonly more?: string;
  readonly run: () => void;
}

/** One box for all that can be found, and all that can be done, by keyboard. */
export function Palette({ onClose, onKeys }: { onClose: () => void; onKeys: () => void }) {
  const { http } = useServices();
  const navigate = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const [text, setText] = useState("");
  const words = usePaused(text.trim(), PAUSE_MS);
  const [problem, setProblem] = useState<Error | null>(null);
  const [gone, setGone] = useState<string | null>(null);
  const isGoing = useRef(false);
  useEffect(() => {
    const element = dialog.current;
    if (element !== null && !element.open) element.showModal();
    element?.querySelector("input")?.focus();
  }, []);
  const running = useStatus().data?.running ?? [];
  const recent = useQuery(chatsQuery(http, RECENT)).data?.items ?? [];
  const schedules = useQuery(schedulesQuery(http)).data?.items ?? [];
  const isAsked = /[\p{L}\p{N}]/u.test(words);
  const chats = useQuery({ ...searchQuery(http, words, "chat", 5), enabled: isAsked });
  const tasks = useQuery({ ...searchQuery(http, words, "task", 5), enabled: isAsked });
  const events = useQuery({ ...searchQuery(http, words, "event", 10), enabled: isAsked });
  const recalled = useQuery({ ...recallQuery(http, words, 5), enabled: isAsked });
  const asked = [chats, tasks, events, recalled];
  const error = problem ?? asked.find((each) => each.error !== null)?.error ?? null;
  const isSearching = text.trim() !== words || asked.some((each) => each.isFetching);

  const said = text.trim();
  const commands = commandsOf({ navigate, http, running, onKeys, onProblem: setProblem });
  const found = (items: readonly Found[] | undefined): readonly Row[] =>
    isAsked ? (items ?? []).flatMap((item) => rowOf(item, navigate) ?? []) : [];
  const groups: readonly { readonly name: string; readonly rows: readonly Row[] }[] = [
    {
      name: WORDS.groups.recent,
      rows:
        said === ""
          ? recent.slice(0, RECENT).map(({ id, title, lastEventAt }) => ({
              id: `recent ${id}`,
              icon: MessagesSquare,
              word: title,
              more: ago(lastEventAt, Date.now()),
              run: () => void navigate({ to: "/chats/$chatId", params: { chatId: id } }),
            }))
          : [],
    },
    {
      name: WORDS.groups.schedules,
      rows: schedules
        .filter(({ name, description }) => said !== "" && hasWords(`${name} ${description}`, said))
        .map(({ name, description }) => ({
          id: `schedule ${name}`,
          icon: CalendarClock,
          word: name,
          more: oneLine(description, 80),
          run: () => void navigate({ to: "/schedules/$name", params: { name } }),
        })),
    },
    {
      name: WORDS.groups.commands,
      rows: commands
        .filter(({ word, more }) => (said === "" ? more === undefined : hasWords(`${word} ${more ?? ""}`, said)))
        .map(({ id, word, icon, run }) => ({ id, word, icon, run })),
    },
    // What comes later comes below: nobody presses Enter on what has just slid under the mark.
    { name: WORDS.groups.chats, rows: found(chats.data?.items) },
    { name: WORDS.groups.tasks, rows: found(tasks.data?.items) },
    { name: WORDS.groups.events, rows: found(events.data?.items) },
    // Last: what is only like the words is not what Enter means.
    {
      name: WORDS.groups.recalled,
      rows: isAsked ? (recalled.data?.items ?? []).map((item) => recalledRow(item, navigate)) : [],
    },
  ];
  const all = groups.flatMap(({ rows }) => rows);
  const isEmpty = all.length === 0;
  // The first, also of those that come later, until a person has gone to another.
  const chosen = all.find(({ id }) => id === gone)?.id ?? all[0]?.id ?? "";
  return (
    <dialog
      ref={dialog}
      aria-label={WORDS.title}
      onClose={onClose}
      // A click beside it.
      onClick={(event) => event.target === dialog.current && dialog.current?.close()}
      className="mx-auto mt-[10vh] mb-auto w-full max-w-2xl rounded-xl border border-line bg-page p-0 text-ink shadow-xl backdrop:bg-black/50"
    >
      <Menu
        label={WORDS.title}
        shouldFilter={false}
        loop
        value={chosen}
        onValueChange={(id) => isGoing.current && setGone(id)}
        onKeyDownCapture={({ key, ctrlKey }) => (isGoing.current = ctrlKey || key.length > 1)}
        onPointerMoveCapture={() => (isGoing.current = true)}
      >
        <Menu.Input
          value={text}
          onValueChange={(typed) => {
            isGoing.current = false;
            setGone(null);
            setText(typed);
          }}
          placeholder={WORDS.placeholder}
          className="tap w-full border-b border-line bg-transparent px-4 py-3 text-base -outline-offset-2 placeholder:text-muted"
        />
        <p role="status" className={error === null ? "sr-only" : "px-4 py-2 text-sm text-bad"}>
          {error !== null ? error.message : isSearching ? WORDS.searching : isEmpty ? WORDS.nothingFound : ""}
        </p>
        <Menu.List className="max-h-[60vh] overflow-y-auto p-2">
          {isEmpty && (
            <p className="px-2 py-3 text-sm text-muted">{isSearching ? WORDS.stillSearching : WORDS.noneHasAll}</p>
          )}
          {groups.map(({ name, rows }) =>
            rows.length === 0 ? null : (
              <Menu.Group
                key={name}
                heading={name}
                className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted"
              >
                {rows.map(({ id, icon: Icon, word, more, run }) => (
                  <Menu.Item
                    key={id}
                    value={id}
                    onSelect={() => {
                      dialog.current?.close();
                      // Its event comes later: until then the keys that open it would close it.
                      onClose();
                      run();
                    }}
                    className="tap flex cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 text-sm aria-selected:bg-accent-soft"
                  >
                    <Icon aria-hidden="true" className="size-4 shrink-0 text-muted" />
                    <span dir="auto" className="min-w-0 flex-1 truncate">
                      {word}
                    </span>
                    {more !== undefined && (
                      <span dir="auto" className="max-w-[40%] shrink-0 truncate text-xs text-muted">
                        {more}
                      </span>
                    )}
                  </Menu.Item>
                ))}
              </Menu.Group>
            ),
          )}
        </Menu.List>
      </Menu>
    </dialog>
  );
}

/** A result of a tool opens at its step, everything else that was said at its place in the chat. */
function rowOf(item: Found, navigate: ReturnType<typeof useNavigate>): Row | null {
  switch (item.kind) {
    case "chat":
      return {
        id: `chat ${item.chatId}`,
        icon: MessagesSquare,
        word: item.title,
        more: ago(item.at, Date.now()),
        run: () => void navigate({ to: "/chats/$chatId", params: { chatId: item.chatId } }),
      };
    case "task":
      return {
        id: `task ${item.taskId}`,
        icon: ListTodo,
        word: item.snippet,
        more: ago(item.at, Date.now()),
        run: () => void navigate({ to: "/tasks", search: { open: item.taskId } }),
      };
    case "event": {
      const { chatId, runId, seq } = item;
      const isResult = item.type === "tool_result" && runId !== null;
      return {
        id: `event ${chatId} ${seq}`,
        icon: item.type === "tool_result" ? FileSearch : Quote,
        word: item.snippet,
        more: item.chatTitle,
        run: () =>
          isResult
            ? void navigate({ to: "/runs/$runId", params: { runId }, search: { at: seq } })
            : void navigate({ to: "/chats/$chatId", params: { chatId }, search: { at: seq } }),
      };
    }
    case "node":
      return null;
  }
}

/** With why it was found: it need not have all of the words. */
function recalledRow(item: Recalled, navigate: ReturnType<typeof useNavigate>): Row {
  const [id, more] = [`recalled ${item.id}`, item.why.join("; ")];
  if (item.kind !== "message") {
    const { nodeId } = item;
    return {
      ...{ id, more, icon: Waypoints },
      word: oneLine(item.text === "" ? item.name : WORDS.entity(item.name, item.text), 160),
      run: () => void navigate({ to: "/memory/nodes/$nodeId", params: { nodeId } }),
    };
  }
  const { chatId, seq } = item;
  return {
    ...{ id, more, icon: History },
    word: oneLine(item.text, 160),
    run: () => void navigate({ to: "/chats/$chatId", params: { chatId }, search: { at: seq } }),
  };
}

/** The value once it has not changed for so long. */
function usePaused(value: string, ms: number): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return paused;
}
