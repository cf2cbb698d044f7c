import type { Limits } from "../../wire/api.ts";
import { positive, repeated, wholeNumber, type OptionSpec } from "../command/command.ts";
import { usage } from "../console/failure.ts";
import { moment, type Moment } from "../command/moment.ts";

/** What `add` and `update` say of a task's limits and notes, and what `list` and `clear` say of which tasks they mean. */

export type LimitOptions = { maxSteps?: number; maxMinutes?: number; maxTokens?: number; maxCost?: number };

export const LIMITS: readonly OptionSpec[] = [
  ["--max-steps <number>", "end it as failed after so many model calls", wholeNumber(1, 10_000)],
  ["--max-minutes <number>", "end it as failed after so many minutes of work", positive],
  ["--max-tokens <number>", "end it as failed when it has used so many tokens", wholeNumber(1, 1_000_000_000)],
  ["--max-cost <usd>", "end it as failed when it has cost so much (needs the model's price)", positive],
];

export function limitsOf(options: LimitOptions): Limits {
  return {
    ...(options.maxSteps === undefined ? {} : { steps: options.maxSteps }),
    ...(options.maxMinutes === undefined ? {} : { minutes: options.maxMinutes }),
    ...(options.maxTokens === undefined ? {} : { tokens: options.maxTokens }),
    ...(options.maxCost === undefined ? {} : { costUsd: options.maxCost }),
  };
}

export const METADATA: OptionSpec = [
  "-m, --metadata <key=value>",
  "a note kept with the task; may be repeated",
  repeated,
];

export function metadataOf(pairs: readonly string[]): { [key: string]: string } {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1) throw usage(`"${pair}" is not key=value`, "--metadata project=garden");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

export type SpanOptions = { since?: Moment; before?: Moment };

export const SPAN: readonly OptionSpec[] = [
  ["--since <time>", "only those added at this time or later: a time, or so long ago, such as 24h or 7d", moment],
  ["--before <time>", "only those added before this time", moment],
];

export function spanOf({ since, before }: SpanOptions, now: number): { since?: string; before?: string } {
  return { ...(since && { since: since(now) }), ...(before && { before: before(now) }) };
}
