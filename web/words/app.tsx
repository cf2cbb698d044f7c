import type { ReactNode } from "react";

/** What stands around every page, and where there is none. */
export const WORDS = {
  name: "Sparky",
  skip: "Skip to the content",
  places: "Places",
  placeNames: {
    home: "Home",
    chats: "Chats",
    tasks: "Tasks",
    schedules: "Schedules",
    memory: "Memory",
    inbox: "Inbox",
    tools: "Tools",
    settings: "Settings",
  },
  waiting: " waiting for you",
  noAnswer: "Sparky did not answer",
  connecting: "Connecting…",
  noSuchPage: "There is no such page",
  chooseOne: "Choose one from the menu.",
  /** A mistake of ours, which nobody is to see. */
  noServices: "no services above this component",
  broken: "This page could not be shown",

  model: (model: string): string => `Model: ${model}`,
  agentIsIdle: "Agent is idle",
  loopIsOff: "Task loop is off",
  inState: (state: string): string => `${state}: `,
  doing: (step: number, what: string): string =>
    [...(step > 0 ? [`step ${step}`] : []), ...(what === "" ? [] : [what])].join(" · "),
  andMore: (n: number): string => `+${n}`,

  /** The connection. */
  isLive: "Everything is shown as it happens",
  connectNow: "Try to connect now",
  /** `seconds`: until the next one; 0 or less: it is due. */
  attempt: (n: number, seconds: number): string => `try ${n}${seconds > 0 ? `, next in ${seconds} s` : " now"}`,
  connections: {
    connecting: "Connecting",
    live: "Live",
    reconnecting: "Reconnecting",
    restarting: "Server restarting",
    offline: "Offline",
    "signed-out": "Signed out",
  },

  /** The account. */
  account: (name: string): string => `${name}: account and settings`,
  signedInAs: (name: ReactNode): ReactNode => <>Signed in as {name}</>,
  signOut: "Sign out",
  signedOut: "You are signed out",
  here: "On the machine where Sparky runs, this signs you in and opens the browser:",
  elsewhere: "For another device, this prints a link that works once:",
  /** `link`: of these two, the one to follow. */
  orPassword: (link: (words: string) => ReactNode): ReactNode => (
    <>Whoever has a password or a passkey needs no link: {link("sign in with it")}.</>
  ),
  goesOn: "The agent goes on with its work meanwhile. What you were writing is kept in this browser.",
  checkAgain: "Check again",
} as const;
