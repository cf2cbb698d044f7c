import type { Command } from "commander";
import {
  group,
  oneOf,
  positive,
  repeated,
  time,
  verb,
  wholeNumber,
  type Execute,
  type OptionSpec,
} from "../command/command.ts";
import { effortOption } from "../command/model.ts";
import type { ScheduleOptions } from "./change.ts";
import type { HistoryOptions } from "./history.ts";

const NAME = { name: "the schedule's name" };

const SETTINGS: readonly OptionSpec[] = [
  ["--description <text>", "what it is for, in a few words"],
  ["--timezone <zone>", "the zone of its times, such as Europe/Berlin (default: this machine's)"],
  ["--catch-up <policy>", "after being down: skip, latest or all (default: latest)", oneOf(["skip", "latest", "all"])],
  ["--catch-up-max <number>", "with all: at most so many (default: 10)", wholeNumber(1, 1000)],
  [
    "--overlap <policy>",
    "while the run before goes on: skip, queue or cancel it (default: skip)",
    oneOf(["skip", "queue", "cancel"]),
  ],
  [
    "--on-crash <policy>",
    "a run that a crash took: retry, leave or ask (default: retry)",
    oneOf(["retry", "leave", "ask"]),
  ],
  ["--jitter <seconds>", "start up to so many seconds later, at random", wholeNumber(0, 86_400)],
  [
    "--max-failures <number>",
    "pause it after so many failures in a row, 0 for never (default: 5)",
    wholeNumber(0, 1000),
  ],
  ["-m, --metadata <key=value>", "a note kept with each task; may be repeated", repeated],
  ["--model <model>", "the model that works on its tasks; default: its chat's, else the server's own"],
  effortOption("its chat's, else the server's own"),
  ["--max-steps <number>", "end a run as failed after so many model calls", wholeNumber(1, 10_000)],
  ["--max-minutes <number>", "end a run as failed after so many minutes of work", positive],
  ["--max-tokens <number>", "end a run as failed when it has used so many tokens", wholeNumber(1, 1_000_000_000)],
  ["--max-cost <usd>", "end a run as failed when it has cost so much (needs the model's price)", positive],
];

const YES: OptionSpec = ["-y, --yes", "do not ask about a rule that is due more often than each minute"];

