import { quoted } from "./quoted.ts";
/** What is said where the agent asks a person something. */
export const WORDS = {
  asksYou: "The agent asks you",
  from: (taskId: string | null, chat: string): string => `${taskId === null ? "Chat" : `Task ${taskId}`}: ${chat}`,
  asked: (ago: string): string => `asked ${ago === "now" ? "just now" : ago}`,
  choices: "Choices",
  yourAnswer: "Your answer",
  ownWords: "Or in your own words",
  answer: "Answer",
  decline: "Decline to answer",
  optional: " (optional)",
  choose: "Choose…",

  mayOnlyWatch: "You may watch this chat, not answer for it.",
  sending: "Sending your answer…",
  expired: "Expired: nobody answered in time.",
  notAnswered: (why: string, hint: string | null): string => `Not answered: ${why}. ${hint ?? "Try again"}.`,
  youDeclined: "You declined to answer",
  youAnswered: (answer: string): string => `You answered: ${answer}`,
  tooLate: (why: string): string => `Your answer came too late: ${why}`,

  past: "Questions",
  states: { asked: "Open", answered: "Answered", expired: "Expired", withdrawn: "Withdrawn" },
  declined: "Declined",
  by: (state: string, who: string | null): string => (who === null ? state : `${state} by ${who}`),
  quoted,
} as const;
