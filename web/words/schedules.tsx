import type { ReactNode } from "react";
import { plural } from "./plural.ts";
import { quoted } from "./quoted.ts";

/** What the schedules say. */
export const WORDS = {
  windowTitle: "Schedules · Sparky",
  title: "Schedules",
  search: "Search schedules",
  add: "New schedule",
  filters: { enabled: "On", disabled: "Off", paused: "Paused", failing: "Failing" },
  loopIsOff: "The task loop is off: nothing is run when it is due.",

  /** The list. */
  loading: "Loading schedules…",
  notLoaded: "The schedules could not be loaded",
  noneMatches: "No schedule matches these filters",
  showAllSchedules: "Show all schedules",
  none: "No schedules yet",
  whatTheyAre: "A schedule has the agent do something again and again, and keeps a history of every due time.",
  caption: "Schedules, by name",
  columns: { schedule: "Schedule", when: "When", next: "Next", latest: "Latest, newest at the right" },
  failedInARow: (n: number, pausedAfter: number): string =>
    `Failed ${plural(n, { one: "# time", other: "# times" })} in a row${pausedAfter > 0 ? `; paused after ${pausedAfter}` : ""}`,
  /** Before the time, where there are no columns. */
  next: "next ",

  /** What is offered at the beginning. */
  offer: "Switch on what you like",
  offerMeans:
    "Sparky comes with these. Each works once you switch it on. Open one to read what the agent is told, and to change it.",
  offerDone: "Done",
  switchOn: (schedule: string): string => `Switch on ${schedule}`,

  /** On or off, run now, and when next. */
  on: (schedule: string): string => `On: ${schedule}`,
  resume: "Resume",
  resumeIt: (schedule: string): string => `Resume: ${schedule}`,
  runNow: "Run now",
  runItNow: (schedule: string): string => `Run now: ${schedule}`,
  queuing: "Queuing…",
  queued: (watch: ReactNode): ReactNode => <>Queued. {watch}</>,
  watch: "Watch it",
  off: "Off",
  paused: (until: ReactNode, reason: string | null): ReactNode => (
    <>
      Paused
      {until !== null && <> until {until}</>}
      {reason !== null && `: ${reason}`}
    </>
  ),
  noLongerDue: "No longer due",
  dueNow: "now",
  dueIn: (time: string): string => `in ${time}`,
  rests: (time: string): string => `rests ${time} more after a failure`,

  /** One of them. */
  loadingOne: "Loading the schedule…",
  oneNotLoaded: "The schedule could not be loaded",
  notHere: "This schedule is not here",
  whyNotHere: "It was deleted, it never existed, or it is not yours.",
  edit: "Edit",
  pause: "Pause…",
  delete: "Delete…",
  facts: {
    when: "When",
    next: "Next",
    prompt: "Prompt",
    missed: "Missed times",
    stillRunning: "Still running",
    afterACrash: "After a crash",
    spread: "Spread",
    failures: "Failures",
    atMost: "Each run at most",
    model: "Model",
    effort: "Effort",
    metadata: "Metadata",
    runs: "Its runs",
    memory: "Memory",
    changed: "Changed",
  },
  notOlderThan: (time: string): string => `, not older than ${time}`,
  atMost: (n: number): string => `, at most ${n}`,
  days: (n: number): string => `${n} d`,
  hours: (n: number): string => `${n} h`,
  minutes: (n: number): string => `${n} min`,
  steps: (n: number): string => plural(n, { one: "# step", other: "# steps" }),
  startsLater: (seconds: number): string => `Starts up to ${seconds} s later, at random`,
  pausedAfter: (n: number): string => `Paused after ${n} in a row`,
  neverPaused: "Never paused because of failures",
  inARowNow: (n: number): string => ` · ${n} in a row now`,
  noChat: "No chat yet: its first run will make one",
  openChat: "Open the chat of its runs",
  allTasks: "All its tasks",
  fromFile: (file: ReactNode): ReactNode => <>From the file {file}, as it is now</>,
  yourTime: (at: string): string => `Your time: ${at}`,
  inZone: (zone: string): string => `(${zone})`,
  memoryOnceThereIsAChat: "Used; it can be paused once there is a chat",
  memoryFor: (schedule: string): string => `Memory for ${schedule}`,
  memoryIsUsed: "Its runs are given what is known that matters to them",
  memoryIsPaused: "Paused: its runs are given nothing",

  /** What each policy does, in the form and on a schedule's page. */
  catchUp: {
    latest: "Run the newest of those that were missed",
    skip: "Skip those that were missed, each with a row that says so",
    all: "Run all that were missed, one after the other",
  },
  overlap: {
    skip: "Skip this time",
    queue: "Run once afterwards; several become one",
    cancel: "Cancel the run that is going, and start a new one",
  },
  onCrash: {
    retry: "Go on where it was",
    leave: "Leave it as interrupted",
    ask: "Ask a person",
  },

  /** Its history. */
  history: "History",
  rows: (n: number): string => plural(n, { one: "# row", other: "# rows" }),
  manyRows: "many rows",
  loadingHistory: "Loading the history…",
  historyNotLoaded: "The history could not be loaded",
  neverDue: "Never due yet",
  whatHistoryIs: "Each due time gets a row here, whatever becomes of it. “Run now” makes one by hand.",
  showMoreOf: (n: number): string => `Show more (${n})`,
  historyCaption: "What became of each due time, newest first",
  historyColumns: {
    outcome: "Outcome",
    due: "Due",
    started: "Started",
    took: "Took",
    why: "Why",
    task: "Task",
  },
  taskOf: (id: string): string => `task ${id}`,
  fromTo: (from: ReactNode, to: ReactNode): ReactNode => (
    <>
      {from} to {to}
    </>
  ),
  dueTimes: (n: number): string => plural(n, { one: "# due time", other: "# due times" }),
  dueTimesFrom: (n: number, at: string): string =>
    `${plural(n, { one: "# due time", other: "# due times" })} from ${at}`,
  byHand: "by hand",
  runByHand: "run by hand",
  started: "started ",
  later: (time: string): string => `${time} later`,
  took: (time: string): string => `took ${time}`,
  /** The history's own reasons, as a sentence goes on after the outcome; others are words already. */
  reasons: {
    overlap: "the previous run was still going",
    paused: "the schedule was paused",
    down: "Sparky was not running",
    policy: "its catch-up rule leaves it out",
    backoff: "it rests after a failure",
    limit: "what may be spent in its owner’s name is used up",
    account: "the account whose it is was disabled",
  },
  merged: "one was waiting already and stands for both",
  outcomeBecause: (outcome: string, reason: string): string => `${outcome}: ${reason}`,
  noneYet: "None yet",
  last: (n: number, counts: string, newest: string): string => `Last ${n}: ${counts}; the newest is ${newest}`,
  countOf: (n: number, outcome: string): string => `${n} ${outcome}`,

  check: "Check",
  checking: "Checking…",
  isWhole: (found: { readonly due: number; readonly recorded: number; readonly from: string; readonly to: string }) =>
    `Every due time has its row: ${plural(found.due, { one: "# was", other: "# were" })} due from ${found.from} to ${found.to}, and ${plural(found.recorded, { one: "# is", other: "# are" })} recorded.`,
  isNotWhole: (found: {
    readonly due: number;
    readonly recorded: number;
    readonly from: string;
    readonly to: string;
  }) =>
    `${plural(found.due, { one: "# was", other: "# were" })} due from ${found.from} to ${found.to}, ${plural(found.recorded, { one: "# is", other: "# are" })} recorded.`,
  missing: (times: string): string => `Due, without a row: ${times}`,
  extra: (times: string): string => `Rows that no rule asks for: ${times}`,

  /** The form. */
  editIt: (schedule: string): string => `Edit ${schedule}`,
  editMeans: "Changes apply at once. The history keeps what was due before.",
  promptIsInFile: "Its prompt is in a file.",
  editPromptHere: "Edit the prompt here",
  name: "Name",
  nameExample: "morning_news",
  nameHelp: "Letters, digits, _, - and dots; no spaces",
  description: "What it is for (optional)",
  prompt: "Prompt",
  promptExample: "Tell me what is new",
  promptHelp: (
    <>
      What the agent is to do each time; or the text of a file on the server, <code>file(/path)</code>, or in Sparky’s
      home, <code>file(prompts/news.md)</code>
    </>
  ),
  when: "When",
  whenExample: "every day at nine",
  whenHelp: (
    <>
      In words, or as <code>every(…)</code>, <code>cron(…)</code>, <code>at(2027-12-01T09:00)</code>
    </>
  ),
  zone: "Time zone",
  exampleRules: "Examples of rules",
  /** They are read as they stand here: a language whose words the server does not know takes rules instead. */
  examples: ["weekdays at 9:00", "every 2 hours", "tomorrow at 7:00"],
  ifMissed: "When Sparky was not running at a due time",
  ifStillGoing: "When the previous run is still going",
  ifCrashed: "When a run is cut off by a crash",
  more: "Limits, model, failures, spread, metadata",
  itsModel: "Model that works on its tasks",
  usualModel: "The usual one",
  thinks: "How hard it thinks",
  maxFailures: "Pause after this many failures in a row",
  maxFailuresHelp: "0: never",
  jitter: "Spread the start over this many seconds",
  jitterHelp: "At random, so that not everything starts at once",
  maxAge: "Oldest missed time to catch up on, in hours",
  catchUpMax: "Maximum missed times to catch up on",
  catchUpMaxHelp: "Only if all that were missed are run",
  mostSteps: "Maximum steps in a run",
  mostMinutes: "Maximum minutes in a run",
  mostTokens: "Maximum tokens in a run",
  mostDollars: "Maximum dollars in a run",
  metadata: "Metadata",
  metadataExample: "team=home",
  metadataHelp: "One key=value a line, kept with each task",
  isOften: (seconds: number): string => plural(seconds, { one: "Every # second?", other: "Every # seconds?" }),
  oftenMeans: (timesADay: number): string =>
    `The agent would work ${plural(timesADay, { one: "# time", other: "# times" })} a day. Each time may cost something.`,
  changeIt: "Change it",
  keepIt: "Keep it as it is",
  notSaved: (fields: number): string =>
    `Not saved: ${plural(fields, { one: "one field needs", other: "# fields need" })} a look.`,
  stillHere: " What you typed is still here.",
  addIt: "Add schedule",

  chooseRule: "Choose a rule",
  kinds: { every: "Every", daily: "Daily", weekly: "Weekly", once: "Once" },
  howMany: "How many",
  ofWhat: "Of what",
  units: { minutes: "minutes", hours: "hours", days: "days" },
  onWhichDays: "On which days",
  weekdays: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
  onWhichDay: "On which day, at what time",
  atWhatTime: "At what time",

  preview: "What the rule means",
  onceIn: (zone: string): string => `Once, as clocks show it in ${zone}`,
  nextTimesIn: (zone: string): string => `The next times, as clocks show them in ${zone}`,
  readingRule: "Reading it…",
  nextTimesUnknown: (why: string): string => `The next times cannot be told now: ${why}.`,
  nextTimesShowHere: "The next times show here as you type.",

  /** What is asked before something is done. */
  deleteIt: "Delete this schedule?",
  deleteMeans: (schedule: string): string =>
    `${quoted(schedule)} will not run again, and its history is hidden. Its tasks and its chat stay. To stop it for a while, switch it off.`,
  deleteYes: "Delete",
  pauseIt: (schedule: string): string => `Pause ${schedule}`,
  until: "Until (optional)",
  untilHelp: "Without a time: until you resume it. What is due meanwhile is recorded as skipped.",
  pauseYes: "Pause",
  pausing: "Pausing…",
} as const;
