import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { TASK_STATUSES } from "../../src/wire/api.ts";
import { shownStatus } from "../../src/wire/state-words.ts";
import { tasksQuery, type TaskFilter, type TaskOrigin } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { useStatus } from "../app/told.ts";
import { Button } from "../ui/button.tsx";
import { fadeWhereCut } from "../ui/fades.ts";
import { CommandLine } from "../ui/notice.tsx";
import { Pill } from "../ui/pill.tsx";
import { Screen } from "../ui/screen.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { stateWord } from "../ui/state.tsx";
import { TaskForm } from "./task-form.tsx";
import { TaskPane } from "./task-pane.tsx";
import { PAGE, TaskTable } from "./task-table.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/tasks.tsx";

const HOURS = { "1h": 1, "24h": 24, "7d": 168, "30d": 720 } as const;
const SELECT = "tap rounded-md border border-line-strong bg-page px-2 py-0.5 text-sm";

export function TasksScreen() {
  const { http } = useServices();
  const filter = useSearch({ from: "/tasks" });
  const navigate = useNavigate({ from: "/tasks" });
  const [limit, setLimit] = useState(PAGE);
  const { data: status } = useStatus();
  const { id, schedule, origin, time, open = id } = filter;
  const isFiltered = [filter.status, filter.q, id, schedule, origin, time].some((each) => each !== undefined);
  const asked: TaskFilter = {
    ...{ status: filter.status, search: filter.q, id, schedule, origin },
    hours: time === undefined ? undefined : HOURS[time],
  };
  const known = useQuery(tasksQuery(http, asked, limit)).data?.items.find((task) => task.id === open);
  const show = (change: Partial<typeof filter>): void =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });

  return (
    <div className="flex h-full">
      {/* Where the details take the place of the list. */}
      {open !== undefined && <h1 className="sr-only md:hidden">{WORDS.title}</h1>}
      <Screen title={WORDS.windowTitle} className={open === undefined ? "" : "max-md:hidden"}>
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <h1 className="text-base font-semibold">{WORDS.title}</h1>
          <SearchBox
            label={WORDS.search}
            value={filter.q ?? ""}
            onChange={(q) => show({ q: q === "" ? undefined : q })}
          />
          <div
            className={`flex flex-wrap items-center gap-2 max-md:order-last max-md:w-full ${
              // Beside the details the line is short.
              open === undefined ? "" : "max-[96rem]:order-last max-[96rem]:w-full"
            }`}
          >
            <select
              aria-label={WORDS.whereFrom}
              className={SELECT}
              value={origin ?? ""}
              onChange={(event) => show({ origin: oneOf<TaskOrigin>(WORDS.origins, event.target.value) })}
            >
              <option value="">{WORDS.fromAnywhere}</option>
              {Object.entries(WORDS.origins).map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
            <select
              aria-label={WORDS.whenAdded}
              className={SELECT}
              value={time ?? ""}
              onChange={(event) => show({ time: oneOf(WORDS.times, event.target.value) })}
            >
              <option value="">{WORDS.atAnyTime}</option>
              {Object.entries(WORDS.times).map(([value, word]) => (
                <option key={value} value={value}>
                  {word}
                </option>
              ))}
            </select>
          </div>
          <Button kind="primary" className="ml-auto" onClick={() => show({ new: true })}>
            <Plus aria-hidden="true" className="size-4" />
            {WORDS.add}
          </Button>
        </div>
        <div
          role="group"
          aria-label={COMMON.filterByState}
          ref={fadeWhereCut}
          className="fades mt-1 flex gap-1 overflow-x-auto py-1"
        >
          <Pill
            word={COMMON.all}
            n={status?.tasks.total}
            isOn={filter.status === undefined}
            onClick={() => show({ status: undefined })}
          />
          {TASK_STATUSES.map((state) => (
            <Pill
              key={state}
              word={stateWord(shownStatus(state))}
              n={status?.tasks[state]}
              isOn={filter.status === state}
              onClick={() => show({ status: state })}
            />
          ))}
        </div>
        {status?.agentLoop === false && (
          <div className="mt-2 rounded-lg border border-warn bg-warn-soft px-4 py-3 text-sm">
            <p className="font-medium text-warn">{WORDS.loopIsOff}</p>
            <CommandLine command="sparky chat stop; SPARKY_ENABLE_AGENT_LOOP=true sparky chat start" />
          </div>
        )}
        {filter.new && <TaskForm onClose={() => show({ new: undefined })} />}
        {filter.id !== undefined && (
          <p className="mt-2 flex items-center gap-2 text-sm">
            <span>{WORDS.onlyTask(<code>{filter.id.slice(0, 8)}</code>)}</span>
            <Button className="px-2 py-0.5" onClick={() => show({ id: undefined, open: undefined })}>
              {COMMON.showAll}
            </Button>
          </p>
        )}
        {filter.schedule !== undefined && (
          <p className="mt-2 flex flex-wrap items-center gap-2 text-sm">
            <span>
              {WORDS.onlyOf(
                <Link to="/schedules/$name" params={{ name: filter.schedule }} className="text-accent underline">
                  {filter.schedule}
                </Link>,
              )}
            </span>
            <Button className="px-2 py-0.5" onClick={() => show({ schedule: undefined })}>
              {COMMON.showAll}
            </Button>
          </p>
        )}
        <TaskTable
          filter={asked}
          limit={limit}
          isFiltered={isFiltered}
          open={open}
          onOpen={(task) => show(task === open ? { open: undefined, id: undefined } : { open: task })}
          onMore={setLimit}
          onClear={() => void navigate({ search: {}, replace: true })}
        />
      </Screen>
      {open !== undefined && (
        <TaskPane key={open} id={open} known={known} onClose={() => show({ open: undefined, id: undefined })} />
      )}
    </div>
  );
}

/** The key of `words` that this is; undefined: none. */
function oneOf<T extends string>(words: Readonly<Record<T, string>>, value: string): T | undefined {
  // Just looked up.
  return Object.hasOwn(words, value) ? (value as T) : undefined;
}
