import { useMutation } from "@tanstack/react-query";
import { OctagonX, RotateCw } from "lucide-react";
import { isEnded } from "../../src/core/run-state.ts";
import { stoppedSchema, taskSchema, type Task } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { anything, type Http } from "../live/http.ts";
import { Button } from "../ui/button.tsx";
import { oneLine } from "../ui/format.ts";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/tasks.tsx";

/** What can be done with a task, wherever it is shown: one by one, or with several at once. */

type TaskDeed = "cancel" | "retry" | "delete";

export function may(task: Task, deed: TaskDeed): boolean {
  switch (deed) {
    case "cancel":
      return !isEnded(task.status);
    case "retry":
      return task.status === "failed" || task.status === "cancelled";
    case "delete":
      return task.status !== "in_progress";
  }
}

async function doTo(http: Http, task: Task, deed: TaskDeed): Promise<void> {
  const path = `/api/tasks/${encodeURIComponent(task.id)}`;
  if (deed === "cancel") await http.send("POST", `${path}/cancel`, {}, stoppedSchema);
  else if (deed === "retry") await http.send("POST", `${path}/retry`, { attempts: task.attempts }, taskSchema);
  else await http.send("DELETE", path, undefined, anything);
}

/** The one thing that is most wanted of it. `isBrief`: on a phone by its icon alone. */
export function TaskAction({ task, isBrief = false }: { task: Task; isBrief?: boolean }) {
  const { http, queries } = useServices();
  const act = useMutation({
    mutationFn: (deed: TaskDeed) => doTo(http, task, deed),
    onSettled: () => queries.invalidateQueries({ queryKey: ["tasks"] }),
  });
  const word = isBrief ? "max-md:sr-only" : "";
  const about = oneLine(task.schedule ?? task.instruction, 60);
  return (
    <>
      {may(task, "retry") ? (
        <Button
          kind="quiet"
          className="px-2 py-0.5"
          aria-label={WORDS.retryIt(about)}
          disabled={act.isPending}
          onClick={() => act.mutate("retry")}
        >
          <RotateCw aria-hidden="true" className="size-4" />
          <span className={word}>{WORDS.retry}</span>
        </Button>
      ) : may(task, "cancel") ? (
        <Button
          kind="quiet"
          className="px-2 py-0.5"
          aria-label={WORDS.cancelIt(about)}
          disabled={act.isPending}
          onClick={() => act.mutate("cancel")}
        >
          <OctagonX aria-hidden="true" className="size-4" />
          <span className={word}>{act.isPending ? WORDS.stopping : COMMON.cancel}</span>
        </Button>
      ) : null}
      {act.error !== null && (
        <p role="alert" className="text-xs text-bad">
          {act.error.message}
        </p>
      )}
    </>
  );
}
