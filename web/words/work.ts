import type { Work } from "../../src/wire/work.ts";

/** What is said of all running work. A translation is another object of the same type. */
export const WORDS = {
  areOwners: "The owner and the admins of this Sparky see all that is at work.",
  intro:
    "All that the agent works on or waits with, whoever’s it is. What it is about is shown only where you may see the chat.",
  loading: "Loading the work…",
  failed: "The work could not be loaded",
  none: "Nothing is at work.",
  list: "Running work",
  kinds: {
    answer: "an answer in a chat",
    task: "a task",
    schedule: "a task of a schedule",
  } satisfies Readonly<Record<Work["kind"], string>>,
  /** Somebody, and rarely whoever reads this. */
  asks: "Waits for a person",
  stop: "Stop",
  stopThis: (user: string, what: string): string => `Stop ${user}’s work: ${what}`,
  stopQuestion: (user: string): string => `Stop this work of ${user}?`,
  stopMeans:
    "It ends within two seconds, and cannot be taken up where it was. Its chat tells that you have stopped it.",
  cancel: "Cancel",
  stopYes: "Stop it",
  stopping: "Stopping…",
  began: (when: string): string => `began ${when}`,
  on: (node: string): string => `on ${node}`,
} as const;
