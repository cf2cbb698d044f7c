import type { Context } from "../command/context.ts";

/** What is not one command's own: told once, by `sparky help TOPIC`. */

export const TOPIC_NAMES = ["environment", "schedules", "ids", "json", "exit-codes", "files"] as const;

interface Topic {
  readonly name: (typeof TOPIC_NAMES)[number];
  readonly summary: string;
  readonly text: (context: Context) => Promise<string>;
}

export function topicNamed(name: string): Topic | null {
  return TOPICS.find((topic) => topic.name === name) ?? null;
}

const rows = (cells: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...cells.map(([first]) => first.length));
  return cells.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`.trimEnd()).join("\n");
};

export const TOPICS: readonly Topic[] = [
  {
    name: "environment",
    summary: "The variables that Sparky reads.",
    async text({ deps }) {
      const { items, file } = await deps.settings({});
      const told = items.map(({ name, allowed, default: usual }) => {
        const words = usual === null ? allowed : `${allowed} (default: ${usual})`;
        return [name, words] as const;
      });
      return [
        "A value comes from the environment, else from the file that --env-file names,",
        `else from ${file}.`,
        "The first that is not empty wins. What counts now: sparky config list",
        "",
        rows(told),
      ].join("\n");
    },
  },
  {
    name: "schedules",
    summary: "When a schedule is due, and what becomes of each instant.",
    text: async () =>
      [
        rows([
          ["every(30 minutes)", "seconds, minutes, hours or days; 10 seconds at least. It keeps its phase"],
          ["cron(0 9 * * 1-5)", "minute, hour, day, month, weekday, in the schedule's own --timezone"],
          ["0 9 * * 1-5, @daily", "the same, as a crontab has it"],
          ["cron(*/30 * * * * *)", "six fields: seconds first"],
          ["cron(0 9 L * *)", "L: the last day; 1#2: the second Monday; 15W: the weekday nearest the 15th"],
          ["at(2030-01-15T09:00)", "once"],
        ]),
        "",
        "Every due time has one row in the schedule's history, with a reason where it",
        "did not simply run:",
        "  sparky agent schedule history NAME",
        "",
        "What a schedule does in trouble:",
        rows([
          ["--catch-up", "instants missed while nothing ran: skip, latest or all"],
          ["--overlap", "due while the run before goes on: skip, queue or cancel"],
          ["--on-crash", "a run that a crash took: retry, leave or ask"],
          ["--max-failures", "so many failures in a row pause it"],
        ]),
      ].join("\n"),
  },
  {
    name: "ids",
    summary: "How to name a task, a chat, an approval.",
    text: async () =>
      [
        "Any first four or more characters of an id will do, as long as only one begins",
        "so:",
        "  sparky agent tasks get 3f2a",
        "When several do, they are listed and the exit code is 2. Lists show 8",
        "characters on a terminal and whole ids in a pipe. Schedules and settings go by",
        "their whole names. A shell completes all of them:",
        "  sparky help completion",
      ].join("\n"),
  },
  {
    name: "json",
    summary: "Output for scripts.",
    text: async () =>
      [
        "--json on any command makes stdout one JSON document, or one object a line for",
        "streams; nothing else is written there. Lists are {items, next}, and {total}",
        "where it is counted: `next` is what --cursor takes. Errors are",
        "{error: {code, message, hint}} on stderr. Times are ISO 8601 in UTC. Fields are",
        "only ever added.",
        "",
        "  sparky agent tasks list --json | jq -r '.items[].id'",
        "",
        "Without --json a pipe gets tab-separated columns without a header, whole ids",
        "and ISO times.",
      ].join("\n"),
  },
  {
    name: "exit-codes",
    summary: "What a command's exit code says.",
    text: async () =>
      rows([
        ["0", "done"],
        ["1", "failed"],
        ["2", "wrong usage, or an ambiguous id"],
        ["3", "no server runs"],
        ["4", "not signed in, or not allowed"],
        ["5", "not found"],
        ["6", "conflict with how things are"],
        ["7", "the task or run that was waited for failed or was cancelled"],
        ["8", "timed out"],
        ["130", "Ctrl-C"],
      ]),
  },
  {
    name: "files",
    summary: "What is in Sparky's home.",
    async text({ deps }) {
      const { file } = await deps.settings({});
      return [
        `SPARKY_HOME is ${file.replace(/\.env$/, "")}; each process needs one of its own.`,
        "",
        rows([
          ["sparky.db", "the database, where it is SQLite; copy it with: sparky db backup"],
          [".env", "settings: sparky config list"],
          ["tools.json", "what tools may do, if you make one"],
          ["mcp.json", "servers that give the agent more tools: sparky mcp list"],
          ["token", "the owner's API token: a secret"],
          ["secret", "signs cookies: a secret"],
          ["server.json", "where the server answers, while one runs"],
          ["lock", "held by the process that uses the home"],
          ["logs/", "what a daemon writes"],
          ["backups/", "copies of the database"],
          ["workspace/", "the files of the agent's work"],
        ]),
      ].join("\n");
    },
  },
];
