import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import type { Schedule } from "../../src/wire/schedules.ts";
import { useServices } from "../app/services.tsx";
import { useStatus } from "../app/told.ts";
import { Button } from "../ui/button.tsx";
import { CommandLine, Empty, Failure, Loading } from "../ui/notice.tsx";
import { Pill } from "../ui/pill.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { Screen } from "../ui/screen.tsx";
import { NewSchedule } from "./new-schedule.tsx";
import { Offer, useOffer } from "./offer.tsx";
import { schedulesQuery } from "./queries.ts";
import { ScheduleRow } from "./schedule-row.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/schedules.tsx";

const STATES = ["enabled", "disabled", "paused", "failing"] as const;
type Filter = (typeof STATES)[number];

function fits({ state, failures }: Schedule, filter: Filter | undefined): boolean {
  if (filter === undefined) return true;
  return filter === "failing" ? failures > 0 : state === filter;
}

/** The list, or in its place the form for a new one. */
export function SchedulesScreen() {
  return useSearch({ from: "/schedules" }).new ? <NewSchedule /> : <ScheduleList />;
}

/** Every schedule with when it is due, what comes next, and what became of its latest due times. */
function ScheduleList() {
  const { http } = useServices();
  const filter = useSearch({ from: "/schedules" });
  const navigate = useNavigate({ from: "/schedules" });
  const list = useQuery(schedulesQuery(http));
  const { data: status } = useStatus();
  const show = (change: Partial<typeof filter>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const all = list.data?.items ?? [];
  const offer = useOffer(list.data?.items);
  const words = (filter.q ?? "").toLowerCase();
  const shown = all.filter(
    (each) =>
      fits(each, filter.state) && `${each.name} ${each.description} ${each.prompt}`.toLowerCase().includes(words),
  );
  const isOffered = shown.length === all.length && offer.offered.length > 0;
  const listed = isOffered ? shown.filter((each) => !offer.offered.includes(each)) : shown;
  return (
    <Screen title={WORDS.windowTitle}>
      <div className="flex flex-wrap items-center gap-x-2 gap-y-2 sm:gap-x-4">
        <h1 className="text-base font-semibold">{WORDS.title}</h1>
        <div className="flex min-w-40 flex-1 max-[22rem]:order-last max-[22rem]:basis-full">
          <SearchBox
            label={WORDS.search}
            value={filter.q ?? ""}
            onChange={(q) => show({ q: q === "" ? undefined : q })}
          />
        </div>
        <Button kind="primary" className="ml-auto" onClick={() => void navigate({ search: { new: true } })}>
          <Plus aria-hidden="true" className="size-4" />
          <span className="max-sm:sr-only">{WORDS.add}</span>
        </Button>
      </div>
      <div role="group" aria-label={COMMON.filterByState} className="mt-2 flex gap-1 overflow-x-auto py-1">
        <Pill
          word={COMMON.all}
          n={list.data?.items.length}
          isOn={filter.state === undefined}
          onClick={() => show({ state: undefined })}
        />
        {STATES.map((state) => (
          <Pill
            key={state}
            word={WORDS.filters[state]}
            n={list.data === undefined ? undefined : all.filter((each) => fits(each, state)).length}
            isOn={filter.state === state}
            onClick={() => show({ state })}
          />
        ))}
      </div>
      {status?.agentLoop === false && (
        <div className="mt-2 rounded-lg border border-warn bg-warn-soft px-4 py-3 text-sm">
          <p className="font-medium text-warn">{WORDS.loopIsOff}</p>
          <CommandLine command="sparky chat stop; SPARKY_ENABLE_AGENT_LOOP=true sparky chat start" />
        </div>
      )}
      {isOffered && <Offer {...offer} />}
      {list.isPending && <Loading what={WORDS.loading} />}
      {list.data === undefined && list.error !== null && (
        <Failure what={WORDS.notLoaded} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data !== undefined &&
        (listed.length > 0 ? (
          <ScheduleTable schedules={listed} />
        ) : isOffered ? null : all.length > 0 ? (
          <Empty title={WORDS.noneMatches}>
            <Button className="mt-2" onClick={() => show({ state: undefined, q: undefined })}>
              {WORDS.showAllSchedules}
            </Button>
          </Empty>
        ) : (
          <Empty title={WORDS.none} command={'sparky agent schedule add tidy "every(6 hours)" "Tidy the notes"'}>
            {WORDS.whatTheyAre}
          </Empty>
        ))}
    </Screen>
  );
}

function ScheduleTable({ schedules }: { schedules: readonly Schedule[] }) {
  return (
    <table className="mt-2 w-full border-collapse text-sm max-md:block">
      <caption className="sr-only">{WORDS.caption}</caption>
      <thead className="max-md:sr-only">
        <tr className="text-left text-xs text-muted">
          <th className="py-1.5 pr-3 font-medium">{WORDS.columns.schedule}</th>
          <th className="w-44 py-1.5 pr-3 font-medium">{WORDS.columns.when}</th>
          <th className="w-32 py-1.5 pr-3 font-medium">{WORDS.columns.next}</th>
          <th className="w-72 py-1.5 pr-3 font-medium">{WORDS.columns.latest}</th>
          <th className="w-52 py-1.5 font-medium">
            <span className="sr-only">{COMMON.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody className="max-md:block">
        {schedules.map((schedule) => (
          <ScheduleRow key={schedule.name} schedule={schedule} />
        ))}
      </tbody>
    </table>
  );
}
