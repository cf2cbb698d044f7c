import { Link } from "@tanstack/react-router";
import { ArrowLeft, Brain, Clock, Wrench } from "lucide-react";
import type { ReactNode } from "react";
import type { EventOf } from "../../src/core/events.ts";
import { CallApproval } from "../thread/call-approval.tsx";
import { CallQuestion } from "../thread/call-question.tsx";
import { Given } from "../thread/given.tsx";
import { Whole } from "../thread/whole.tsx";
import { TaskTree } from "../tasks/task-tree.tsx";
import { JsonView } from "../text/json-view.tsx";
import { Words } from "../text/words.tsx";
import { isGraphTool } from "../../src/core/graph-tools.ts";
import { neverRan, type CallEntry } from "../../src/core/transcript.ts";
import { CopyButton } from "../ui/copy.tsx";
import { Fact } from "../ui/fact.tsx";
import { count, duration, fullTime, size } from "../ui/format.ts";
import { useNow } from "../ui/now.tsx";
import { StepChanges } from "./step-changes.tsx";
import { faultOf, nameOf, timesOf, wordOf } from "./step-words.ts";
import { isFault, type ModelStep, type Step, type ToolStep } from "./timeline.ts";
import { WORDS } from "../words/runs.ts";

const KINDS = { model: Brain, tool: Wrench, wait: Clock } as const;

interface Props {
  readonly step: Step;
  readonly runId: string;
  readonly chatId: string;
  readonly isAsking: boolean;
}

/** All that is known of one step. */
export function StepDetails({ step, runId, chatId, isAsking }: Props) {
  const Kind = KINDS[step.kind];
  const fault = faultOf(step);
  return (
    <section aria-label={WORDS.stepDetails} data-details={step.seq} className="px-4 py-3 text-sm">
      <div className="flex items-start gap-2">
        <Link
          from="/runs/$runId"
          to="/runs/$runId"
          params={{ runId }}
          search={(before) => ({ ...before, step: undefined, at: undefined })}
          replace
          aria-label={WORDS.backToSteps}
          className="tap -ml-2 inline-flex items-center justify-center md:hidden"
        >
          <ArrowLeft aria-hidden="true" className="size-5" />
        </Link>
        <h2 className="flex min-w-0 flex-1 items-center gap-1.5 text-base font-semibold [overflow-wrap:anywhere]">
          <Kind aria-hidden="true" className="size-4 shrink-0 text-muted" />
          {step.step !== null && step.kind === "model" ? WORDS.modelStep(step.step) : nameOf(step)}
        </h2>
        <CopyButton text={location.href} label={WORDS.copyLink} />
      </div>
      <p className={`font-medium ${isFault(step) ? "text-bad" : "text-muted"}`}>
        {wordOf(step)}
        {fault !== null && <span className="block font-normal [overflow-wrap:anywhere]">{fault}</span>}
      </p>
      {step.kind === "model" && <Model step={step} />}
      {step.kind === "model" && step.step !== null && step.usage !== null && (
        <Given key={step.seq} chatId={chatId} at={{ runId, step: step.step }} />
      )}
      {step.kind === "tool" && <Tool step={step} runId={runId} isAsking={isAsking} />}
      {step.kind === "wait" && (
        <>
          <p className="mt-1">{step.why}</p>
          <Times step={step} />
        </>
      )}
    </section>
  );
}

function Times({ step, children }: { step: Step; children?: ReactNode }) {
  const now = useNow(1000);
  const { worked, waited } = timesOf(step, now);
  const [first] = step.spans;
  const last = step.spans.at(-1);
  return (
    <dl className="mt-2 grid grid-cols-[6rem_1fr] gap-x-3 gap-y-0.5">
      {worked > 0 && <Fact name={WORDS.facts.worked}>{duration(worked)}</Fact>}
      {waited > 0 && <Fact name={WORDS.facts.waited}>{duration(waited)}</Fact>}
      {first !== undefined && <Fact name={WORDS.facts.from}>{fullTime(new Date(first.from).toISOString())}</Fact>}
      {last?.to != null && <Fact name={WORDS.facts.to}>{fullTime(new Date(last.to).toISOString())}</Fact>}
      {children}
      <Fact name={WORDS.facts.inTheLog}>#{step.seq}</Fact>
    </dl>
  );
}

