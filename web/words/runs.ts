import { plural } from "./plural.ts";

interface Changed {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
}

/** What the page of a run says. */
export const WORDS = {
  windowTitle: (state: string, run: string): string => `${state}: ${run} · Sparky`,
  loading: "Loading the run…",
  notLoaded: "The run could not be loaded",
  notHere: "This run is not here",
  whyNotHere: "It was deleted with its task or chat, or you may not see it.",
  allTasks: "All tasks",
  chatIsGone: "This run's chat is no longer here",
  chatNotShared: "This run's chat is no longer shared with you",
  stateIs: (state: string): string => `The run: ${state}`,

  /** Its head. */
  backToChat: "Back to the chat",
  openInChat: "Open in its chat",
  bySchedule: "by schedule",
  by: (who: string): string => `by ${who}`,
  waited: (time: string): string => `waited ${time}`,
  /** `waited`: for somebody, or while it was interrupted. */
  worked: (worked: string, waited: string | null): string =>
    `worked ${worked}${waited === null ? "" : ` · waited ${waited}`}`,
  steps: (n: number): string => plural(n, { one: "# step", other: "# steps" }),
  tokens: (n: string): string => `${n} tokens`,
  events: (first: number, last: number): string => `events ${first} to ${last}`,
  liveAt: (seq: number): string => `live · at event ${seq}`,
  catchingUp: (seq: number): string => `catching up from event ${seq}`,
  asOf: (seq: number): string => `as of event ${seq}`,

  /** What it does now. */
  now: "Now:",
  waitsForItsTurn: "waits for its turn",
  stopping: "stopping",
  retryIn: (time: string): string => `in ${time}`,
  begins: "begins",
  andMore: (n: number): string => ` and ${n} more`,

  /** How it ended: its state itself stands above. */
  done: (worked: string | null, flaws: string | null): string => {
    const words = [flaws, worked].filter((each) => each !== null).join(" · ");
    return words === "" ? "All went well" : words.charAt(0).toUpperCase() + words.slice(1);
  },
  failed: (at: { readonly step: number; readonly name: string } | null, cause: string | null): string =>
    `Failed${at === null ? "" : ` at step ${at.step}: ${at.name}`}${cause === null ? "" : ` · ${cause}`}`,
  cancelled: (by: string | null): string => (by === null ? "Cancelled" : `Cancelled by ${by}`),
  asking: "Asking…",

  attempts: "Attempts",
  /** After the number of an attempt, for those who hear it. */
  attemptIs: (state: string): string => `: ${state}`,
  sideBySide: "Side by side",
  onlyThisOne: "Only this one",

  /** Its parts, and what of them is shown. */
  view: "View",
  tabs: { timeline: "Timeline", transcript: "Transcript", events: "Events" },
  show: "Show",
  shown: { all: "All", model: "Model", tools: "Tools", errors: "Errors", graph: "Graph" },
  stepList: "Steps",
  eventList: "Events",
  event: (seq: number): string => `Event ${seq}`,

  search: "Search this run",
  searching: "Searching…",
  searchFailed: "The search failed",
  found: "Found",
  nothingFound: "Nothing in this run has all of these words.",
  foundSome: (n: number, areMore: boolean): string => `${n}${areMore ? " or more" : ""} found, newest first`,
  stillIndexing: " · the newest events are still being indexed",
  foundIn: { message: "words", thought: "thought", tool_result: "result" },
  placeOf: (seq: number, time: string): string => `#${seq} · ${time}`,

  /** One step. */
  details: "Details",
  stepDetails: "Step details",
  backToSteps: "Back to the steps",
  copyLink: "Copy link",
  modelStep: (n: number): string => `Step ${n} · model`,
  model: "model",
  wait: "wait",
  states: {
    working: "Working",
    waiting: "Waits",
    done: "Done",
    failed: "Failed",
    not_run: "Not run",
    unknown: "Outcome unknown",
    stopped: "Not finished",
  },
  beganAgain: "Interrupted; this step began again",
  waitIsOver: "Waited",
  facts: {
    worked: "Worked",
    waited: "Waited",
    from: "From",
    to: "To",
    inTheLog: "In the log",
    model: "Model",
    effort: "Effort",
    tokens: "Tokens",
    cost: "Cost",
    attempt: "Attempt",
    effect: "Effect",
    call: "Call",
  },
  tokensUsed: (used: { readonly in: string; readonly cached: string | null; readonly out: string }): string =>
    `${used.in} in${used.cached === null ? "" : ` (${used.cached} cached)`}, ${used.out} out`,
  effortRefused: (effort: string): string => `${effort} was refused by the server: it was asked without one`,
  estimated: (tokens: string): string => `${tokens}, estimated`,
  thought: "Thought",
  said: "Words",
  cutOff: " · cut off",
  effects: { read: "only reads", write: "changes Sparky’s own data", external: "acts outside Sparky" },
  arguments: "Arguments",
  result: "Result",
  error: "Error",
  modelWasTold: "What the model was told",
  beginningOf: (size: string): string => `the beginning of ${size}`,
  graphChanges: "Graph changes",
  /** As they are counted, and as they are heard. */
  changed: (n: Changed): string => `+${n.added} ~${n.changed} −${n.removed}`,
  changedHeard: (n: Changed): string => `${n.added} added, ${n.changed} changed, ${n.removed} removed`,
  firstOf: (n: number, all: number): string => `the newest ${n} of ${all}`,
  changesNotLoaded: "The changes of the graph could not be loaded",
  noResult: "No result yet.",
} as const;
