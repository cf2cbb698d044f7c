import type { ChatEvent } from "../core/events.ts";
import type { Model } from "../models/model.ts";
import type { TaskLimits } from "../store/tasks/read.ts";
import type { UserLimits } from "../store/limits/standing.ts";
import { inDollars, NEAR, shareOf, whole } from "../core/limit-words.ts";
import { costOf } from "../models/price.ts";
import { shorten } from "../core/text.ts";

/** Limits that are checked before each model call. */

export interface Spent {
  readonly steps: number;
  /** Time under a lease: waiting for a person or a back-off does not count. */
  readonly workedMs: number;
  readonly tokens: number;
  readonly costUsd: number | null;
}

/** What a call takes at least: what it sends, by our own estimate, as if the provider had nothing of it in its cache. */
export interface Ask {
  readonly tokens: number;
  /** 0: the model is free, or nobody knows its price. */
  readonly costUsd: number;
}

export function askOf({ price }: Pick<Model, "price">, tokens: number): Ask {
  return { tokens, costUsd: price === null ? 0 : costOf(price, { inputTokens: tokens, outputTokens: 0 }) };
}

/** No run goes on for ever, whatever it was allowed. */
export const MAX_STEPS = 200;

/** The same calls with the same arguments this many steps in a row are a loop. */
const LOOP_STEPS = 3;

/** Why the run may not make this model call, in words; null: it may. */
export function exhausted(
  limits: TaskLimits,
  spent: Spent,
  ask: Ask,
  model: Pick<Model, "id" | "price">,
  mostSteps = MAX_STEPS,
): string | null {
  const steps = Math.min(limits.steps ?? mostSteps, mostSteps);
  if (spent.steps >= steps) return `it reached its limit of ${steps} steps`;
  if (limits.minutes !== undefined && spent.workedMs >= limits.minutes * 60_000) {
    return `it reached its limit of ${limits.minutes} minutes`;
  }
  if (limits.tokens !== undefined && spent.tokens >= limits.tokens) {
    return `it reached its limit of ${whole(limits.tokens)} tokens`;
  }
  if (limits.tokens !== undefined && spent.tokens + ask.tokens > limits.tokens) {
    return `its limit of ${whole(limits.tokens)} tokens would be passed: ${whole(spent.tokens)} are used, and the next call sends about ${whole(ask.tokens)}`;
  }
  if (limits.costUsd !== undefined && model.price === null) {
    return `its limit of $${limits.costUsd} cannot be kept: nobody has said what ${model.id} costs; set SPARKY_MODEL_PRICES`;
  }
  if (limits.costUsd !== undefined && (spent.costUsd ?? 0) >= limits.costUsd) {
    return `it reached its limit of $${limits.costUsd}`;
  }
  if (limits.costUsd !== undefined && (spent.costUsd ?? 0) + ask.costUsd > limits.costUsd) {
    return `its limit of $${limits.costUsd} would be passed: ${inDollars(spent.costUsd ?? 0)} is used, and what the next call sends costs about ${inDollars(ask.costUsd)}`;
  }
  return null;
}

/** The limits of tokens and dollars of which most is used, in words. */
export function nearlyExhausted(limits: TaskLimits, spent: Spent): readonly { name: string; text: string }[] {
  const costUsd = spent.costUsd ?? 0;
  const near = (limit: number | undefined, used: number): limit is number =>
    limit !== undefined && used >= limit * NEAR && used < limit;
  const text = (limit: string, used: string, share: number): string =>
    `${share} % of the limit of ${limit} of this task is used (${used})`;
  return [
    ...(near(limits.tokens, spent.tokens)
      ? [
          {
            name: "tokens",
            text: text(`${whole(limits.tokens)} tokens`, whole(spent.tokens), shareOf(spent.tokens, limits.tokens)),
          },
        ]
      : []),
    ...(near(limits.costUsd, costUsd)
      ? [{ name: "costUsd", text: text(`$${limits.costUsd}`, inDollars(costUsd), shareOf(costUsd, limits.costUsd)) }]
      : []),
  ];
}

/** Why a person's limit of dollars lets nothing be done by this model, in words; null: it can be kept. */
export function unpriced(
  { dollarsPerDay, dollarsPerMonth }: UserLimits,
  model: Pick<Model, "id" | "price">,
): string | null {
  if (model.price !== null || (dollarsPerDay ?? dollarsPerMonth) === null) return null;
  return `a limit of dollars cannot be kept: nobody has said what ${model.id} costs; the owner sets SPARKY_MODEL_PRICES`;
}

/** Names the call when the last steps of the run that these events are of asked for exactly the same, over and over; null otherwise. */
export function loops(events: readonly ChatEvent[]): string | null {
  const steps = new Map<number, string[]>();
  // From the end: what came before the last steps is not looked at again at each step.
  for (let at = events.length - 1; at >= 0; at--) {
    const event = events[at];
    if (event?.type !== "tool_use" || event.step === null) continue;
    const calls = steps.get(event.step) ?? [];
    if (calls.length === 0 && steps.size === LOOP_STEPS) break;
    // Of big arguments the event holds only the beginning: two that begin alike are not the same.
    calls.push(`${event.data.name} ${event.data.blob ?? JSON.stringify(event.data.args)}`);
    steps.set(event.step, calls);
  }
  const last = [...steps.values()].map((calls) => calls.toSorted().join("\n"));
  if (last.length < LOOP_STEPS || new Set(last).size > 1) return null;
  return shorten((last[0] ?? "").split("\n", 1)[0] ?? "", 200);
}
