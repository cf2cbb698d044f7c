import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { Schedule } from "../../src/wire/schedules.ts";
import { Button } from "../ui/button.tsx";
import { fullTime, until } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { Switch } from "../ui/switch.tsx";
import { usePatchSchedule, useRunSchedule } from "./change.ts";

/** On or off, and run now: the same in the list and on a schedule's own page. */
export function Controls({ schedule }: { schedule: Schedule }) {
  const patch = usePatchSchedule(schedule.name);
  const run = useRunSchedule(schedule.name);
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-2">
      <Switch
        label={`On: ${schedule.name}`}
        isOn={schedule.state !== "disabled"}
        isBusy={patch.isPending}
        onChange={(isOn) => patch.mutate({ state: isOn ? "enabled" : "disabled" })}
      />
      {schedule.state === "paused" && (
        <Button
          className="px-2 py-1"
          aria-label={`Resume: ${schedule.name}`}
          disabled={patch.isPending}
          onClick={() => patch.mutate({ state: "enabled" })}
        >
          Resume
        </Button>
      )}
      <Button
        className="px-2 py-1"
        aria-label={`Run now: ${schedule.name}`}
        disabled={run.isPending}
        onClick={() => run.mutate()}
      >
        <Play aria-hidden="true" className="size-4" />
        {run.isPending ? "Queueing…" : "Run now"}
      </Button>
      <p role="status" className="w-full text-right text-xs empty:hidden">
        {run.isSuccess && (
          <>
            Queued.{" "}
            <Link to="/chats/$chatId" params={{ chatId: run.data.chatId }} className="text-accent underline">
              Watch it
            </Link>
          </>
        )}
      </p>
      <Problem error={patch.error ?? run.error} />
    </div>
  );
}

/** When it runs next, or why it does not. */
export function NextRun({ schedule }: { schedule: Schedule }) {
  const now = useNow(10_000);
  if (schedule.state === "disabled") return <span className="text-muted">Off</span>;
  if (schedule.state === "paused") {
    return (
      <span className="text-warn">
        Paused
        {schedule.pausedUntil !== null && (
          <>
            {" until "}
            <time dateTime={schedule.pausedUntil}>{fullTime(schedule.pausedUntil)}</time>
          </>
        )}
        {schedule.pauseReason !== null && `: ${schedule.pauseReason}`}
      </span>
    );
  }
  if (schedule.nextDueAt === null) return <span className="text-muted">Not due any more</span>;
  const left = until(schedule.nextDueAt, now);
  const rest = schedule.restsUntil === null ? null : until(schedule.restsUntil, now);
  return (
    <>
      <time dateTime={schedule.nextDueAt} title={fullTime(schedule.nextDueAt)} className="tabular-nums">
        {left === null ? "now" : `in ${left}`}
      </time>
      {rest !== null && (
        <span className="block text-xs text-warn" title={fullTime(schedule.restsUntil ?? schedule.nextDueAt)}>
          rests {rest} more after a failure
        </span>
      )}
    </>
  );
}
