import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Task } from "../../src/wire/api.ts";
import { tasksQuery, type TaskFilter } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { useChoosing, type Choosing } from "../ui/choosing.ts";
import { Empty, Failure, Loading, Problem } from "../ui/notice.tsx";
import { useNow } from "../ui/now.tsx";
import { ChosenTasks } from "./chosen-tasks.tsx";
import { TaskRow } from "./task-row.tsx";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/tasks.tsx";

export const PAGE = 50;
/** So many are shown and done with at once. */
const MOST = 500;

interface TableProps {
  readonly filter: TaskFilter;
  readonly limit: number;
  readonly isFiltered: boolean;
  readonly open: string | undefined;
  readonly onOpen: (taskId: string) => void;
  readonly onMore: (limit: number) => void;
  readonly onClear: () => void;
}

/** The tasks that fit, and what is done with several of them. */
export function TaskTable({ filter, limit, isFiltered, open, onOpen, onMore, onClear }: TableProps) {
  const { http, queries } = useServices();
  const [isBusy, setBusy] = useState(false);
  const list = useQuery({ ...tasksQuery(http, filter, limit), enabled: !isBusy });
  const items = list.data?.items ?? [];
  const choosing = useChoosing(items.map(({ id }) => id));
  const chosen = items.filter(({ id }) => choosing.has(id));
  const chooseAll = useMutation({
    mutationFn: () => queries.fetchQuery(tasksQuery(http, filter, MOST)),
    onSuccess(all) {
      onMore(MOST);
      choosing.set(all.items.map(({ id }) => id));
    },
  });
  const isCut = list.data?.next != null;
  return (
    <>
      {/* Always there: what was done is told though no task is left that fits. */}
      <div className="sticky top-0 z-10 mt-2">
        <ChosenTasks tasks={chosen} onChoose={choosing.set} onBusy={setBusy}>
          {isCut && limit < MOST && chosen.length === items.length && (
            <Button className="px-2 py-0.5" disabled={chooseAll.isPending} onClick={() => chooseAll.mutate()}>
              {chooseAll.isPending ? COMMON.loading : WORDS.chooseAll(MOST)}
            </Button>
          )}
          <Problem error={chooseAll.error} />
        </ChosenTasks>
      </div>
      {list.isPending && <Loading what={WORDS.loading} />}
      {list.error !== null && list.data === undefined && (
        <Failure what={WORDS.notLoaded} error={list.error} retry={() => void list.refetch()} />
      )}
      {list.data !== undefined && items.length === 0 && <NoTasks isFiltered={isFiltered} onClear={onClear} />}
      {items.length > 0 && <Rows {...{ items, choosing, open, onOpen }} />}
      {isCut && limit < MOST && (
        <Button className="mt-3" disabled={list.isFetching} onClick={() => onMore(Math.min(limit + PAGE, MOST))}>
          {COMMON.showMore}
        </Button>
      )}
      {isCut && limit === MOST && <p className="mt-3 text-sm text-muted">{WORDS.newestShown(MOST)}</p>}
    </>
  );
}

function NoTasks({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  return isFiltered ? (
    <Empty title={WORDS.noneMatches}>
      <Button className="mt-2" onClick={onClear}>
        {WORDS.showAllTasks}
      </Button>
    </Empty>
  ) : (
    <Empty title={WORDS.none} command='sparky agent tasks add "Check knowledge graph stats"'>
      {WORDS.toBegin}
    </Empty>
  );
}

interface RowsProps {
  readonly items: readonly Task[];
  readonly choosing: Choosing;
  readonly open: string | undefined;
  readonly onOpen: (taskId: string) => void;
}

function Rows({ items, choosing, open, onOpen }: RowsProps) {
  const now = useNow(15_000);
  // Beside the details there is room for what a task is and how it stands.
  const narrow = open === undefined ? "" : "md:max-[96rem]:hidden";
  return (
    <table className="mt-2 w-full border-collapse text-sm max-md:block">
      <caption className="sr-only">{WORDS.caption}</caption>
      <thead className="max-md:block">
        <tr className="text-left text-xs text-muted max-md:block">
          <th className="w-8 py-1.5 max-md:block max-md:w-auto max-md:py-0">
            <label className="tap inline-flex items-center justify-center gap-2">
              <input
                type="checkbox"
                className="size-4 accent-accent"
                checked={choosing.ids.length === items.length}
                onChange={(event) => choosing.set(event.target.checked ? items.map(({ id }) => id) : [])}
              />
              <span className="font-medium md:sr-only">{COMMON.chooseAllShown}</span>
            </label>
          </th>
          <th className="w-32 py-1.5 pr-3 font-medium max-md:sr-only">{WORDS.columns.state}</th>
          <th className="py-1.5 pr-3 font-medium max-md:sr-only">{WORDS.columns.task}</th>
          <th className={`w-24 py-1.5 pr-3 font-medium max-lg:hidden ${narrow}`}>{WORDS.columns.waited}</th>
          <th className={`w-24 py-1.5 pr-3 font-medium max-md:sr-only ${narrow}`}>{WORDS.columns.took}</th>
          <th className={`w-28 py-1.5 pr-3 font-medium max-md:sr-only ${narrow}`}>{WORDS.columns.added}</th>
          <th className="w-8 py-1.5 font-medium max-md:sr-only">
            <span className="sr-only">{COMMON.actions}</span>
          </th>
        </tr>
      </thead>
      <tbody className="max-md:block">
        {items.map((task) => (
          <TaskRow
            key={task.id}
            task={task}
            now={now}
            box={choosing.box(task.id)}
            isOpen={task.id === open}
            narrow={narrow}
            onOpen={() => onOpen(task.id)}
          />
        ))}
      </tbody>
    </table>
  );
}
