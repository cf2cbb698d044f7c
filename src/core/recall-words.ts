import type { EventOf } from "./events.ts";

/** What a run was given of memory, in one line: how much, and of each what it is and why; what it says only its readers are told. */
export function recallWords({ nodes }: EventOf<"recall">["data"]): string {
  const each = nodes.map(({ id, why }) => `${id}${why === "" ? "" : ` (${why})`}`);
  return `from memory, ${nodes.length === 1 ? "1 thing" : `${nodes.length} things`}: ${each.join(", ")}`;
}
