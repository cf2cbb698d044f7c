import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { CirclePause, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import type { Schedule } from "../../src/wire/schedules.ts";
import { useServices } from "../app/services.tsx";
import { RequestFailure } from "../live/http.ts";
import { Button } from "../ui/button.tsx";
import { Empty, Failure, Loading } from "../ui/notice.tsx";
import { Controls } from "./controls.tsx";
import { DeleteSchedule } from "./delete-schedule.tsx";
import { EditSchedule } from "./edit-schedule.tsx";
import { Facts } from "./facts.tsx";
import { Ledger } from "./ledger.tsx";
import { PageBelow } from "../ui/page-below.tsx";
import { PauseSchedule } from "./pause-schedule.tsx";
import { scheduleQuery } from "./queries.ts";
import { WORDS } from "../words/schedules.tsx";

/** One schedule: its settings in words, and its ledger. */
export function ScheduleScreen() {
  const { http } = useServices();
  const { name } = useParams({ from: "/schedules/$name" });
  const { edit } = useSearch({ from: "/schedules/$name" });
  const schedule = useQuery(scheduleQuery(http, name));
  return (
    <PageBelow above={{ to: "/schedules", word: WORDS.title }} title={name}>
      {schedule.isPending && <Loading what={WORDS.loadingOne} />}
      {schedule.error !== null &&
        (isGone(schedule.error) ? (
          <Empty isPage title={WORDS.notHere} command="sparky agent schedule list">
            {WORDS.whyNotHere}
          </Empty>
        ) : (
          schedule.data === undefined && (
            <Failure what={WORDS.oneNotLoaded} error={schedule.error} retry={() => void schedule.refetch()} />
          )
        ))}
      {schedule.data !== undefined &&
        !isGone(schedule.error) &&
        (edit ? <EditSchedule key={name} schedule={schedule.data} /> : <Whole schedule={schedule.data} />)}
    </PageBelow>
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
      <Actions schedule={schedule} />
      <Facts schedule={schedule} />
      <Ledger name={schedule.name} zone={schedule.timezone} />
    </>
  );
}

function Actions({ schedule }: { schedule: Schedule }) {
  const navigate = useNavigate();
  const [asks, setAsks] = useState<"pause" | "delete" | null>(null);
  const { name, state } = schedule;
  return (
    <div className="mt-2 flex flex-wrap gap-2">
      <Button
        className="px-2 py-1"
        onClick={() => void navigate({ to: "/schedules/$name", params: { name }, search: { edit: true } })}
      >
        <Pencil aria-hidden="true" className="size-4" />
        {WORDS.edit}
      </Button>
      {state === "enabled" && (
        <Button className="px-2 py-1" onClick={() => setAsks("pause")}>
          <CirclePause aria-hidden="true" className="size-4" />
          {WORDS.pause}
        </Button>
      )}
      <Button kind="danger" className="px-2 py-1" onClick={() => setAsks("delete")}>
        <Trash2 aria-hidden="true" className="size-4" />
        {WORDS.delete}
      </Button>
      {asks === "pause" && <PauseSchedule name={name} onClose={() => setAsks(null)} />}
      {asks === "delete" && <DeleteSchedule name={name} onClose={() => setAsks(null)} />}
    </div>
  );
}
