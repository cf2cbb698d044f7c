import { InvalidArgumentError } from "commander";
import { ALL_EVENTS, EVENT_KINDS, USUAL_EVENTS, type EventFilter } from "../../core/event-filter.ts";
import type { OptionSpec } from "./command.ts";

export type EventOptions = { events?: EventFilter };

export const EVENTS_OPTION: OptionSpec = [
  "--events <kinds>",
  `what to show: all, usual, or some of ${EVENT_KINDS.join(",")} (default: as you have set it)`,
  parseKinds,
];

function parseKinds(value: string): EventFilter {
  if (value === "all") return ALL_EVENTS;
  if (value === "usual") return USUAL_EVENTS;
  const words = value.split(",").map((word) => word.trim());
  if (words.some((word) => !EVENT_KINDS.some((kind) => kind === word))) {
    throw new InvalidArgumentError(`It must be all, usual, or some of ${EVENT_KINDS.join(",")}.`);
  }
  return Object.fromEntries(EVENT_KINDS.map((kind) => [kind, words.includes(kind)])) as EventFilter;
}