function Model({ step }: { step: ModelStep }) {
  const { usage, said } = step;
  return (
    <>
      <Times step={step}>
        {usage !== null && (
          <>
            <Fact name={WORDS.facts.model}>{usage.model}</Fact>
            {usage.effort !== undefined && <Fact name={WORDS.facts.effort}>{usage.effort}</Fact>}
            {usage.effortRefused !== undefined && (
              <Fact name={WORDS.facts.effort}>{WORDS.effortRefused(usage.effortRefused)}</Fact>
            )}
            <Fact name={WORDS.facts.tokens}>{tokensOf(usage)}</Fact>
            {usage.costUsd !== undefined && <Fact name={WORDS.facts.cost}>${usage.costUsd.toFixed(4)}</Fact>}
          </>
        )}
      </Times>
      {said.map((event) => (
        <Said key={event.seq} event={event} />
      ))}
    </>
  );
}

function tokensOf(usage: NonNullable<ModelStep["usage"]>): string {
  const { inputTokens, outputTokens, cachedTokens = 0, estimated = false } = usage;
  const cached = cachedTokens > 0 ? count(cachedTokens) : null;
  const tokens = WORDS.tokensUsed({ in: count(inputTokens), cached, out: count(outputTokens) });
  return estimated ? WORDS.estimated(tokens) : tokens;
}

function Said({ event }: { event: EventOf<"message" | "thought"> }) {
  const isThought = event.type === "thought" && event.data.said !== true;
  const label = isThought ? WORDS.thought : WORDS.said;
  return (
    <section aria-label={label} className="mt-3">
      <h3 className="text-xs font-semibold">
        {label}
        {event.data.partial === true && <span className="font-normal text-muted">{WORDS.cutOff}</span>}
      </h3>
      <div className={isThought ? "text-muted" : ""}>
        <Words text={event.data.text} />
      </div>
    </section>
  );
}

function Tool({ step, runId, isAsking }: { step: ToolStep; runId: string; isAsking: boolean }) {
  const { use, result } = step;
  const call = entryOf(step);
  return (
    <>
      <Times step={step}>
        {step.attempt > 1 && <Fact name={WORDS.facts.attempt}>{step.attempt}</Fact>}
        {use !== null && <Fact name={WORDS.facts.effect}>{WORDS.effects[use.data.effect]}</Fact>}
        <Fact name={WORDS.facts.call}>
          <code className="[overflow-wrap:anywhere]">{step.callId}</code>
        </Fact>
      </Times>
      <CallApproval call={call} asks={isAsking && call.approval?.data.state === "requested"} />
      <CallQuestion call={call} asks={isAsking && call.question?.data.state === "asked"} />
      {[...step.children].map(([taskId, status]) => (
        <TaskTree key={taskId} taskId={taskId} status={status} />
      ))}
      {use !== null && (
        <>
          <JsonView
            label={WORDS.arguments}
            value={use.data.args}
            {...(use.data.size !== undefined && { note: WORDS.beginningOf(size(use.data.size)) })}
            isExact
          />
          {use.data.blob !== undefined && use.data.size !== undefined && (
            <Whole what="arguments" id={use.data.blob} bytes={use.data.size} />
          )}
        </>
      )}
      {result?.data.result !== undefined && (
        <>
          <JsonView
            label={WORDS.result}
            value={result.data.result}
            {...(result.data.blob !== undefined && { note: WORDS.beginningOf(size(result.data.size)) })}
          />
          {result.data.blob !== undefined && <Whole what="result" id={result.data.blob} bytes={result.data.size} />}
        </>
      )}
      {result?.data.error !== undefined && (
        <JsonView label={neverRan(result.data) ? WORDS.modelWasTold : WORDS.error} value={result.data.error} />
      )}
      {use !== null && result !== null && use.data.effect === "write" && isGraphTool(step.name) && (
        <StepChanges key={use.seq} call={{ runId, seq: use.seq }} />
      )}
      {result === null && <p className="mt-3 text-muted">{WORDS.noResult}</p>}
    </>
  );
}

/** The call as the thread knows it, for the parts that both show. */
function entryOf(step: ToolStep): CallEntry {
  const { seq, callId, name, use, result } = step;
  return {
    ...{ kind: "call", seq, callId, name, use, start: null, result, children: step.children },
    runId: use?.runId ?? null,
    taskId: use?.taskId ?? null,
    approval: step.approvals.at(-1) ?? null,
    question: step.questions.at(-1) ?? null,
  };
}
