import { modelStep, stepAt, type Step, type Timeline } from "./timeline.ts";

/** What in a run's address names a step: its number, for the model call that counted, else the `seq` of its first event. */
export interface StepAddress {
  readonly step: number | undefined;
  readonly at: number | undefined;
}

export function addressOf(timeline: Timeline, step: Step): StepAddress {
  const isNumbered = step.kind === "model" && step.step !== null && modelStep(timeline, step.step) === step;
  return isNumbered ? { step: step.step, at: undefined } : { step: undefined, at: step.seq };
}

export function stepOf(timeline: Timeline, { step, at }: Partial<StepAddress>): Step | undefined {
  if (step !== undefined) return modelStep(timeline, step);
  return at === undefined ? undefined : stepAt(timeline, at);
}

/** What the address names lies further back than what is loaded. */
export function isFurtherBack(timeline: Timeline, firstLoaded: number, { step, at }: Partial<StepAddress>): boolean {
  if (at !== undefined) return at < firstLoaded;
  if (step === undefined) return false;
  const first = timeline.steps.find((each) => each.step !== null)?.step ?? Infinity;
  return step <= first && modelStep(timeline, step) === undefined;
}
