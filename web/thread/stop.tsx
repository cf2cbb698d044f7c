import { OctagonX } from "lucide-react";
import { useEffect, useState } from "react";
import type { RunStateName } from "../../src/core/run-state.ts";
import { stoppedSchema } from "../../src/wire/api.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { WORDS } from "../words/thread.ts";

/** How long a stop that was asked for may go without a sign in the run's state before the button is offered again. */
const STOP_SIGN_MS = 8000;

/** Stops a run. The button is drawn from the run's state. */
export function Stop({ runId, state, about }: { runId: string; state: RunStateName; about?: string }) {
  const { http } = useServices();
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (!isAsked) return;
    const timer = setTimeout(() => {
      setAsked(false);
      setProblem(WORDS.noAnswerYet);
    }, STOP_SIGN_MS);
    return () => clearTimeout(timer);
  }, [isAsked]);
  const stop = async (): Promise<void> => {
    setAsked(true);
    setProblem(null);
    try {
      await http.send("POST", `/api/runs/${encodeURIComponent(runId)}/stop`, {}, stoppedSchema);
    } catch (error) {
      setAsked(false);
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const isStopping = isAsked || state === "stopping";
  return (
    <>
      {problem !== null && (
        <span role="alert" className="truncate text-xs text-bad">
          {problem}
        </span>
      )}
      <Button
        kind="danger"
        className="shrink-0 px-2.5 py-1"
        {...(about !== undefined && { "aria-label": WORDS.stopWhich(about) })}
        disabled={isStopping}
        onClick={() => void stop()}
      >
        <OctagonX aria-hidden="true" className="size-4" />
        {isStopping ? WORDS.stopping : problem === null ? WORDS.stop : WORDS.stopAgain}
      </Button>
    </>
  );
}
