import { Link } from "@tanstack/react-router";
import type { Entity } from "../../src/wire/facts.ts";
import { ago, fullTime, oneLine } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { Section } from "../ui/section.tsx";
import { WORDS } from "../words/memory.tsx";

/** The runs that were given it, or what is known of it; each leads to the place where that stands. */
export function UsedIn({ usedIn: { count, runs } }: Pick<Entity, "usedIn">) {
  const now = useNow(60_000);
  if (count === 0) return null;
  return (
    <Section id="used-in" title={WORDS.usedIn(count)}>
      <ul className="divide-y divide-line border-y border-line text-sm">
        {runs.map(({ runId, chatId, seq, at, title }) => (
          <li key={`${runId} ${seq}`} className="flex flex-wrap items-center gap-x-3 py-1">
            <Link
              to="/chats/$chatId"
              params={{ chatId }}
              search={{ at: seq }}
              dir="auto"
              className="tap inline-flex items-center text-accent underline [overflow-wrap:anywhere]"
            >
              {oneLine(title, 100)}
            </Link>
            <Link
              to="/runs/$runId"
              params={{ runId }}
              className="tap inline-flex items-center text-xs text-muted underline"
            >
              {WORDS.theRun}
            </Link>
            <time dateTime={at} title={fullTime(at)} className="ml-auto text-xs text-muted">
              {ago(at, now)}
            </time>
          </li>
        ))}
      </ul>
      {count > runs.length && <p className="mt-1 text-sm text-muted">{WORDS.earlier(count - runs.length)}</p>}
    </Section>
  );
}
