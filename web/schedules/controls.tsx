import { Link } from "@tanstack/react-router";
import { Play } from "lucide-react";
import type { Schedule } from "../../src/wire/schedules.ts";
import { Button } from "../ui/button.tsx";
import { fullTime, until } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { Switch } from "../ui/switch.tsx";
import { usePatchSchedule, useRunSchedule } from "./change.ts";
import { WORDS } from "../words/schedules.tsx";

/** On or off, and run now: the same in the list and on a schedule's own page. */
export function Controls({ schedule }: { schedule: Schedule }) {
  const patch = usePatchSchedule(schedule.name);
  const run = useRunSchedule(schedule.name);
  return (
    <div className="flex flex-wrap items-center justify-end gap-x-2">
      <Switch
        label={WORDS.on(schedule.name)}
        isOn={schedule.state !== "disabled"}
        isBusy={patch.isPending}
        onChange={(isOn) => patch.mutate({ state: isOn ? "enabled" : "disabled" })}
      />
      {schedule.state === "paused" && (
        <Button
          className="px-2 py-1"
          aria-label={WORDS.resumeIt(schedule.name)}
          disabled={patch.isPending}
          onClick={() => patch.mutate({ state: "enabled" })}
        >
          {WORDS.resume}
        </Button>
      )}
      <Button
        className="px-2 py-1"
        aria-label={WORDS.runItNow(schedule.name)}
        disabled={run.isPending}
        onClick={() => run.mutate()}
      >
        <Play aria-hidden="true" className="size-4" />
        {run.isPending ? WORDS.queuing : WORDS.runNow}
      </Button>
      <p role="status" className="w-full text-right text-xs empty:hidden">
        {run.isSuccess &&
          WORDS.queued(
            <Link to="/chats/$chatId" params={{ chatId: run.data.chatId }} className="text-accent underline">
              {WORDS.watch}
            </Link>,
          )}
      </p>
      <Problem error={patch.error ?? run.error} />
    </div>
  );
}

/** When it runs next, or why it does not. */
export function NextRun({ schedule }: { schedule: Schedule }) {
  const now = useNow(10_000);
  if (schedule.state === "disabled") return <span className="text-muted">{WORDS.off}</span>;
  if (schedule.state === "paused") {
    return (
      <span className="text-warn">
        {WORDS.paused(
          schedule.pausedUntil === null ? null : (
            <time dateTime={schedule.pausedUntil}>{fullTime(schedule.pausedUntil)}</time>
          ),
          schedule.pauseReason,
        )}
      </span>
    );
  }
  if (schedule.nextDueAt === null) return <span className="text-muted">{WORDS.noLongerDue}</span>;
  const left = until(schedule.nextDueAt, now);
  const rest = schedule.restsUntil === null ? null : until(schedule.restsUntil, now);
  return (
    <>
      <time dateTime={schedule.nextDueAt} title={fullTime(schedule.nextDueAt)} className="tabular-nums">
        {left === null ? WORDS.dueNow : WORDS.dueIn(left)}
      </time>
      {rest !== null && (
        <span className="block text-xs text-warn" title={fullTime(schedule.restsUntil ?? schedule.nextDueAt)}>
          {WORDS.rests(rest)}
        </span>
      )}
    </>
  );
}
