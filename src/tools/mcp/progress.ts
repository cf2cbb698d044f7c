import type { Progress } from "@modelcontextprotocol/client";

/**
 * How far a server says that a call is, in one line; null where it says nothing that people could read. Its numbers are what it
 * likes them to be: those that make no sense are left out.
 */
export function progressWords({ message, progress, total }: Progress): string | null {
  const words = [message?.trim() ?? "", countOf(progress, total)].filter((each) => each !== "");
  return words.length === 0 ? null : words.join(" · ");
}

/** Above it a number of things is no number to read. */
const MOST_COUNTED = 1_000_000;
/** Who says how much of so many is done means a share. */
const SHARES: readonly number[] = [1, 100];

function countOf(progress: number, total: number | undefined): string {
  if (total === undefined || !Number.isFinite(total) || total <= 0 || !(progress >= 0 && progress <= total)) return "";
  const isCount = Number.isInteger(progress) && Number.isInteger(total) && total <= MOST_COUNTED;
  return isCount && !SHARES.includes(total) ? `${progress} of ${total}` : `${Math.floor((progress / total) * 100)} %`;
}
