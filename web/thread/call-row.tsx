import { exactLine } from "../../src/core/exact.ts";
import {
  ChevronRight,
  CircleCheck,
  CircleHelp,
  CircleSlash,
  CircleX,
  Circle,
  Hand,
  LoaderCircle,
  Wrench,
  type LucideIcon,
} from "lucide-react";
import { useState } from "react";
import type { EventOf } from "../../src/core/events.ts";
import type { RunView } from "../../src/core/run-state.ts";
import { callState, neverRan, type CallEntry, type CallState } from "../../src/core/transcript.ts";
import { JsonView } from "../text/json-view.tsx";
import { duration, size } from "../ui/format.ts";
import { Timer } from "../ui/now.tsx";
import { TaskTree } from "../tasks/task-tree.tsx";
import { CallQuestion } from "./call-question.tsx";
import { CallApproval } from "./call-approval.tsx";
import { Whole } from "./whole.tsx";
import { WORDS } from "../words/thread.ts";

/** Asked in place of a tool: whether a run goes on after a crash. */
const GO_ON = "go_on";

const LOOKS: Readonly<Record<CallState, { readonly icon: LucideIcon; readonly colour: string }>> = {
  queued: { icon: Circle, colour: "text-muted" },
  asks: { icon: Hand, colour: "text-warn" },
  working: { icon: LoaderCircle, colour: "text-live" },
  done: { icon: CircleCheck, colour: "text-good" },
  failed: { icon: CircleX, colour: "text-bad" },
  not_run: { icon: CircleSlash, colour: "text-warn" },
  unknown: { icon: CircleHelp, colour: "text-warn" },
  stopped: { icon: CircleSlash, colour: "text-muted" },
};

interface CallRowProps {
  readonly call: CallEntry;
  readonly run: RunView | undefined;
  /** How far it is, in its tool's words. */
  readonly progress?: string | null;
}

/** One line: icon, name, main argument, state, duration. Open, it shows all that went in and came out. */
export function CallRow({ call, run, progress = null }: CallRowProps) {
  const state = callState(call, run);
  const [isOpen, setOpen] = useState(false);
  const { icon: Icon, colour } = LOOKS[state];
  const result = call.result?.data;
  const since = call.start?.at ?? call.use?.at;
  return (
    <div data-seq={call.seq} data-result-seq={call.result?.seq} data-call-id={call.callId} data-call-state={state}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="tap flex w-full items-center gap-2 rounded-md px-1.5 py-1 text-left text-sm hover:bg-sunken"
      >
        <ChevronRight aria-hidden="true" className={`size-3.5 shrink-0 text-muted ${isOpen ? "rotate-90" : ""}`} />
        <Wrench aria-hidden="true" className="size-3.5 shrink-0 text-muted" />
        <span className="shrink-0 font-mono text-code font-medium max-sm:max-w-[45%] max-sm:truncate">
          {exactLine(call.name) || GO_ON}
        </span>
        <span className="min-w-0 flex-1 truncate text-muted">{exactLine(call.use?.data.summary ?? "")}</span>
        <span
          className={`inline-flex min-w-0 items-center gap-1 text-xs font-medium ${colour} ${state === "not_run" ? "" : "shrink-0"}`}
        >
          <Icon aria-hidden="true" className={`size-3.5 shrink-0 ${state === "working" ? "spin" : ""}`} />
          <span className="truncate" title={wordOf(call, state, run) ?? undefined}>
            {wordOf(call, state, run) ?? WORDS.calls[state]}
          </span>
        </span>
        <span className="min-w-10 shrink-0 text-right text-xs text-muted tabular-nums">
          {state === "not_run"
            ? null
            : result !== undefined
              ? duration(result.durationMs)
              : state === "working" && since && <Timer since={since} />}
        </span>
      </button>
      {state === "working" && progress !== null && (
        <p data-progress className="truncate pl-12 text-sm text-muted" title={progress}>
          {progress}
        </p>
      )}
      {result?.error !== undefined && state !== "not_run" && !isOpen && (
        <p className="truncate pl-12 text-sm text-bad" title={result.error}>
          {result.error}
        </p>
      )}
      {state !== "not_run" && (
        <CallApproval call={call} asks={state === "asks" && call.approval?.data.state === "requested"} />
      )}
      <CallQuestion call={call} asks={state === "asks" && call.question?.data.state === "asked"} />
      {call.children.size > 0 && (
        <div className="ml-5 border-l-2 border-line pl-3">
          {[...call.children].map(([taskId, status]) => (
            <TaskTree key={taskId} taskId={taskId} status={status} />
          ))}
        </div>
      )}
      {isOpen && <CallDetails call={call} asks={state === "asks"} />}
    </div>
  );
}

