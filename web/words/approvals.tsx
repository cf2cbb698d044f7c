import type { ReactNode } from "react";
import { quoted } from "./quoted.ts";

const RUNS: ReadonlyMap<string, string> = new Map([
  ["not sandboxed", "without a sandbox"],
  ["sandboxed, with network", "in the sandbox, with access to the network"],
]);

/** What the inbox and each approval say. */
export const WORDS = {
  windowTitle: "Inbox · Sparky",
  title: "Inbox",
  show: "What to show",
  open: "Open",
  history: "History",
  loading: "Loading what waits for you…",
  notLoaded: "The inbox could not be loaded",
  nothing: "Nothing waits for you",
  whatComesHere:
    "Before a risky call, such as a shell command, the agent asks here first; and what only you know, it asks you here.",
  waitsForAnswer: "Waits for an answer",
  noAnswer: "nothing was answered",

  /** One that is asked for. */
  heard: (tool: string, summary: string): string => `${tool}: ${summary}`,
  mayItRun: (tool: ReactNode): ReactNode => <>May it run {tool}?</>,
  from: (taskId: string | null, chat: string): string => `${taskId === null ? "Chat" : `Task ${taskId}`}: ${chat}`,
  /** Of a chat that one does not see. */
  fromOf: (taskId: string | null, owner: string): string =>
    taskId === null ? `A chat of ${owner}` : `Task ${taskId} of ${owner}`,
  yoursToAnswer: (owner: string): string =>
    `You answer for ${owner}, who may not say yes to this. The chat stays theirs: you see this call of it.`,
  asked: (ago: string): string => `asked ${ago === "now" ? "just now" : ago}`,
  expires: (left: string | null): string => (left === null ? "expired" : `expires in ${left}`),
  /** `terms`: how, in the server's words. */
  itWouldRun: (terms: string): string => `It would run ${RUNS.get(terms) ?? terms}`,
  exactArguments: "Exact arguments",
  howShown: "How to show the arguments",
  views: { pretty: "Pretty", raw: "Raw" },
  arguments: "Arguments",
  reason: "The agent’s reason",
  noReason: "It gave none.",

  /** The answer. */
  mayOnlyWatch: "You may watch this chat, not answer for it.",
  needsAnother:
    "You may say no. Whoever may ask for something does not also say yes to it: an owner or an admin finds it in their inbox.",
  note: "A word to the agent",
  noteOptional: "A word to the agent (optional)",
  approveCall: "Approve this call",
  approveRun: (tool: string): string => `Approve ${tool} for this run`,
  approveUntilMidnight: (tool: string): string => `Approve ${tool} until midnight`,
  deny: "Deny",
  sending: "Sending your answer…",
  expiredUnanswered: "Expired: nobody answered in time.",
  notAnswered: (why: string, hint: string | null): string => `Not answered: ${why}. ${hint ?? "Try again"}.`,
  youDid: (state: string, call: string): string => `You ${state} ${call}`,
  tooLate: (why: string): string => `Your answer came too late: ${why}`,
  approveLike: "Approve commands like this",
  rulesHelp:
    "A rule in each line: a command in words, with * at its end for anything further. Each part of a command must be covered",
  approveTheseRun: "Approve these for this run",
  approveTheseMidnight: "Approve these until midnight",

  /** Those that cover more than one call. */
  standing: "Standing approvals",
  standingNotLoaded: "The standing approvals could not be loaded",
  standingMeans: "These calls run without being asked about. Taken back, the next one asks again.",
  forRun: (run: ReactNode): ReactNode => <>for the run {run}</>,
  until: (time: ReactNode): ReactNode => <>until {time}</>,
  forAgent: ", for the agent’s own work",
  given: (ago: string, by: string): string => `given ${ago} by ${by}`,
  takeBack: "Take back",
  takeBackWhich: (what: string): string => `Take back: ${what}`,
  takingBack: "Taking back…",

  /** Those that were answered. */
  states: {
    requested: "Open",
    approved: "Approved",
    denied: "Denied",
    expired: "Expired",
    withdrawn: "Withdrawn",
  },
  loadingHistory: "Loading the history…",
  historyNotLoaded: "The history could not be loaded",
  noHistory: "No approval was asked for yet",
  by: (state: string, who: string | null): string => (who === null ? state : `${state} by ${who}`),
  quoted,
  details: (taskId: string | null, chat: string): string =>
    `${taskId === null ? "In the chat" : `Task ${taskId} in`} ${quoted(chat)}: details`,
  detailsOf: (taskId: string | null, owner: string): string =>
    `${taskId === null ? "In a chat" : `Task ${taskId}`} of ${owner}: details`,
  openChat: "Open the chat",
} as const;
