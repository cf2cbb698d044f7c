import { useState } from "react";
import type { Schedule } from "../../src/wire/schedules.ts";
import { Button } from "../ui/button.tsx";
import { Problem } from "../ui/notice.tsx";
import { Switch } from "../ui/switch.tsx";
import { usePatchSchedule } from "./change.ts";
import { Rule } from "./rule.tsx";

const ANSWERED = "sparky.schedules.offer";

/** Off, never run, and as it was made: nobody has decided about it yet. */
function isUndecided({ state, last, createdAt, updatedAt }: Schedule): boolean {
  return state === "disabled" && last === null && createdAt === updatedAt;
}

/** What Sparky came with and nobody has decided about, to be switched on one by one; answered once, it stays away. */
export function Offer({ schedules }: { schedules: readonly Schedule[] }) {
  const [isAnswered, answer] = useState(wasAnswered);
  // Those of the beginning: one that is switched on stays in sight.
  const [names] = useState(() => new Set(schedules.filter(isUndecided).map(({ name }) => name)));
  const offered = schedules.filter(({ name }) => names.has(name));
  if (isAnswered || offered.length === 0) return null;
  const done = (): void => {
    answer(true);
    try {
      localStorage.setItem(ANSWERED, "true");
    } catch {
      // Asked again at the next visit.
    }
  };
  return (
    <section aria-labelledby="offer" className="mt-2 rounded-lg border border-line bg-panel px-4 py-3">
      <h2 id="offer" className="font-semibold">
        Switch on what you like
      </h2>
      <p className="text-sm text-muted">
        These schedules are off. Each can be edited, run once by hand, and switched off again at any time.
      </p>
      <ul className="mt-2 grid gap-x-6 gap-y-1 md:grid-cols-2">
        {offered.map((schedule) => (
          <Offered key={schedule.name} schedule={schedule} />
        ))}
      </ul>
      <div className="mt-2 flex justify-end">
        <Button onClick={done}>Done</Button>
      </div>
    </section>
  );
}

function Offered({ schedule }: { schedule: Schedule }) {
  const patch = usePatchSchedule(schedule.name);
  return (
    <li data-offered={schedule.name} className="flex flex-wrap items-start gap-x-2">
      <Switch
        label={`Switch on ${schedule.name}`}
        isOn={schedule.state !== "disabled"}
        isBusy={patch.isPending}
        onChange={(isOn) => patch.mutate({ state: isOn ? "enabled" : "disabled" })}
      />
      <span className="min-w-0 flex-1 text-sm">
        <span className="font-medium">{schedule.name}</span>{" "}
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