/** What a call waits for, or why it never ran, where that is more than its state tells. */
function wordOf(call: CallEntry, state: CallState, run: RunView | undefined): string | null {
  if (state === "not_run") return WORDS.notRun(whyNotRun(call, run));
  if (state === "asks" && call.question?.data.state === "asked") return WORDS.asksYou;
  return state === "queued" && call.children.size > 0 ? WORDS.waitsForTasks : null;
}

/** Its result begins "not run: ", and goes on with what the model is told; a person is told who did it. */
function whyNotRun(call: CallEntry, run: RunView | undefined): string {
  const approval = call.approval?.data;
  const by = approval?.by ?? run?.by ?? null;
  const note = approval?.note === undefined || approval.note === "" ? "" : WORDS.noted(exactLine(approval.note));
  switch (approval?.state) {
    case "denied":
      return WORDS.denied(by, note, approval.via === undefined ? "" : WORDS.via(approval.via));
    case "expired":
      return WORDS.nobodyAnswered;
    case "withdrawn":
      return run?.state === "cancelled" && by !== null ? WORDS.withdrawnWhen(by) : WORDS.withdrawn(note);
    default:
      if (run?.state === "cancelled" && by !== null) return WORDS.stoppedBefore(by);
      return exactLine((call.result?.data.error ?? "").replace(/^not run:?\s*/, "")) || WORDS.couldNotBe;
  }
}

function CallDetails({ call, asks }: { call: CallEntry; asks: boolean }) {
  const result = call.result?.data;
  const attempt = call.start?.data.attempt ?? 1;
  return (
    <div className="mb-2 ml-5 border-l-2 border-line pl-3">
      <p className="pt-1 text-xs text-muted">
        {WORDS.call}
        <code>{call.callId}</code>
        {call.use && WORDS.effects[call.use.data.effect]}
        {attempt > 1 && WORDS.onAttempt(attempt)}
      </p>
      {asks ? null : call.use !== null ? (
        <CallArguments use={call.use.data} />
      ) : (
        <p className="text-xs text-muted">{WORDS.argumentsFurtherUp}</p>
      )}
      {result?.error !== undefined && (
        <JsonView label={neverRan(result) ? WORDS.modelWasTold : WORDS.error} value={result.error} />
      )}
      {result?.result !== undefined && (
        <JsonView
          label={WORDS.result}
          value={result.result}
          {...(result.blob !== undefined && { note: WORDS.beginningOf(size(result.size)) })}
        />
      )}
      {result?.blob !== undefined && <Whole what="result" id={result.blob} bytes={result.size} />}
      {result === undefined && <p className="py-1 text-sm text-muted">{WORDS.noResult}</p>}
    </div>
  );
}

function CallArguments({ use }: { use: EventOf<"tool_use">["data"] }) {
  if (use.blob === undefined || use.size === undefined)
    return <JsonView label={WORDS.arguments} value={use.args} isExact />;
  return (
    <>
      <JsonView label={WORDS.arguments} value={use.args} note={WORDS.beginningOf(size(use.size))} isExact />
      <Whole what="arguments" id={use.blob} bytes={use.size} />
    </>
  );
}

/** Calls that went well, as one line that still says what was used. */
export function CallFold({ calls, run }: { calls: readonly CallEntry[]; run: RunView | undefined }) {
  const [isOpen, setOpen] = useState(false);
  const names = [...new Set(calls.map(({ name }) => name))].join(", ");
  const ms = calls.reduce((sum, { result }) => sum + (result?.data.durationMs ?? 0), 0);
  return (
    <div data-fold={calls.length} data-seq={calls[0]?.seq} data-seqs={calls.map(({ seq }) => seq).join(" ")}>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="tap flex w-full items-center gap-2 rounded-md px-1.5 py-1 text-left text-sm hover:bg-sunken"
      >
        <ChevronRight aria-hidden="true" className={`size-3.5 shrink-0 text-muted ${isOpen ? "rotate-90" : ""}`} />
        <CircleCheck aria-hidden="true" className="size-3.5 shrink-0 text-good" />
        <span className="shrink-0 font-medium">{WORDS.used(calls.length, duration(ms))}</span>
        <span className="min-w-0 flex-1 truncate font-mono text-code text-muted">{names}</span>
      </button>
      {isOpen && (
        <div className="ml-3 border-l-2 border-line pl-2">
          {calls.map((call) => (
            <CallRow key={call.callId} call={call} run={run} />
          ))}
        </div>
      )}
    </div>
  );
}
