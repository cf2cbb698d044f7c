import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { RotateCw } from "lucide-react";
import { causeOf } from "../../src/core/causes.ts";
import { isEnded } from "../../src/core/run-state.ts";
import { taskSchema } from "../../src/wire/api.ts";
import type { Shown } from "../../src/wire/state-words.ts";
import type { RunAlone } from "../../src/wire/runs.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { fullTime, timeOfDay } from "../ui/format.ts";
import { Problem } from "../ui/notice.tsx";
import { StateIcon, stateOfRun } from "../ui/state.tsx";
import type { RunNow } from "./run-now.ts";
import { workedWords } from "./run-header.tsx";
import { nameOf } from "./step-words.ts";
import type { Timeline } from "./timeline.ts";
import { WORDS as COMMON } from "../words/common.ts";
import { WORDS } from "../words/runs.ts";

const LOOKS: { readonly [state in Shown]?: string } = {
  completed: "border-good",
  flawed: "border-warn",
  failed: "border-bad bg-bad-soft",
  cancelled: "border-line-strong",
};

interface Props {
  readonly run: RunAlone;
  readonly now: RunNow;
  readonly timeline: Timeline;
  /** Of the last error that its log tells; null: of none. */
  readonly code: string | null;
}

/** Why it ended, in words; and a new try of a task that did not go well. */
export function EndBanner({ run, now, timeline, code }: Props) {
  if (!isEnded(now.state)) return null;
  const shown = stateOfRun(now);
  return (
    <div
      role="status"
      data-end={now.state}
      className={`mx-4 mt-2 flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1 rounded-md border-l-4 bg-panel px-3 py-1.5 text-sm ${LOOKS[shown] ?? ""}`}
    >
      <StateIcon state={shown} />
      <p className="min-w-0 flex-1 [overflow-wrap:anywhere]">
        <span className="font-medium">{headline(now, timeline, code)}</span>
        {now.state === "failed" && now.reason !== null && <span className="text-bad">: {now.reason}</span>}
      </p>
      {now.endedAt !== null && (
        <time dateTime={now.endedAt} title={fullTime(now.endedAt)} className="text-xs text-muted">
          {timeOfDay(now.endedAt)}
        </time>
      )}
      {now.state !== "completed" && run.taskId !== null && run.canWrite && <Retry taskId={run.taskId} />}
    </div>
  );
}

function headline(now: RunNow, timeline: Timeline, code: string | null): string {
  switch (now.state) {
    case "completed":
      return WORDS.done(workedWords(now), now.reason);
    case "failed": {
      const last = timeline.steps.at(-1);
      const at = last?.state === "failed" && last.step !== null ? { step: last.step, name: nameOf(last) } : null;
      return WORDS.failed(at, code === null ? null : causeOf(code));
    }
    default:
      return WORDS.cancelled(now.by);
  }
}

function Retry({ taskId }: { taskId: string }) {
  const { http, queries } = useServices();
  const navigate = useNavigate();
  const retry = useMutation({
    mutationFn: () => http.send("POST", `/api/tasks/${encodeURIComponent(taskId)}/retry`, {}, taskSchema),
    onSuccess: (task) => {
      for (const key of ["tasks", "runs", "status"]) void queries.invalidateQueries({ queryKey: [key] });
      if (task.runId !== null) void navigate({ to: "/runs/$runId", params: { runId: task.runId } });
    },
  });
  return (
    <>
      <Button className="px-2.5 py-0.5" disabled={retry.isPending} onClick={() => retry.mutate()}>
        <RotateCw aria-hidden="true" className="size-4" />
        {retry.isPending ? WORDS.asking : COMMON.tryAgain}
      </Button>
      <Problem error={retry.error} />
    </>
  );
}
