import type { EventOf } from "../../src/core/events.ts";
import { count } from "../ui/format.ts";
import { WORDS } from "../words/thread.ts";

export type ModelCall = EventOf<"usage">["data"];

/** What stands in the model's window behind its answer. */
export const usedBy = ({ inputTokens, outputTokens }: ModelCall): number => inputTokens + outputTokens;

/** From 0 to 1, of a window that is known; null: of one that is not. */
export function shareOf(call: ModelCall): number | null {
  const { context } = call;
  return context === undefined || context.windowGuessed ? null : Math.min(1, usedBy(call) / context.window);
}

/** `Context: 12.4k of 200.0k tokens, 6 %`. */
export function contextWords(call: ModelCall | null): string {
  if (call === null) return WORDS.ring.noCall;
  const share = shareOf(call);
  if (share === null || call.context === undefined) {
    return WORDS.ring.windowNotKnown(count(usedBy(call)));
  }
  return WORDS.ring.of(count(usedBy(call)), count(call.context.window), Math.round(share * 100));
}

const RADIUS = 6;
const AROUND = 2 * Math.PI * RADIUS;

/** How full the window is: a part of a ring, empty but for a dot where nobody knows how big it is. Its words stand beside it. */
export function Ring({ call }: { call: ModelCall }) {
  const share = shareOf(call);
  const colour = share === null || share < 0.7 ? "text-accent" : share < 0.9 ? "text-warn" : "text-bad";
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true" className="size-4 shrink-0 -rotate-90">
      <circle cx="8" cy="8" r={RADIUS} fill="none" strokeWidth="3" className="stroke-line-strong" />
      {share === null ? (
        <circle cx="8" cy="8" r="1.5" className="fill-muted" />
      ) : (
        <circle
          cx="8"
          cy="8"
          r={RADIUS}
          fill="none"
          strokeWidth="3"
          stroke="currentColor"
          className={colour}
          strokeDasharray={`${Math.max(0.02, share) * AROUND} ${AROUND}`}
        />
      )}
    </svg>
  );
}
