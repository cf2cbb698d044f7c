import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import type { Task } from "../../src/wire/api.ts";
import { shownTask } from "../../src/wire/state-words.ts";
import { tasksQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { oneLine } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { SearchBox } from "../ui/search-box.tsx";
import { StateIcon, stateWord } from "../ui/state.tsx";
import { WORDS } from "../words/tasks.tsx";

/** So many of those that fit are offered: words narrow them down. */
const MOST = 6;

/** Chooses the tasks that must be done before another begins. */
export function ChooseTasks({
  chosen,
  onChange,
}: {
  chosen: readonly Task[];
  onChange: (chosen: readonly Task[]) => void;
}) {
  const { http } = useServices();
  const [words, setWords] = useState("");
  const found = useQuery(tasksQuery(http, { search: words === "" ? undefined : words }, MOST));
  const offered = (found.data?.items ?? []).filter((task) => !chosen.some(({ id }) => id === task.id));
  return (
    <fieldset className="flex min-w-0 flex-col gap-1">
      <legend className="mb-1 text-sm">{WORDS.onlyAfter}</legend>
      {chosen.length > 0 && (
        <ul aria-label={WORDS.chosen} className="flex flex-wrap gap-1">
          {chosen.map((task) => (
            <li key={task.id}>
              <button
                type="button"
                data-chosen={task.id}
                onClick={() => onChange(chosen.filter(({ id }) => id !== task.id))}
                className="tap inline-flex items-center gap-1 rounded-full border border-accent bg-accent-soft px-2 py-0.5 text-left text-xs text-accent"
              >
                <span className="sr-only">{WORDS.noLongerAfter}</span>
                {oneLine(task.schedule ?? task.instruction, 40)}
                <X aria-hidden="true" className="size-3.5 shrink-0" />
              </button>
            </li>
          ))}
        </ul>
      )}
      <div className="flex">
        <SearchBox label={WORDS.searchEarlier} value={words} onChange={setWords} />
      </div>
      <ul aria-label={WORDS.earlier} className="max-h-40 overflow-y-auto rounded-md border border-line">
        {offered.map((task) => {
          const state = shownTask(task);
          return (
            <li key={task.id}>
              <button
                type="button"
                data-choose={task.id}
                onClick={() => onChange([...chosen, task])}
                className="tap flex w-full items-center gap-2 px-2 py-1 text-left text-sm hover:bg-panel"
              >
                <StateIcon state={state} className="size-3.5" />
                <span className="sr-only">{WORDS.stateOf(stateWord(state))}</span>
                <span className="min-w-0 truncate">{oneLine(task.schedule ?? task.instruction, 100)}</span>
              </button>
            </li>
          );
        })}
        {found.data !== undefined && offered.length === 0 && (
          <li className="px-2 py-1 text-sm text-muted">{words === "" ? WORDS.noOthers : WORDS.nothingFound}</li>
        )}
      </ul>
      <Problem error={found.data === undefined ? found.error : null} />
    </fieldset>
  );
}
