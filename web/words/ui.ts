import { quoted } from "./quoted.ts";
/** What the parts say that every page is made of. */
export const WORDS = {
  /** The first of some items by their names, and how many more there are. */
  names: (names: readonly string[], more: number): string =>
    more > 0 ? `${names.join(", ")} and ${more} more.` : `${names.join(", ")}.`,
  name: quoted,

  /** Spans, ages, sizes and sums. */
  milliseconds: (n: number): string => `${n} ms`,
  seconds: (n: string): string => `${n} s`,
  now: "now",
  justNow: "just now",
  ago: (time: string): string => `${time} ago`,
  days: { today: "Today", yesterday: "Yesterday", thisWeek: "This week", earlier: "Earlier" },
  bytes: (n: number): string => `${n} B`,
  kilobytes: (n: string): string => `${n} KB`,
  megabytes: (n: string): string => `${n} MB`,
  underACent: "under $0.01",

  copy: "Copy",
  copied: "Copied",
  notAllowedHere: "Not allowed here",
  on: "On",
  off: "Off",

  loadingOlder: "Loading older…",
  olderDidNotLoad: "What is older did not load: try again",
  jumpToLatest: (fresh: number): string => (fresh > 0 ? `Jump to latest · ${fresh} new` : "Jump to latest"),

  noAnswerYet: "The server has not answered yet.",
  reload: "Reload the page",
  hint: (hint: string): string => `. ${hint}`,
  hintBeside: (hint: string): string => ` (${hint})`,
  pageBelow: (title: string, above: string): string => `${title} · ${above} · Sparky`,

  /** What is done with several items at once. `counted`: `3 tasks`; `done`: `archived`. */
  chosenOnes: (many: string): string => `Chosen ${many}`,
  chosen: (n: number): string => `${n} chosen`,
  ask: (deed: string, counted: string): string => `${deed} ${counted}?`,
  doIt: (deed: string, counted: string): string => `${deed} ${counted}`,
  deed: (deed: string): string => `${deed}…`,
  progress: (doing: string, at: number, of: number): string => `${doing} ${at} of ${of}…`,
  leaveThem: "Leave them",
  stop: "Stop",
  chooseNone: "Choose none",
  outcome: (counted: string, done: string): string => `${counted} ${done}. `,
  notDone: (counted: string, done: string): string => `${counted} not ${done}:`,
  whyNot: (name: string, message: string): string => `${name}: ${message}`,
  andMore: (n: number): string => `and ${n} more.`,
  notTried: (counted: string): string => `${counted} not tried; they are still chosen.`,
  closeNote: "Close this note",
  undo: "Undo",
  bringingBack: "Bringing back…",
  broughtBack: "brought back",
} as const;
