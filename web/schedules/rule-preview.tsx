import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useServices } from "../app/services.tsx";
import { RequestFailure } from "../live/http.ts";
import { fullTime } from "../ui/format.ts";
import { problemsOf, type Problems } from "./form-problems.ts";
import { previewQuery } from "./queries.ts";
import { timeIn } from "./zone-time.ts";
import { WORDS } from "../words/schedules.tsx";

const TYPING_MS = 300;

/** The rule as it stood when the typing paused. */
function useSettled(when: string, timezone: string): { readonly when: string; readonly timezone: string } {
  const [settled, settle] = useState({ when, timezone });
  useEffect(() => {
    const timer = setTimeout(() => settle({ when, timezone }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [when, timezone]);
  return settled;
}

/** What the server makes of a rule while it is written: its words and its next times, or what is wrong with it. */
export function useRulePreview(when: string, timezone: string) {
  const { http } = useServices();
  const rule = useSettled(when.trim(), timezone.trim());
  const isBlank = rule.when === "";
  const preview = useQuery({
    ...previewQuery(http, { when: rule.when, n: 5, ...(rule.timezone !== "" && { timezone: rule.timezone }) }),
    enabled: !isBlank,
    placeholderData: keepPreviousData,
  });
  const isOurs = rule.when === when.trim() && rule.timezone === timezone.trim();
  const failed = isOurs && !isBlank && preview.error !== null && !preview.isFetching ? preview.error : null;
  const wrong: Problems["at"] = failed === null ? {} : problemsOf(failed).at;
  return {
    /** null: nothing to show, or it does not stand for what is written. */
    found: isBlank || preview.error !== null ? null : (preview.data ?? null),
    isWaiting: !isBlank && (preview.isFetching || !isOurs),
    wrong,
    /** The question itself failed: what is written may be good. */
    unasked: failed instanceof RequestFailure && failed.code !== "invalid_input" ? failed : null,
  };
}

export function RulePreview({ preview }: { preview: ReturnType<typeof useRulePreview> }) {
  const { found, isWaiting, unasked } = preview;
  return (
    <div role="status" aria-label={WORDS.preview} className="min-h-16 rounded-md bg-panel px-3 py-2 text-sm">
      {found !== null ? (
        <div className={isWaiting ? "opacity-55" : ""}>
          <p className="font-medium">{found.words}</p>
          <ol data-next-times className="mt-1 text-muted">
            {found.items.map(({ dueAt }) => (
              <li key={dueAt}>
                <time dateTime={dueAt} title={WORDS.yourTime(fullTime(dueAt))} className="tabular-nums">
                  {timeIn(dueAt, found.timezone)}
                </time>
              </li>
            ))}
          </ol>
          <p className="text-xs text-muted">
            {found.items.length === 1 ? WORDS.onceIn(found.timezone) : WORDS.nextTimesIn(found.timezone)}
          </p>
        </div>
      ) : (
        <p className="text-muted">
          {isWaiting
            ? WORDS.readingRule
            : unasked !== null
              ? WORDS.nextTimesUnknown(unasked.message)
              : WORDS.nextTimesShowHere}
        </p>
      )}
    </div>
  );
}
