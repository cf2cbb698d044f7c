import { OctagonX, RotateCw, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import type { Task } from "../../src/wire/api.ts";
import { bulkDoneSchema, type TasksBulk } from "../../src/wire/bulk.ts";
import { useServices } from "../app/services.tsx";
import { goneIsDone } from "../ui/bulk.ts";
import { Several } from "../ui/several.tsx";
import type { Deed } from "../ui/several-words.tsx";
import { may } from "./task-actions.tsx";
import { WORDS } from "../words/tasks.tsx";

const idsOf = (tasks: readonly Task[]): string[] => tasks.map(({ id }) => id);

/** What is done with all chosen tasks at once. */
export function ChosenTasks({
  tasks,
  onChoose,
  onBusy,
  children,
}: {
  tasks: readonly Task[];
  onChoose: (ids: readonly string[]) => void;
  onBusy: (isBusy: boolean) => void;
  children?: ReactNode;
}) {
  const { http, queries } = useServices();
  const send = (body: TasksBulk) => http.send("POST", "/api/tasks/bulk", body, bulkDoneSchema);
  const deeds: readonly Deed<Task>[] = [
    {
      ...{ ...WORDS.cancelSeveral, icon: OctagonX },
      may: (task) => may(task, "cancel"),
      run: (some) => send({ do: "cancel", ids: idsOf(some) }),
    },
    {
      ...{ ...WORDS.retrySeveral, icon: RotateCw },
      may: (task) => may(task, "retry"),
      run: (some) => send({ do: "retry", items: some.map(({ id, attempts }) => ({ id, attempts })) }),
    },
    {
      ...{ ...WORDS.deleteSeveral, icon: Trash2, isDanger: true },
      may: (task) => may(task, "delete"),
      run: async (some) => goneIsDone(await send({ do: "delete", ids: idsOf(some) })),
    },
  ];
  return (
    <Several
      {...{ ...WORDS.counted, items: tasks, deeds, onChoose, onBusy }}
      idOf={({ id }) => id}
      nameOf={({ schedule, instruction }) => schedule ?? instruction}
      onDone={() => {
        for (const key of ["tasks", "chats", "runs", "status"]) void queries.invalidateQueries({ queryKey: [key] });
      }}
    >
      {children}
    </Several>
  );
}
