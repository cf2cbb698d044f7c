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
} as const;
