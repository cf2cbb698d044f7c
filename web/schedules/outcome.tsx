import type { Occurrence } from "../../src/wire/schedules.ts";
import { shownOutcome } from "../../src/wire/state-words.ts";
import { duration, fullTime } from "../ui/format.ts";
import { StateIcon, StateMark, stateWord } from "../ui/state.tsx";
import { WORDS } from "../words/schedules.tsx";

/** What became of a due instant, in the one vocabulary of states. */

const REASONS: ReadonlyMap<string, string> = new Map(Object.entries(WORDS.reasons));

export function reasonWords({ outcome, reason }: Occurrence): string | null {
  if (reason === null) return null;
  if (outcome === "merged") return WORDS.merged;
  return outcome === "skipped" ? (REASONS.get(reason) ?? reason) : reason;
}

function outcomeWord(occurrence: Occurrence): string {
  return stateWord(shownOutcome(occurrence));
}

export function OutcomeMark({ occurrence }: { occurrence: Occurrence }) {
  return <StateMark state={shownOutcome(occurrence)} />;
}

/** How long it worked; null while it has not ended, or when it never began. Of a run that is gone no more is known than when. */
export function tookMs({ startedAt, endedAt, workedMs }: Occurrence): number | null {
  return startedAt === null || endedAt === null ? null : (workedMs ?? Date.parse(endedAt) - Date.parse(startedAt));
}

function tip(occurrence: Occurrence): string {
  const reason = reasonWords(occurrence);
  const took = tookMs(occurrence);
  const facts = [
    reason === null ? outcomeWord(occurrence) : WORDS.outcomeBecause(outcomeWord(occurrence), reason),
    occurrence.count > 1
      ? WORDS.dueTimesFrom(occurrence.count, fullTime(occurrence.dueAt))
      : fullTime(occurrence.dueAt),
    occurrence.manual && WORDS.runByHand,
    took !== null && WORDS.took(duration(took)),
  ];
  return facts.filter((fact) => fact !== false).join(" · ");
}

/** The latest occurrences, the newest at the right: an icon and a colour for each, all of it in words for screen readers. */
export function Dots({ recent }: { recent: readonly Occurrence[] }) {
  const [newest] = recent;
  if (newest === undefined) return <span className="text-xs text-muted">{WORDS.noneYet}</span>;
  return (
    <span
      role="img"
      aria-label={inWords(recent, newest)}
      data-dots={recent.length}
      className="inline-flex flex-wrap gap-px"
    >
      {recent.toReversed().map((occurrence) => (
        <span
          key={`${occurrence.dueAt} ${occurrence.taskId}`}
          data-outcome={occurrence.outcome}
          title={tip(occurrence)}
          className="py-1"
        >
          <StateIcon state={shownOutcome(occurrence)} className="size-3" />
        </span>
      ))}
    </span>
  );
}

/** `Last 20: 18 done, 2 skipped; the newest is done`. */
function inWords(recent: readonly Occurrence[], newest: Occurrence): string {
  const counts = new Map<string, number>();
  for (const occurrence of recent) {
    const word = outcomeWord(occurrence).toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const all = [...counts].map(([word, n]) => WORDS.countOf(n, word)).join(", ");
  return WORDS.last(recent.length, all, outcomeWord(newest).toLowerCase());
}
