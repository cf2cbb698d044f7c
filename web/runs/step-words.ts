import { exactLine } from "../../src/core/exact.ts";
import type { Step } from "./timeline.ts";
import { oneLine, plain } from "../ui/format.ts";
import { WORDS } from "../words/runs.ts";

/** What a step is called, and the one line that says what it was about. */

export function nameOf(step: Step): string {
  switch (step.kind) {
    case "model":
      return WORDS.model;
    case "tool":
      return exactLine(step.name) || "go_on";
    case "wait":
      return WORDS.wait;
  }
}

export function aboutOf(step: Step): string {
  switch (step.kind) {
    case "model": {
      const said = step.said.at(-1)?.data.text;
      return said === undefined ? "" : oneLine(plain(said), 160);
    }
    case "tool":
      return exactLine(step.use?.data.summary ?? "");
    case "wait":
      return step.why;
  }
}

/** Why it did not go well, if it did not. */
export function faultOf(step: Step): string | null {
  if (step.kind === "tool") return step.result?.data.error ?? null;
  return step.kind === "model" ? (step.error?.message ?? null) : null;
}

/** How long it worked, and how long it waited, in milliseconds. */
export function timesOf(step: Step, now: number): { readonly worked: number; readonly waited: number } {
  const sum = (is: "work" | "wait"): number =>
    step.spans.reduce((all, span) => all + (span.is === is ? (span.to ?? now) - span.from : 0), 0);
  return { worked: sum("work"), waited: sum("wait") };
}

export function wordOf(step: Step): string {
  if (step.kind === "model" && step.state === "unknown") return WORDS.beganAgain;
  if (step.kind === "wait") return step.state === "waiting" ? WORDS.states.waiting : WORDS.waitIsOver;
  return WORDS.states[step.state];
}
