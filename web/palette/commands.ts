import {
  Brain,
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
  Sparkles,
  Settings,
  Sun,
  Wrench,
  type LucideIcon,
} from "lucide-react";
import type { useNavigate } from "@tanstack/react-router";
import type { Status } from "../../src/wire/api.ts";
import { stoppedSchema } from "../../src/wire/api.ts";
import { setTheme } from "../app/theme.ts";
import { SECTIONS } from "../settings/sections.ts";
import type { Http } from "../live/http.ts";
import { oneLine } from "../ui/format.ts";
import { WORDS } from "../words/palette.ts";

/** What can be done from the palette beside going to what was found. */
export interface Command {
  readonly id: string;
  readonly word: string;
  /** Other words by which it is found. */
  readonly more?: string;
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
    { id: "new chat", word: WORDS.newChat, icon: MessageSquarePlus, run: () => void navigate({ to: "/chats/new" }) },
    {
      id: "new task",
      word: WORDS.newTask,
      icon: Plus,
      run: () => void navigate({ to: "/tasks", search: { new: true } }),
    },
    ...running.map(({ id, title }) => ({
      id: `stop ${id}`,
      word: WORDS.stop(oneLine(title, 80)),
      icon: OctagonX,
      run: () => stop(id),
    })),
    { id: "home", word: WORDS.goTo.home, icon: House, run: () => void navigate({ to: "/" }) },
    { id: "chats", word: WORDS.goTo.chats, icon: MessagesSquare, run: () => void navigate({ to: "/chats" }) },
    { id: "tasks", word: WORDS.goTo.tasks, icon: ListTodo, run: () => void navigate({ to: "/tasks" }) },
    {
      id: "schedules",
      word: WORDS.goTo.schedules,
      icon: CalendarClock,
      run: () => void navigate({ to: "/schedules" }),
    },
    { id: "memory", word: WORDS.goTo.memory, icon: Brain, run: () => void navigate({ to: "/memory" }) },
    { id: "inbox", word: WORDS.goTo.inbox, icon: Inbox, run: () => void navigate({ to: "/inbox" }) },
    { id: "tools", word: WORDS.goTo.tools, icon: Wrench, run: () => void navigate({ to: "/tools" }) },
    {
      id: "welcome",
      word: WORDS.welcome,
      icon: Sparkles,
      run: () => void navigate({ to: "/welcome", search: { step: "model" } }),
    },
    { id: "settings", word: WORDS.goTo.settings, icon: Settings, run: () => void navigate({ to: "/settings" }) },
    { id: "light", word: WORDS.themes.light, icon: Sun, run: () => setTheme("light") },
    { id: "dark", word: WORDS.themes.dark, icon: Moon, run: () => setTheme("dark") },
    { id: "system", word: WORDS.themes.system, icon: Monitor, run: () => setTheme("system") },
    ...SECTIONS.map(({ id, word, more, icon }) => ({
      id: `settings ${id}`,
      word: WORDS.settingsOf(word),
      more,
      icon,
      run: () => void navigate({ to: "/settings/$section", params: { section: id } }),
    })),
    { id: "keys", word: WORDS.showKeys, icon: Keyboard, run: onKeys },
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
