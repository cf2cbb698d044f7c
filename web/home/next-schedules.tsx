import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { statusQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { fullTime, until } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";

/** What is due next by the schedules: the five that come first. */
export function NextSchedules() {
  const { http } = useServices();
  const { data: status } = useQuery(statusQuery(http));
  const now = useNow(10_000);
  // That the status could not be had is said above, by what works now.
  if (status === undefined) return null;
  return (
    <section aria-labelledby="next-schedules">
      <h2 id="next-schedules" className="font-semibold">
        Next
      </h2>
      {status.next.length === 0 && (
        <p className="text-sm text-muted">
          Nothing is due:{" "}
          <Link to="/schedules" className="text-accent underline">
            no schedule is on
          </Link>
          .
        </p>
      )}
      <ol className="divide-y divide-line">
        {status.next.map(({ schedule, dueAt }) => {
          const left = until(dueAt, now);
          return (
            <li key={schedule} data-next={schedule}>
              <Link
                to="/schedules/$name"
                params={{ name: schedule }}
                className="tap flex items-center gap-3 rounded-md px-1 py-1 hover:bg-panel"
              >
                <span className="min-w-0 flex-1 truncate font-medium">{schedule}</span>
                <time dateTime={dueAt} title={fullTime(dueAt)} className="shrink-0 text-sm text-muted tabular-nums">
                  {left === null ? "now" : `in ${left}`}
                </time>
              </Link>
            </li>
          );
        })}
      </ol>
    </section>
  );
}
