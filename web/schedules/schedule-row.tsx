import { Link } from "@tanstack/react-router";
import type { Schedule } from "../../src/wire/schedules.ts";
import { Controls, NextRun } from "./controls.tsx";
import { Dots } from "./outcome.tsx";
import { Rule } from "./rule.tsx";
import { WORDS } from "../words/schedules.tsx";

/** A table row, on a phone a card. */
export function ScheduleRow({ schedule }: { schedule: Schedule }) {
  const { name, description, state, failures, maxFailures } = schedule;
  return (
    <tr
      data-schedule={name}
      data-state={state}
      className="border-t border-line align-top hover:bg-panel max-md:flex max-md:flex-wrap max-md:items-center max-md:gap-x-3 max-md:py-2"
    >
      <td className="min-w-0 py-2 pr-3 max-md:w-full max-md:py-0.5">
        <Link
          to="/schedules/$name"
          params={{ name }}
          className="font-medium [overflow-wrap:anywhere] hover:underline max-md:inline-block max-md:py-2"
        >
          {name}
        </Link>
        {description !== "" && <p className="text-xs text-muted [overflow-wrap:anywhere]">{description}</p>}
        {state === "enabled" && failures > 0 && (
          <p className="text-xs text-bad">{WORDS.failedInARow(failures, maxFailures)}</p>
        )}
      </td>
      <td className="py-2 pr-3 max-md:py-0">
        <Rule schedule={schedule} />
      </td>
      <td className="py-2 pr-3 max-md:py-0">
        {state === "enabled" && <span className="text-muted md:hidden">{WORDS.next}</span>}
        <NextRun schedule={schedule} />
      </td>
      <td className="py-2 pr-3 max-md:w-full max-md:py-0.5">
        <Dots recent={schedule.recent ?? []} />
      </td>
      <td className="py-1 max-md:ml-auto">
        <Controls schedule={schedule} />
      </td>
    </tr>
  );
}
