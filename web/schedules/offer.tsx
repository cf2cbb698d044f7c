import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Schedule } from "../../src/wire/schedules.ts";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { Switch } from "../ui/switch.tsx";
import { usePatchSchedule } from "./change.ts";
import { Rule } from "./rule.tsx";
import { WORDS } from "../words/schedules.tsx";

const ANSWERED = "sparky.schedules.offer";

/** Off, never run, and as it was made: nobody has decided about it yet. */
function isUndecided({ state, last, createdAt, updatedAt }: Schedule): boolean {
  return state === "disabled" && last === null && createdAt === updatedAt;
}

/**
 * Which schedules are offered now: those of the beginning that nobody has decided about. One that is switched on stays in
 * sight; answered once, the offer stays away.
 */
export function useOffer(schedules: readonly Schedule[] | undefined) {
  const [isAnswered, answer] = useState(wasAnswered);
  const [names, setNames] = useState<ReadonlySet<string> | null>(null);
  if (names === null && schedules !== undefined) {
    setNames(new Set(schedules.filter(isUndecided).map(({ name }) => name)));
  }
  const offered = isAnswered ? [] : (schedules ?? []).filter(({ name }) => names?.has(name));
  const done = (): void => {
    answer(true);
    try {
      localStorage.setItem(ANSWERED, "true");
    } catch {
      // Asked again at the next visit.
    }
  };
  return { offered, done };
}

/** What Sparky came with, to be read and switched on one by one; the table below does not show it again. */
export function Offer({ offered, done }: ReturnType<typeof useOffer>) {
  return (
    <section aria-labelledby="offer" className="mt-2 rounded-lg border border-line bg-panel px-4 py-3">
      <h2 id="offer" className="font-semibold">
        {WORDS.offer}
      </h2>
      <p className="text-sm text-muted">{WORDS.offerMeans}</p>
      <ul className="mt-2 grid gap-x-6 gap-y-2 md:grid-cols-2">
        {offered.map((schedule) => (
          <Offered key={schedule.name} schedule={schedule} />
        ))}
      </ul>
      <div className="mt-2 flex justify-end">
        <Button onClick={done}>{WORDS.offerDone}</Button>
      </div>
    </section>
  );
}

function Offered({ schedule }: { schedule: Schedule }) {
  const patch = usePatchSchedule(schedule.name);
  return (
    <li data-offered={schedule.name} className="flex flex-wrap items-start gap-x-2">
      <Switch
        label={WORDS.switchOn(schedule.name)}
        isOn={schedule.state !== "disabled"}
        isBusy={patch.isPending}
        onChange={(isOn) => patch.mutate({ state: isOn ? "enabled" : "disabled" })}
      />
      <span className="min-w-0 flex-1 text-sm">
        <Link
          to="/schedules/$name"
          params={{ name: schedule.name }}
          className="font-medium underline-offset-2 hover:underline"
        >
          {schedule.name}
        </Link>{" "}
        <span className="text-xs text-muted">
          <Rule schedule={schedule} />
        </span>
        <span className="block text-xs text-muted">{schedule.description}</span>
      </span>
      <Problem error={patch.error} />
    </li>
  );
}

function wasAnswered(): boolean {
  try {
    return localStorage.getItem(ANSWERED) !== null;
  } catch {
    return false;
  }
}