export function addScheduleCommands(agent: Command, execute: Execute): void {
  const schedule = group(agent, "schedule", {
    summary: "Prompts that the agent runs again and again.",
    examples: [
      "sparky agent schedule list",
      'sparky agent schedule add news "weekdays at 9:00" "Tell me what is new"',
      "sparky agent schedule history smart_maintenance",
    ],
  });
  verb(schedule, execute, "list", {
    summary: "List the schedules, with what comes next and what came last.",
    examples: ["sparky agent schedule list", "sparky agent schedule list --json"],
    run: async (context) => (await import("./show.ts")).listSchedules(context),
  });
  verb(schedule, execute, "show <name>", {
    summary: "Show one schedule with all its settings and its prompt.",
    examples: ["sparky agent schedule show smart_maintenance", "sparky agent schedule show smart_maintenance --json"],
    args: NAME,
    run: async (context, args) => (await import("./show.ts")).showSchedule(context, args),
  });
  verb(schedule, execute, "add <name> <when> <prompt>", {
    summary: "Add a schedule; it counts at once.",
    examples: [
      'sparky agent schedule add tidy "every(6 hours)" "Tidy the notes"',
      'sparky agent schedule add morning "cron(0 9 * * 1-5)" "Tell me what is new" --timezone Europe/Berlin',
      'sparky agent schedule add walk "tomorrow at 7" "Wish me a good walk"',
      'sparky agent schedule add party "at(2099-12-31T18:00)" "Wish me a happy new year"',
    ],
    args: {
      ...NAME,
      when: '"weekdays at 9:00", "every 2 hours", "tomorrow at 7"; every(…), cron(…) or at(2030-01-15T09:00)',
      prompt: "what the agent should do, or file(path)",
    },
    options: [...SETTINGS, ["--disabled", "add it, but leave it off"], YES],
    run: async (context, args, options: ScheduleOptions) =>
      (await import("./change.ts")).addSchedule(context, args, options),
  });
  verb(schedule, execute, "edit <name>", {
    summary: "Change a schedule; it counts at once, and what was due before stays as it was.",
    examples: [
      'sparky agent schedule edit tidy --when "every(2 hours)"',
      'sparky agent schedule edit tidy --prompt "Tidy the notes of this week" --overlap queue',
    ],
    args: NAME,
    options: [
      ["--when <rule>", "when it is due"],
      YES,
      ["--prompt <text>", "what the agent should do, or file(path)"],
      ...SETTINGS.map(([flags, words, parse]): OptionSpec => {
        const text = words.replace(/ \(default: [^)]*\)/, "");
        return parse === undefined ? [flags, text] : [flags, text, parse];
      }),
    ],
    run: async (context, args, options: ScheduleOptions) =>
      (await import("./change.ts")).editSchedule(context, args, options),
  });
  verb(schedule, execute, "delete <name>", {
    summary: "Delete a schedule; its tasks and its chat stay.",
    examples: ["sparky agent schedule delete morning", "sparky agent schedule delete tidy --yes"],
    args: NAME,
    options: [["-y, --yes", "do not ask"]],
    run: async (context, args, options: { yes?: true }) =>
      (await import("./change.ts")).deleteSchedule(context, args, options),
  });
  for (const state of ["enable", "disable"] as const) {
    verb(schedule, execute, `${state} <name>`, {
      summary:
        state === "enable"
          ? "Turn a schedule on, also after a pause."
          : "Turn a schedule off: nothing is due, nothing is recorded.",
      examples: [`sparky agent schedule ${state} reflection`],
      args: NAME,
      run: async (context, args) => (await import("./change.ts")).setState(context, args, `${state}d`),
    });
  }
  verb(schedule, execute, "pause <name>", {
    summary: "Pause a schedule: what is due is recorded as skipped.",
    examples: [
      "sparky agent schedule pause reflection",
      "sparky agent schedule pause reflection --until 2099-12-24T08:00",
    ],
    args: NAME,
    options: [["--until <time>", "go on by itself at this time", time]],
    run: async (context, args, options: { until?: string }) =>
      (await import("./change.ts")).setState(context, args, "paused", options.until),
  });
  verb(schedule, execute, "run [names...]", {
    summary: "Queue a task for each named schedule now.",
    examples: ["sparky agent schedule run smart_maintenance", "sparky agent schedule run --all"],
    args: { names: "the schedules' names" },
    options: [["--all", "every schedule that is enabled"]],
    run: async (context, args, options: { all?: true }) =>
      (await import("./show.ts")).runSchedules(context, args, options),
  });
  verb(schedule, execute, "next <name>", {
    summary: "Show when a schedule is due next.",
    examples: ["sparky agent schedule next smart_maintenance", "sparky agent schedule next smart_maintenance -n 10"],
    args: NAME,
    options: [["-n, --count <number>", "how many (default: 5)", wholeNumber(1, 100)]],
    run: async (context, args, options: HistoryOptions) =>
      (await import("./history.ts")).showNext(context, args, options),
  });
  verb(schedule, execute, "history <name>", {
    summary: "Show a schedule's history: one row for every due time, whatever happened.",
    examples: [
      "sparky agent schedule history smart_maintenance",
      "sparky agent schedule history smart_maintenance --check",
    ],
    args: NAME,
    options: [
      ["-l, --limit <number>", "how many rows (default: 20)", wholeNumber(1, 500)],
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
      ["--check", "compute what was due and compare it with the history (exit 1 when they differ)"],
    ],
    run: async (context, args, options: HistoryOptions) =>
      (await import("./history.ts")).showHistory(context, args, options),
  });
  verb(schedule, execute, "export [file]", {
    summary: "Write the schedules as YAML; a file that exists keeps its comments and its order.",
    examples: ["sparky agent schedule export", "sparky agent schedule export ~/schedules.yaml"],
    args: { file: "where to write (default: stdout)" },
    run: async (context, args) => (await import("./export.ts")).exportSchedules(context, args),
  });
  verb(schedule, execute, "import <file>", {
    summary: "Add and change schedules as a YAML file says; others are left alone.",
    examples: ["sparky agent schedule import ~/schedules.yaml"],
    args: { file: "a file that export wrote, or an older scheduled_tasks.yaml" },
    options: [["--poll-interval <seconds>", "how long a cycle of an older file was (default: 10)", positive]],
    run: async (context, args, options: { pollInterval?: string }) =>
      (await import("./import.ts")).importSchedules(context, args, options),
  });
}
