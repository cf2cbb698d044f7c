import { Link } from "@tanstack/react-router";
import type { Status } from "../../src/wire/api.ts";
import { fullTime, until } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { Section } from "../ui/section.tsx";
import { WORDS } from "../words/home.ts";

/** What is due next by the schedules: the five that come first. */
export function NextSchedules({ next }: { next: Status["next"] }) {
  const now = useNow(10_000);
  if (next.length === 0) return null;
  return (
    <Section id="next-schedules" title={WORDS.next}>
      <ol className="divide-y divide-line">
        {next.map(({ schedule, dueAt }) => {
          const left = until(dueAt, now);
          return (
            <li key={schedule} data-next={schedule}>
              <Link
                to="/schedules/$name"
                params={{ name: schedule }}
                className="tap flex items-center gap-3 rounded-md py-1 hover:bg-panel"
              >
                <span className="min-w-0 flex-1 truncate">{schedule}</span>
                <time dateTime={dueAt} title={fullTime(dueAt)} className="shrink-0 text-xs text-muted">
                  {WORDS.due(left)}
                </time>
              </Link>
            </li>
          );
        })}
      </ol>
    </Section>
  );
}
