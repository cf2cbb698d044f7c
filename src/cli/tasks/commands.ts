import type { Command } from "commander";
import { FILE } from "../command/files.ts";
import { effortOption } from "../command/model.ts";
import { PROMPT } from "../command/prompt-words.ts";
import { group, oneOf, positive, repeated, time, verb, wholeNumber, type Execute } from "../command/command.ts";
import type { AddOptions } from "./add.ts";
import type { ClearOptions } from "./clear.ts";
import type { ListOptions } from "./list.ts";
import type { DeleteOptions, RetryOptions } from "./change.ts";
import type { LogsOptions } from "./logs.ts";
import type { UpdateOptions } from "./update.ts";
import type { WaitOptions } from "./wait.ts";
import { statusNamed, TASK_STATUSES } from "../console/status-words.ts";
import { LIMITS, METADATA, SPAN } from "./options.ts";

const ID = { id: "the task's id, or its first 4 or more characters" };

export function addTaskCommands(agent: Command, execute: Execute): void {
  const tasks = group(agent, "tasks", {
    summary: "Work that is queued for the agent.",
    examples: [
      'sparky agent tasks add "Check knowledge graph stats"',
      "sparky agent tasks list --status pending",
      "sparky agent tasks logs -f 3f2a",
    ],
  });
  verb(tasks, execute, "add [instruction]", {
    summary: "Queue work for the agent.",
    examples: [
      'sparky agent tasks add "Check knowledge graph stats"',
      'sparky agent tasks add "Check knowledge graph stats" --wait',
      'sparky agent tasks add "Send the report" --at 2030-12-01T09:00 --key report-december',
      "sparky agent tasks add --prompt organize_memories",
      'sparky agent tasks add "What time is it?" --model demo',
    ],
    args: { instruction: "what the agent should do" },
    options: [
      ["-c, --chat <id>", "work in this chat (default: a chat of its own)"],
      METADATA,
      ["--after <id>", "start only when this task has completed; may be repeated", repeated],
      ["--at <time>", "not before this time", time],
      ["--priority <number>", "higher goes first (default: 0)", wholeNumber(-1000, 1000)],
      ["--key <key>", "add it only once: a task with the same key is the same task"],
      ["--model <model>", "the model that works on it (default: the chat's, else the server's own)"],
      effortOption("the chat's, else the server's own"),
      FILE,
      ...PROMPT,
      ...LIMITS,
      ["--wait", "wait for its end and show the result (exit 7 when it failed)"],
    ],
    run: async (context, args, options: AddOptions) => (await import("./add.ts")).addTask(context, args, options),
  });
  verb(tasks, execute, "list", {
    summary: "List tasks, the newest first.",
    examples: [
      "sparky agent tasks list",
      "sparky agent tasks list --status pending",
      "sparky agent tasks list -s failed -l 5 --json",
      "sparky agent tasks list --since 24h",
    ],
    options: [
      ["-s, --status <status>", `only these: ${TASK_STATUSES.join(", ")}`, oneOf(TASK_STATUSES, statusNamed)],
      ["-l, --limit <number>", "how many (default: 20)", wholeNumber(1, 200)],
      ["--schedule <name>", "only those that this schedule made"],
      ["--chat <id>", "only those of this chat"],
      ["--search <text>", "only those whose instruction or result has this text"],
      ...SPAN,
      ["--cursor <cursor>", "go on where an earlier list ended (its `next`)"],
    ],
    run: async (context, args, options: ListOptions) => (await import("./list.ts")).listTasks(context, args, options),
  });
  verb(tasks, execute, "get <id>", {
    summary: "Show one task.",
    examples: [
      "sparky agent tasks get 3f2a",
      "sparky agent tasks get 3f2a --tree",
      "sparky agent tasks get 3f2a --json",
    ],
    args: ID,
    options: [["--tree", "with all that it has started, and what has become of that"]],
    run: async (context, args, options: { tree?: true }) =>
      (await import("./list.ts")).showTask(context, args, options),
  });
  verb(tasks, execute, "logs <id>", {
    summary: "Show what the agent did for a task.",
    examples: [
      "sparky agent tasks logs 3f2a",
      "sparky agent tasks logs -f 3f2a",
      "sparky agent tasks logs 3f2a --json",
    ],
    args: ID,
    options: [["-f, --follow", "go on until the task ends"]],
    run: async (context, args, options: LogsOptions) => (await import("./logs.ts")).showLogs(context, args, options),
  });
  verb(tasks, execute, "wait <id>", {
    summary: "Wait for a task's end and show its result (exit 7 when it failed or was cancelled).",
    examples: ["sparky agent tasks wait 3f2a", "sparky agent tasks wait 3f2a --timeout 60"],
    args: ID,
    options: [["--timeout <seconds>", "give up after so long, with exit 8; the task goes on", positive]],
    run: async (context, args, options: WaitOptions) => (await import("./wait.ts")).waitForTask(context, args, options),
  });
  verb(tasks, execute, "cancel <id>", {
    summary: "Stop a task.",
    examples: ["sparky agent tasks cancel 3f2a"],
    args: ID,
    run: async (context, args) => (await import("./change.ts")).cancelTask(context, args),
  });
  verb(tasks, execute, "retry <id>", {
    summary: "Queue a failed or cancelled task again.",
    examples: ["sparky agent tasks retry 3f2a", "sparky agent tasks retry 3f2a --model ollama/qwen3"],
    args: ID,
    options: [["--model <model>", "the model that works on it from now on"]],
    run: async (context, args, options: RetryOptions) =>
      (await import("./change.ts")).retryTask(context, args, options),
  });
  verb(tasks, execute, "update <id>", {
    summary: "Change a task that has not started; its notes always, its status never.",
    examples: [
      "sparky agent tasks update 3f2a --priority 10 --at 2030-12-01T09:00",
      'sparky agent tasks update 3f2a --instruction "Check the graph, and fix what is wrong"',
      "sparky agent tasks update 3f2a -m project=home",
    ],
    args: ID,
    options: [
      ["--instruction <text>", "what the agent should do"],
      ["--priority <number>", "higher goes first", wholeNumber(-1000, 1000)],
      ["--at <time>", "not before this time, or `now`", timeOrNow],
      ["--after <id>", "start only when this task has completed; may be repeated; in place of those before", repeated],
      METADATA,
      ["--model <model>", "the model that works on it; default: the chat's, else the server's own"],
      effortOption("the chat's, else the server's own"),
      ...LIMITS,
    ],
    run: async (context, args, options: UpdateOptions) =>
      (await import("./update.ts")).updateTask(context, args, options),
  });
  verb(tasks, execute, "delete <id>", {
    summary: "Delete a task that is not being worked on.",
    examples: ["sparky agent tasks delete 3f2a", "sparky agent tasks delete 3f2a --yes"],
    args: ID,
    options: [["-y, --yes", "do not ask"]],
    run: async (context, args, options: DeleteOptions) =>
      (await import("./change.ts")).deleteTask(context, args, options),
  });
  verb(tasks, execute, "clear", {
    summary: "Delete all tasks that match; what is being worked on stays.",
    examples: [
      "sparky agent tasks clear --status completed --before 7d --dry-run",
      "sparky agent tasks clear -s failed --yes",
    ],
    options: [
      ["-s, --status <status>", `only these: ${TASK_STATUSES.join(", ")}`, oneOf(TASK_STATUSES, statusNamed)],
      ["--schedule <name>", "only those that this schedule made"],
      ["--chat <id>", "only those of this chat"],
      ["--search <text>", "only those whose instruction or result has this text"],
      ...SPAN,
      ["--dry-run", "only show what would go"],
      ["-y, --yes", "do not ask"],
    ],
    run: async (context, args, options: ClearOptions) =>
      (await import("./clear.ts")).clearTasks(context, args, options),
  });
}

function timeOrNow(value: string): string {
  return value === "now" ? value : time(value);
}
