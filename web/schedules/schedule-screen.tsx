import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { ArrowLeft } from "lucide-react";
import type { Schedule } from "../../src/wire/schedules.ts";
import { useServices } from "../app/services.tsx";
import { RequestFailure } from "../live/http.ts";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { Controls } from "./controls.tsx";
import { Facts } from "./facts.tsx";
import { Ledger } from "./ledger.tsx";
import { scheduleQuery } from "./queries.ts";

/** One schedule: its settings in words, and its ledger. */
export function ScheduleScreen() {
  const { http } = useServices();
  const { name } = useParams({ from: "/schedules/$name" });
  const schedule = useQuery(scheduleQuery(http, name));
  return (
    <div className="h-full overflow-y-auto">
      <title>{`${name} · Schedules · Sparky`}</title>
      <div className="mx-auto max-w-5xl px-4 py-3">
        <Link to="/schedules" className="tap inline-flex items-center gap-1 text-sm text-muted">
          <ArrowLeft aria-hidden="true" className="size-4" />
          Schedules
        </Link>
        {schedule.isPending && <Loading what="Loading the schedule…" />}
        {schedule.error !== null &&
          (isGone(schedule.error) ? (
            <Empty isPage title="This schedule is not here" command="sparky agent schedule list">
              It was deleted, or it never was, or it is not yours.
            </Empty>
          ) : (
            schedule.data === undefined && (
              <Failure
                what="The schedule could not be loaded"
                error={schedule.error}
                retry={() => void schedule.refetch()}
              />
            )
          ))}
        {schedule.data !== undefined && !isGone(schedule.error) && <Whole key={name} schedule={schedule.data} />}
      </div>
    </div>
  );
}

function isGone(error: Error | null): boolean {
  return error instanceof RequestFailure && error.code === "not_found";
}

function Whole({ schedule }: { schedule: Schedule }) {
  return (
    <>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          <h1 className="text-base font-semibold [overflow-wrap:anywhere]">{schedule.name}</h1>
          {schedule.description !== "" && <p className="text-sm text-muted">{schedule.description}</p>}
        </div>
        <Controls schedule={schedule} />
      </div>
      <Facts schedule={schedule} />
      <Ledger name={schedule.name} zone={schedule.timezone} />
    </>
  );
}
