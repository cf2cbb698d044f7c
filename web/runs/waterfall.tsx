import { Link } from "@tanstack/react-router";
import {
  Brain,
  CircleAlert,
  CircleCheck,
  CircleHelp,
  CircleSlash,
  CircleX,
  Clock,
  LoaderCircle,
  Wrench,
} from "lucide-react";
import type { LucideIcon } from "lucide-react";
import { duration } from "../ui/format.ts";
import { LongList } from "../ui/long-list.tsx";
import { useNow } from "../ui/now.tsx";
import { axisOf, type Axis } from "./axis.ts";
import { addressOf } from "./address.ts";
import { aboutOf, faultOf, nameOf, timesOf, wordOf } from "./step-words.ts";
import { isFault, type Step, type StepState, type Timeline } from "./timeline.ts";
import { WORDS } from "../words/runs.ts";

const KINDS: Readonly<Record<Step["kind"], LucideIcon>> = { model: Brain, tool: Wrench, wait: Clock };

const STATES: Readonly<
  Record<StepState, { readonly icon: LucideIcon; readonly colour: string; readonly bar: string }>
> = {
  working: { icon: LoaderCircle, colour: "text-live", bar: "bg-live" },
  waiting: { icon: Clock, colour: "text-warn", bar: "bg-warn" },
  done: { icon: CircleCheck, colour: "text-good", bar: "bg-accent" },
  failed: { icon: CircleX, colour: "text-bad", bar: "bg-bad" },
  not_run: { icon: CircleSlash, colour: "text-warn", bar: "bg-warn" },
  unknown: { icon: CircleHelp, colour: "text-warn", bar: "bg-warn" },
  stopped: { icon: CircleSlash, colour: "text-muted", bar: "bg-muted" },
};

interface Props {
  readonly runId: string;
  readonly timeline: Timeline;
  readonly steps: readonly Step[];
  readonly selected: Step | undefined;
  /** Milliseconds since the epoch; `to` null: it still goes on. */
  readonly from: number;
  readonly to: number | null;
  readonly older: "none" | "idle" | "loading" | "failed";
  readonly onOlder: () => void;
}

/** A row for each model call and each tool call, with bars on one axis of time. */
export function Waterfall({ runId, timeline, steps, selected, from, to, older, onOlder }: Props) {
  const now = useNow(to === null ? 500 : 60_000);
  const end = Math.max(to ?? now, from + 1);
  const axis = axisOf(timeline.pauses, from, end);
  return (
    <LongList
      label={WORDS.stepList}
      items={steps}
      keyOf={keyOf}
      orderOf={(step) => step.seq}
      sizeOf={(step) => (faultOf(step) === null ? 34 : 56)}
      aim={selected === undefined ? -1 : steps.indexOf(selected)}
      older={older}
      onOlder={onOlder}
    >
      {(step) => (
        <Row
          runId={runId}
          timeline={timeline}
          step={step}
          isSelected={step === selected}
          axis={axis}
          now={end}
          nowLine={to === null ? axis(now) : null}
        />
      )}
    </LongList>
  );
}

/** The row of a model call that has no event yet keeps its place when it gets its first. */
const keyOf = (step: Step): string =>
  step.kind === "tool" ? step.callId : step.state === "working" ? `now ${step.step}` : `${step.kind} ${step.seq}`;

interface RowProps {
  readonly runId: string;
  readonly timeline: Timeline;
  readonly step: Step;
  readonly isSelected: boolean;
  readonly axis: Axis;
  readonly now: number;
  readonly nowLine: number | null;
}

function Row({ runId, timeline, step, isSelected, axis, now, nowLine }: RowProps) {
  const { icon: Icon, colour } = STATES[step.state];
  const Kind = KINDS[step.kind];
  const { worked, waited } = timesOf(step, now);
  const fault = faultOf(step);
  const about = aboutOf(step);
  return (
    <Link
      from="/runs/$runId"
      to="/runs/$runId"
      params={{ runId }}
      search={(before) => ({
        ...before,
        ...addressOf(timeline, step),
        beside: before.beside === runId ? undefined : before.beside,
      })}
      replace
      data-step={step.kind === "model" ? step.step : undefined}
      data-seq={step.seq}
      data-step-kind={step.kind}
      data-step-state={step.state}
      aria-current={isSelected ? "step" : undefined}
      className={`tap block px-3 py-1 text-sm ${isSelected ? "bg-accent-soft" : "hover:bg-sunken"}`}
    >
      <span className="grid grid-cols-[1.75rem_1fr_auto] items-center gap-x-2 md:grid-cols-[1.75rem_minmax(9rem,2fr)_minmax(6rem,3fr)_4.5rem]">
        <span className="text-right text-xs text-muted tabular-nums">
          {step.kind === "model" && step.step !== null && step.step}
        </span>
        <span className={`flex min-w-0 items-center gap-1.5 ${step.kind === "tool" ? "pl-3" : ""}`}>
          <Kind aria-hidden="true" className="size-3.5 shrink-0 text-muted" />
          <span className={`shrink-0 ${step.kind === "tool" ? "font-mono text-code" : ""} font-medium`}>
            {nameOf(step)}
          </span>
          <span className="min-w-0 truncate text-muted">{about}</span>
        </span>
        <span className="max-md:order-last max-md:col-span-2 max-md:col-start-2 max-md:mt-0.5">
          <Bars step={step} axis={axis} now={now} nowLine={nowLine} />
        </span>
        <span className="flex items-center justify-end gap-1 text-xs text-muted tabular-nums">
          {step.state !== "not_run" && duration(step.kind === "wait" ? waited : worked)}
          <Icon
            aria-hidden="true"
            className={`size-3.5 shrink-0 ${colour} ${step.state === "working" ? "spin" : ""}`}
          />
          <span className="sr-only">{wordOf(step)}</span>
        </span>
      </span>
      {fault !== null && (
        <span className={`flex items-center gap-1.5 pl-9 text-xs ${isFault(step) ? "text-bad" : "text-warn"}`}>
          <CircleAlert aria-hidden="true" className="size-3.5 shrink-0" />
          <span className="truncate">{fault}</span>
        </span>
      )}
    </Link>
  );
}

/** Work is full, a wait is hatched. */
function Bars({ step, axis, now, nowLine }: Pick<RowProps, "step" | "axis" | "now" | "nowLine">) {
  return (
    <span aria-hidden="true" className="relative block h-3 rounded-sm bg-sunken/60">
      {step.spans.map((span) => {
        const left = axis(span.from);
        const width = Math.max(0, axis(span.to ?? now) - left);
        return (
          <span
            key={span.from}
            data-span={span.is}
            className={`absolute top-0 h-3 min-w-0.5 rounded-sm ${span.is === "wait" ? "hatched" : STATES[step.state].bar}`}
            style={{ left: `${Math.min(left, 0.995) * 100}%`, width: `${width * 100}%` }}
          />
        );
      })}
      {nowLine !== null && (
        <span
          data-now-line
          className="absolute -inset-y-1 w-px bg-live"
          style={{ left: `${Math.min(nowLine, 0.998) * 100}%` }}
        />
      )}
    </span>
  );
}
