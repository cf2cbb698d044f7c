import { plural } from "./plural.ts";

/** What sharing a chat says. */
export const WORDS = {
  /** The button in the chat's head. `n`: how many people it is shared with. */
  open: (n: number): string =>
    n === 0 ? "Share this chat" : plural(n, { one: "Shared with # person", other: "Shared with # people" }),
  titleMine: "Share this chat",
  title: "Who sees this chat",
  means: "Whoever you share it with can read all that was said and done here, from the beginning.",
  loading: "Loading who sees this chat…",
  notLoaded: "Who sees this chat could not be loaded",
  list: "Who sees this chat",
  owner: "it is theirs",
  agents: "owners of this Sparky see it too",
  rights: { watch: "may watch", write: "may write" },
  whatMay: (name: string): string => `What ${name} may do`,
  takeAway: (name: string): string => `Take it away from ${name}`,
  with: "With",
  choose: "Choose somebody",
  newRight: "To do what",
  share: "Share",
  sharing: "Sharing…",
  nobodyLeft: "Everybody here sees it.",

  /** Links. */
  byLink: "By a link",
  linkMeans: "Whoever has it and signs in here has the chat from then on; viewers watch. You see who came.",
  linksFailed: "The links could not be loaded",
  linkBy: (name: string): string => `by ${name}`,
  ends: (when: string): string => `ends ${when}`,
  came: (people: readonly string[]): string => `came by it: ${people.join(", ")}`,
  revokeLink: "Revoke this link",
  whatOfThem: (people: readonly string[]): string =>
    `${people.join(", ")} came by it. If you revoke the link alone, that stays so.`,
  linkAlone: "Revoke the link alone",
  linkAndShares: "Take the chat away too",
  newLink: "New link",
  linkRight: "What whoever has the link may do",
  linkEnd: "When the link ends",
  endIn: { "1": "for a day", "7": "for 7 days", "30": "for 30 days", "365": "for a year" },
  makeLink: "Make a link",
  making: "Making it…",
  thisOnce: "Copy it now: it is not shown again.",
  copyLink: "Copy the link",

  /** Where one leads. */
  windowTitle: "A shared chat · Sparky",
  sharedByLink: "Somebody shares a chat with you",
  takingMeans: "Opened, it stands in your list, and whoever sees the chat is told your name.",
  takingWatches: "Opened, it stands in your list to watch, and whoever sees the chat is told your name.",
  take: "Open the chat",
  taking: "Opening it…",
  noToken: "This link is not whole",
  copyAgain: "Copy all of it, from its first to its last character.",
} as const;
