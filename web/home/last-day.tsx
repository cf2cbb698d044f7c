import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { workedUntil } from "../../src/core/run-state.ts";
import type { ActivityItem } from "../../src/wire/activity.ts";
import { shownRun } from "../../src/wire/state-words.ts";
import { Button } from "../ui/button.tsx";
import { duration, fullTime, oneLine, timeOfDay } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { Section } from "../ui/section.tsx";
import { StateMark, stateColour, stateWord } from "../ui/state.tsx";
import { beginOf, marksOf, timesOf } from "./activity.ts";
import { WORDS } from "../words/home.ts";

const LANE_PX = 9;
const PAGE = 20;

/** What the agent worked on in the last 24 hours: as marks on a line of time, and as a table. */
export function LastDay({
  items,
  total = items.length,
}: {
  items: readonly ActivityItem[];
  total?: number | undefined;
}) {
  const now = useNow(30_000);
  if (items.length === 0) return null;
  const from = beginOf(items, now);
  const place = (at: number): number => ((at - from) / (now - from)) * 100;
  const marks = marksOf(items, from, now);
  const lanes = 1 + Math.max(...marks.map(({ lane }) => lane));
  const counts = new Map<string, number>();
  for (const item of items) counts.set(wordOf(item), (counts.get(wordOf(item)) ?? 0) + 1);
  const words = [...counts].map(([word, n]) => WORDS.inState(n, word)).join(", ");
  return (
    <Section id="last-day" title={WORDS.lastDay}>
      <p className="text-sm text-muted">
        {WORDS.runs(total, words)}
        {total > items.length && WORDS.amongNewest(items.length)}
      </p>
      <div
        aria-hidden="true"
        data-strip
        className="relative mt-2 border-b border-line-strong"
        style={{ height: lanes * LANE_PX + 6 }}
      >
        {timesOf(from, now).map((at) => (
          <span key={at} className="absolute inset-y-0 border-l border-line" style={{ left: `${place(at)}%` }} />
        ))}
        {marks.map(({ item, left, width, lane }) => (
          <Link
            key={item.runId}
            to="/chats/$chatId"
            params={{ chatId: item.chatId }}
            tabIndex={-1}
            data-mark-run={item.runId}
            data-mark-state={item.state}
            title={tip(item, now)}
            className={`absolute rounded-xs bg-current ${stateColour(shownRun(item))}`}
            style={{
              left: `min(${left}%, 100% - 4px)`,
              width: `max(${width}%, 4px)`,
              bottom: lane * LANE_PX + 1,
              height: LANE_PX - 2,
            }}
          />
        ))}
      </div>
      <div aria-hidden="true" className="relative h-4 overflow-hidden text-micro text-muted">
        {timesOf(from, now).map((at) => (
          <span
            key={at}
            className="absolute -translate-x-1/2 whitespace-nowrap tabular-nums"
            style={{ left: `clamp(1.75rem, ${place(at)}%, 100% - 1.75rem)` }}
          >
            {timeOfDay(new Date(at).toISOString())}
          </span>
        ))}
      </div>
      <AsTable items={items} now={now} />
    </Section>
  );
}

const wordOf = (item: ActivityItem): string => stateWord(shownRun(item));

function tip(item: ActivityItem, now: number): string {
  const took = workedUntil(now, item);
  const facts = [wordOf(item), oneLine(item.title, 80), timeOfDay(item.startedAt), duration(took)];
  return [...facts, ...(item.reason === null ? [] : [oneLine(item.reason, 120)])].join(" · ");
}

function AsTable({ items, now }: { items: readonly ActivityItem[]; now: number }) {
  const [most, setMost] = useState(PAGE);
  return (
    <details>
      <summary className="tap w-fit text-sm text-muted">{WORDS.asTable}</summary>
      <div className="overflow-x-auto" tabIndex={0} role="group" aria-label={WORDS.table}>
        <table className="w-full border-collapse text-sm">
          <caption className="sr-only">{WORDS.caption}</caption>
          <thead>
            <tr className="text-left text-xs text-muted">
              <th className="py-1 pr-3 font-medium">{WORDS.columns.state}</th>
              <th className="py-1 pr-3 font-medium">{WORDS.columns.task}</th>
              <th className="py-1 pr-3 font-medium">{WORDS.columns.started}</th>
              <th className="py-1 font-medium">{WORDS.columns.took}</th>
            </tr>
          </thead>
          <tbody>
            {items.slice(0, most).map((item) => (
              <tr key={item.runId} className="border-t border-line align-top">
                <td className="py-1 pr-3">
                  <StateMark state={shownRun(item)} />
                </td>
                <td className="py-1 pr-3 [overflow-wrap:anywhere]">
                  <Link
                    dir="auto"
                    to="/chats/$chatId"
                    params={{ chatId: item.chatId }}
                    className="inline-block hover:underline"
                  >
                    {oneLine(item.title, 100)}
                  </Link>
                  {item.reason !== null && (
                    <p dir="auto" className="text-xs text-muted">
                      {oneLine(item.reason, 200)}
                    </p>
                  )}
                </td>
                <td className="py-1 pr-3 whitespace-nowrap text-muted tabular-nums">
                  <time dateTime={item.startedAt} title={fullTime(item.startedAt)}>
                    {timeOfDay(item.startedAt)}
                  </time>
                </td>
                <td className="py-1 whitespace-nowrap text-muted tabular-nums">{duration(workedUntil(now, item))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {items.length > most && (
        <Button className="mt-2" onClick={() => setMost(most + PAGE)}>
          {WORDS.showMore(items.length - most)}
        </Button>
      )}
    </details>
  );
}
