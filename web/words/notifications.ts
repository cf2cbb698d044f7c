/** What is told of what happened elsewhere, in the page and by the browser. */
export const WORDS = {
  title: "Notifications",
  seen: (title: string): string => `Seen: ${title}`,
  kinds: {
    completed: "Done",
    failed: "Failed",
    cancelled: "Cancelled",
    recovered: "Resumed",
    asks: "Asks you",
    waits: "Waits",
    notice: "Notice",
    skipped: "Skipped",
    paused: "Paused",
    mentioned: "For you",
  },
  one: (kind: string, title: string): string => `${kind}: ${title}`,
  several: (n: number): string => `${n} things happened`,
  counted: (n: number, kind: string): string => `${n} ${kind.toLowerCase()}`,
} as const;
