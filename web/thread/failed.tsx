import { useMutation, useQuery } from "@tanstack/react-query";
import { CircleX, KeyRound, RotateCw } from "lucide-react";
import { Suspense, useState } from "react";
import { causeOf, isOfSettings } from "../../src/core/causes.ts";
import type { RunView } from "../../src/core/run-state.ts";
import type { EventEntry } from "../../src/core/transcript.ts";
import { meQuery } from "../app/queries.ts";
import { useServices } from "../app/services.tsx";
import { Button } from "../ui/button.tsx";
import { CommandLine, Problem } from "../ui/notice.tsx";
import { part } from "../ui/part.ts";
import { useThreadActions } from "./actions.ts";
import { Anew, RetryWithModel } from "./anew.tsx";
import { EndFacts, OpenRun } from "./noted.tsx";
import { WORDS } from "../words/thread.ts";
import { WORDS as COMMON } from "../words/common.ts";

/** With its forms, which a thread seldom needs. */
const ModelDialog = part(async () => (await import("../models/model-dialog.tsx")).ModelDialog);

interface Props {
  readonly entry: EventEntry;
  readonly error: EventEntry | null;
  readonly run: RunView | undefined;
}

/** Why a run has failed, once and in words, and the ways on. */
export function Failed({ entry: { event, taskId }, error, run }: Props) {
  const actions = useThreadActions();
  const [isChoosing, setChoosing] = useState(false);
  const again = useMutation({ mutationFn: (runId: string) => actions?.tryAgain(runId) ?? Promise.resolve() });
  if (event.type !== "status" || event.data.state !== "failed") return null;
  const code = error?.event.type === "error" ? error.event.data.code : "";
  const question = taskId === null ? actions?.questionBefore(event.seq) : null;
  const canTry = actions !== null && actions.canWrite && actions.lastRunId === event.runId && event.runId !== null;
  return (
    <div
      data-seq={error?.seq}
      data-type="error"
      className="rounded-md border-l-4 border-bad bg-bad-soft px-3 py-2 text-sm"
    >
      <div
        data-seq={event.seq}
        data-type="status"
        data-status="failed"
        data-run-id={event.runId}
        data-run-state="failed"
      >
        <p className="flex flex-wrap items-center gap-x-2 font-medium text-bad">
          <CircleX aria-hidden="true" className="size-4 shrink-0" />
          {code === "" ? event.data.message : WORDS.failed(event.data.message, causeOf(code))}
          <span className="text-xs font-normal text-muted">
            <EndFacts at={event.at} run={run} />
            {event.runId !== null && <OpenRun runId={event.runId} />}
          </span>
        </p>
        <p dir="auto" className="mt-0.5 whitespace-pre-wrap [overflow-wrap:anywhere]">
          {event.data.reason}
        </p>
        {canTry && (
          <div className="mt-2 flex flex-wrap items-center gap-2">
            <Button disabled={again.isPending || again.isSuccess} onClick={() => again.mutate(event.runId ?? "")}>
              <RotateCw aria-hidden="true" className="size-3.5" />
              {taskId === null ? COMMON.tryAgain : WORDS.retryTask}
            </Button>
            {(taskId !== null || question !== null) && (
              <Button onClick={() => setChoosing(true)}>{WORDS.anotherModel}</Button>
            )}
            {isChoosing &&
              (taskId !== null ? (
                <RetryWithModel taskId={taskId} onClose={() => setChoosing(false)} />
              ) : (
                question !== null && (
                  <Anew
                    chatId={actions.chatId}
                    seq={event.seq}
                    question={question}
                    onClose={() => setChoosing(false)}
                  />
                )
              ))}
            {code.startsWith("model_") && <Settings isFault={isOfSettings(code)} />}
            <Problem error={again.error} />
          </div>
        )}
      </div>
    </div>
  );
}

/** What looks after the model: it is the owner's alone. */
function Settings({ isFault }: { isFault: boolean }) {
  const { http } = useServices();
  const { data: me } = useQuery(meQuery(http));
  const [isOpen, setOpen] = useState(false);
  if (me === undefined) return null;
  if (me.role !== "owner") return <span className="text-muted">{WORDS.ownerLooksAfter}</span>;
  if (!isFault) return <CommandLine command="sparky models test" />;
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <KeyRound aria-hidden="true" className="size-3.5" />
        {WORDS.modelAndKey}
      </Button>
      {isOpen && (
        <Suspense fallback={null}>
          <ModelDialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
