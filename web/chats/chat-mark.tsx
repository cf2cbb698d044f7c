import { CalendarClock, Circle, CircleX, Clock3, Hand, ListTodo, LoaderCircle, OctagonPause } from "lucide-react";
import { isActive } from "../../src/core/run-state.ts";
import type { Chat } from "../../src/wire/api.ts";
import { WORDS } from "../words/chats.ts";

export type Mark = "queued" | "working" | "stopping" | "waiting" | "failed" | "unread" | null;

/** What a chat wants to say in the list. It comes from the state of its runs, never from the frame that came last. */
export function markOf(chat: Chat, isOpen: boolean): Mark {
  const { runState } = chat;
  if (runState === "waiting" || runState === "stopping" || runState === "queued") return runState;
  if (runState !== null && isActive(runState)) return "working";
  const hasFailed = chat.preview?.failed === true || (chat.lastRunState === "failed" && chat.seen < chat.head);
  if (hasFailed && !isOpen) return "failed";
  return chat.head > chat.seen && !isOpen ? "unread" : null;
}

/** `asks`: it is a person that is waited for. */
export function ChatMark({ mark, asks = false }: { mark: Mark; asks?: boolean }) {
  switch (mark) {
    case "queued":
      return <Circle role="img" aria-label={WORDS.marks.queued} className="size-4 shrink-0 text-muted" />;
    case "working":
      return <LoaderCircle role="img" aria-label={WORDS.marks.working} className="spin size-4 shrink-0 text-live" />;
    case "stopping":
      return <OctagonPause role="img" aria-label={WORDS.marks.stopping} className="size-4 shrink-0 text-warn" />;
    case "waiting":
      return asks ? (
        <Hand role="img" aria-label={WORDS.marks.asks} className="size-4 shrink-0 text-warn" />
      ) : (
        <Clock3 role="img" aria-label={WORDS.marks.waiting} className="size-4 shrink-0 text-warn" />
      );
    case "failed":
      return <CircleX role="img" aria-label={WORDS.marks.failed} className="size-4 shrink-0 text-bad" />;
    case "unread":
      return <span role="img" aria-label={WORDS.marks.unread} className="m-1 size-2 shrink-0 rounded-full bg-accent" />;
    case null:
      return null;
  }
}

const ORIGINS = {
  user: null,
  task: { icon: ListTodo, word: WORDS.origins.task },
  schedule: { icon: CalendarClock, word: WORDS.origins.schedule },
} as const;

export function Origin({ origin }: { origin: Chat["origin"] }) {
  const look = ORIGINS[origin];
  if (look === null) return null;
  return (
    <span className="inline-flex items-center gap-1">
      <look.icon aria-hidden="true" className="size-3.5" />
      {look.word}
    </span>
  );
}
