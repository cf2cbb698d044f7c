import { listed, plural } from "./plural.ts";
import { quoted } from "./quoted.ts";

/** What the home page says. */
export const WORDS = {
  windowTitle: "Sparky",
  title: "Home",
  suggestions: "Suggestions",
  suggested: ["What can you do?", "What did you do today?", "Check knowledge graph stats", "What time is it?"],
  queueAsTask: "Queue as task",
  schedule: "Schedule…",
  chatNotMade: "The chat could not be made",
  taskNotQueued: "The task was not queued; its words are still in the box",
  makingChat: "Making the chat…",
  queueing: "Queueing the task…",
  queued: "Queued.",
  watchIt: "Watch it",
  statusNotLoaded: "The status could not be loaded",
  happenedNotLoaded: "What happened could not be loaded",
  doneNotLoaded: "What was done could not be loaded",
  loading: "Loading what happened…",
  showMore: (n: number): string => `Show more (${n})`,

  /** What the agent does and needs, in one sentence. */
  asks: (questions: number, changes: number): string => {
    const what = [
      ...(questions === 0 ? [] : [plural(questions, { one: "# question", other: "# questions" })]),
      ...(changes === 0
        ? []
        : [plural(changes, { one: "# new or changed tool or skill", other: "# new or changed tools or skills" })]),
    ];
    return `${listed(what)} ${questions + changes === 1 ? "waits" : "wait"} for you`;
  },
  workingOn: (title: string, asks: string | null): string =>
    `Working on ${quoted(title)}${asks === null ? "" : `; ${asks}`}.`,
  workingOnSome: (n: number, asks: string | null): string =>
    `Working on ${n} things${asks === null ? "" : `; ${asks}`}.`,
  onlyAsks: (asks: string): string => `${asks}.`,
  loopIsOff: (pending: number): string =>
    `The task loop is off${pending === 0 ? "" : plural(pending, { one: "; # task waits", other: "; # tasks wait" })}.`,
  agentWaits: (title: string): string => `The agent waits: ${title}.`,
  agentIsIdle: "The agent is idle.",

  waitsForYou: "Waits for you",
  inboxNotLoaded: "The inbox could not be loaded",
  moreInInbox: (n: number, areMore: boolean): string => `${n}${areMore ? "+" : ""} more in the inbox`,

  workingNow: "Working now",
  tasksWait: "Tasks wait until the task loop is on",
  startLoop: "Chats are answered meanwhile. To start the server with the loop:",
  worked: (time: string): string => `worked ${time}`,
  step: (n: number): string => `step ${n}`,
  tokens: (n: string): string => `${n} tokens`,

  away: "While you were away",
  awayKinds: {
    recovered: "Interrupted, then resumed",
    asks: "Asked you",
    notice: "Notice",
    paused: "Paused",
    mentioned: "For you",
  },
  more: "There is more. Mark these as seen to go further back.",
  totals: {
    failed: (n: number): string => `${n} failed`,
    completed: (n: number): string => `${n} done`,
    flawed: (n: number): string => `${n} done with errors`,
    cancelled: (n: number): string => `${n} cancelled`,
    recovered: (n: number): string => `${n} resumed after an interruption`,
    skipped: (n: number): string => `${n} skipped`,
    paused: (n: number): string => `${n} paused`,
    mentioned: (n: number): string => plural(n, { one: "# mention", other: "# mentions" }),
    notice: (n: number): string => plural(n, { one: "# notice", other: "# notices" }),
    asks: (n: number): string => `${n} asked`,
    waits: (n: number): string => `${n} waiting for a limit`,
  },
  times: (n: number): string => ` ×${n}`,
  last: (ago: string): string => `last one ${ago}`,
  marking: "Marking…",
  markSeen: "Mark all as seen",
  notMarked: (why: string): string => `${why}. Try again.`,

  next: "Next",
  due: (left: string | null): string => (left === null ? "now" : `in ${left}`),

  lastDay: "The last 24 hours",
  runs: (n: number, states: string): string => `${plural(n, { one: "# run", other: "# runs" })} of tasks: ${states}`,
  inState: (n: number, state: string): string => `${n} ${state.toLowerCase()}`,
  amongNewest: (n: number): string => ` among the newest ${n}`,
  asTable: "As a table",
  table: "Runs of the last 24 hours",
  caption: "Runs of the last 24 hours, the newest first",
  thisMonth: "This month",
  inYourName: (tokens: string, dollars: string | null): string =>
    `${tokens} tokens in your name${dollars === null ? "" : `, ${dollars}`}.`,
  ofLimit: (share: number, limit: string): string => `${share} % of your ${limit}`,
  monthNotLoaded: "What was spent in this month could not be loaded",
  columns: { state: "State", task: "Task", started: "Started", took: "Took" },
} as const;
