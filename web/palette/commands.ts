import {
  CalendarClock,
  House,
  Inbox,
  Keyboard,
  ListTodo,
  MessageSquarePlus,
  MessagesSquare,
  Monitor,
  Moon,
  OctagonX,
  Plus,
  Sun,
  Wrench,
  type LucideIcon,
} from "lucide-react";
import type { useNavigate } from "@tanstack/react-router";
import type { Status } from "../../src/wire/api.ts";
import { stoppedSchema } from "../../src/wire/api.ts";
import { setTheme } from "../app/theme.ts";
import type { Http } from "../live/http.ts";
import { oneLine } from "../ui/format.ts";

/** What can be done from the palette beside going to what was found. */
export interface Command {
  readonly id: string;
  readonly word: string;
  readonly icon: LucideIcon;
  readonly run: () => void;
}

interface Means {
  readonly navigate: ReturnType<typeof useNavigate>;
  readonly http: Http;
  readonly running: Status["running"];
  readonly onKeys: () => void;
  readonly onProblem: (error: Error) => void;
}

export function commandsOf({ navigate, http, running, onKeys, onProblem }: Means): readonly Command[] {
  const stop = (runId: string): void => {
    http
      .send("POST", `/api/runs/${encodeURIComponent(runId)}/stop`, {}, stoppedSchema)
      .catch((error: unknown) => onProblem(error instanceof Error ? error : new Error(String(error))));
  };
  return [
    { id: "new chat", word: "New chat", icon: MessageSquarePlus, run: () => void navigate({ to: "/chats/new" }) },
    {
      id: "new task",
      word: "New task",
      icon: Plus,
      run: () => void navigate({ to: "/tasks", search: { new: true } }),
    },
    ...running.map(({ id, title }) => ({
      id: `stop ${id}`,
      word: `Stop: ${oneLine(title, 80)}`,
      icon: OctagonX,
      run: () => stop(id),
    })),
    { id: "home", word: "Go to Home", icon: House, run: () => void navigate({ to: "/" }) },
    { id: "chats", word: "Go to Chats", icon: MessagesSquare, run: () => void navigate({ to: "/chats" }) },
    { id: "tasks", word: "Go to Tasks", icon: ListTodo, run: () => void navigate({ to: "/tasks" }) },
    { id: "schedules", word: "Go to Schedules", icon: CalendarClock, run: () => void navigate({ to: "/schedules" }) },
    { id: "inbox", word: "Go to Inbox", icon: Inbox, run: () => void navigate({ to: "/inbox" }) },
    { id: "tools", word: "Go to Tools", icon: Wrench, run: () => void navigate({ to: "/tools" }) },
    { id: "light", word: "Theme: light", icon: Sun, run: () => setTheme("light") },
    { id: "dark", word: "Theme: dark", icon: Moon, run: () => setTheme("dark") },
    { id: "system", word: "Theme: as the system", icon: Monitor, run: () => setTheme("system") },
    { id: "keys", word: "Show the keys", icon: Keyboard, run: onKeys },
  ];
}

/** Whether a line has all of these words, in any order. */
export function hasWords(line: string, words: string): boolean {
  const text = line.toLocaleLowerCase();
  return words
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
