import type { Occurrence } from "../../src/wire/schedules.ts";
import { duration, fullTime } from "../ui/format.ts";
import { StateIcon, StateMark, stateWord, type Shown } from "../ui/state.tsx";

/** What became of a due instant, in the one vocabulary of states. */

const SHOWN: Readonly<Record<Occurrence["outcome"], Shown>> = {
  queued: "queued",
  running: "working",
  ran: "completed",
  "ran late": "late",
  merged: "merged",
  skipped: "skipped",
  interrupted: "interrupted",
  failed: "failed",
  cancelled: "cancelled",
};

/** The ledger's own reasons, as a sentence goes on after the outcome; others are words already. */
const REASONS: Readonly<Record<string, string>> = {
  overlap: "the previous run was still going",
  paused: "the schedule was paused",
  down: "Sparky was not running",
  policy: "its catch-up rule leaves it out",
  backoff: "it rests after a failure",
};

export function reasonWords({ outcome, reason }: Occurrence): string | null {
  if (reason === null) return null;
  if (outcome === "merged") return "one was waiting already and stands for both";
  return outcome === "skipped" ? (REASONS[reason] ?? reason) : reason;
}

function outcomeWord({ outcome }: Occurrence): string {
  return stateWord(SHOWN[outcome]);
}

export function OutcomeMark({ occurrence }: { occurrence: Occurrence }) {
  return <StateMark state={SHOWN[occurrence.outcome]} />;
}

/** How long it worked; null while it has not ended, or when it never began. */
export function tookMs({ startedAt, endedAt }: Occurrence): number | null {
  return startedAt === null || endedAt === null ? null : Date.parse(endedAt) - Date.parse(startedAt);
}

function tip(occurrence: Occurrence): string {
  const reason = reasonWords(occurrence);
  const took = tookMs(occurrence);
  const facts = [
    reason === null ? outcomeWord(occurrence) : `${outcomeWord(occurrence)}: ${reason}`,
    occurrence.count > 1
      ? `${occurrence.count} due times from ${fullTime(occurrence.dueAt)}`
      : fullTime(occurrence.dueAt),
    occurrence.manual && "run by hand",
    took !== null && `took ${duration(took)}`,
  ];
  return facts.filter((fact) => fact !== false).join(" · ");
}

/** The latest occurrences, the newest at the right: an icon and a colour for each, all of it in words for screen readers. */
export function Dots({ recent }: { recent: readonly Occurrence[] }) {
  if (recent.length === 0) return <span className="text-xs text-muted">None yet</span>;
  return (
    <span role="img" aria-label={inWords(recent)} data-dots={recent.length} className="inline-flex flex-wrap gap-px">
      {recent.toReversed().map((occurrence) => (
        <span
          key={`${occurrence.dueAt} ${occurrence.taskId}`}
          data-outcome={occurrence.outcome}
          title={tip(occurrence)}
          className="py-1"
        >
          <StateIcon state={SHOWN[occurrence.outcome]} className="size-3" />
        </span>
      ))}
    </span>
  );
}

/** `Last 20: 18 done, 2 skipped; the newest is done`. */
function inWords(recent: readonly Occurrence[]): string {
  const counts = new Map<string, number>();
  for (const occurrence of recent) {
    const word = outcomeWord(occurrence).toLowerCase();
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const [newest] = recent;
  const all = [...counts].map(([word, n]) => `${n} ${word}`).join(", ");
  return `Last ${recent.length}: ${all}${newest ? `; the newest is ${outcomeWord(newest).toLowerCase()}` : ""}`;
}
