import { expect, test } from "vitest";
import { buildProgram } from "../../src/cli/program/program.ts";
import { Answer, shown, sparky, views, type Stage } from "./scripted-cli.ts";
import { approval, chat, doneTask, failedTask, foundNodes, foundThings, graphCheck, graphNode, occurrences, status, task, taskLog } from "./wire-samples.ts";

process.env["TZ"] = "UTC";

const id = task().id;
const found = { items: [task()], next: null };
const prefix = { "GET /api/tasks?prefix=3f2a&limit=6": found };
const one = { ...prefix, [`GET /api/tasks/${id}`]: task() };
const page = { events: taskLog, first: 1, last: taskLog.length, epoch: "e1" };
const events = { [`GET /api/chats/${chat.id}/events?after=0&limit=200`]: page };
const server = { "GET /api/status": status, "GET /api/approvals?limit=5": { items: [approval], next: null } };

const named = (name: string, items: readonly unknown[]) => ({
  [`GET /api/graph/search?name=${name}&limit=6`]: { items, next: null, total: items.length },
});

test("help of every command", async () => {
  const paths: string[][] = [];
  const walk = (command: ReturnType<typeof buildProgram>, path: readonly string[]): void => {
    paths.push([...path]);
    command.commands.forEach((child) => walk(child, [...path, child.name()]));
  };
  walk(buildProgram(async () => {}), []);
  let text = "";
  for (const path of paths) {
    const outcome = await sparky([...path, "--help"]);
    expect(outcome.exit).toBe(0);
    expect(outcome.stderr).toBe("");
    text += shown(["sparky", ...path, "--help"].join(" "), outcome);
  }
  expect(paths.length).toBeGreaterThan(20);
  await expect(text).toMatchFileSnapshot("cli-help.txt");
});

test("what the commands show of what a seeded home does not hold, on a terminal, in a pipe and as JSON", async () => {
  const text = [
    await views(["agent", "status"], { routes: server }),
    await views(["agent", "tasks", "list"], {
      routes: {
        "GET /api/tasks?limit=20": { items: [task(), failedTask, doneTask], next: "c2" },
        "GET /api/tasks?limit=20&total=true": { items: [task(), failedTask, doneTask], next: "c2", total: 45 },
      },
    }),
    await views(["agent", "tasks", "logs", "3f2a"], { routes: { ...one, ...events } }),
    await views(["agent", "tasks", "clear", "--yes"], {
      routes: {
        'POST /api/tasks/clear {"dryRun":true}': {
          at: "2026-12-01T14:02:20.000Z", dryRun: true, total: 2, byStatus: { failed: 1, completed: 1 }, items: [failedTask, doneTask], left: 0, working: 0,
        },
        'POST /api/tasks/clear {"unchangedSince":"2026-12-01T14:02:20.000Z"}': {
          at: "2026-12-01T14:02:21.000Z", dryRun: false, total: 2, byStatus: { failed: 1, completed: 1 }, items: [failedTask, doneTask], left: 0, working: 0,
        },
      },
    }),
    await views(["agent", "schedule", "history", "smart_maintenance"], {
      routes: {
        "GET /api/schedules/smart_maintenance/occurrences?limit=20": { items: occurrences, next: "c2" },
        "GET /api/schedules/smart_maintenance/occurrences?limit=20&total=true": { items: occurrences, next: "c2", total: 99 },
      },
    }),
    await views(["agent", "schedule", "history", "smart_maintenance", "--check"], {
      routes: {
        "GET /api/schedules/smart_maintenance/check": {
          ok: false, due: 1470, recorded: 1469, from: "2026-11-01T00:00:00.000Z", to: "2026-12-01T14:00:00.001Z",
          missing: ["2026-12-01T13:00:00.000Z"], extra: [],
        },
      },
    }),
    await views(["graph", "search", "green", "tea"], {
      routes: { "GET /api/graph/search?q=green+tea&limit=20": { items: foundNodes, next: "c2", total: 45 } },
    }),
    await views(["graph", "show", "Alice"], {
      routes: { ...named("Alice", [foundNodes[0]]), [`GET /api/graph/nodes/${graphNode.id}`]: graphNode },
    }),
    await views(["graph", "show", "a1ce", "--limit", "1"], {
      routes: {
        ...named("a1ce", []),
        "GET /api/graph/search?prefix=a1ce&limit=6": { items: [foundNodes[0]], next: null, total: 1 },
        [`GET /api/graph/nodes/${graphNode.id}`]: graphNode,
        [`GET /api/graph/nodes/${graphNode.id}/edges?limit=1`]: { items: graphNode.edges.items.slice(0, 1), next: "c2", total: 2 },
      },
    }),
    await views(["search", "green", "tea"], {
      routes: { "GET /api/search?q=green+tea&limit=20": { items: foundThings, next: "c2", indexed: false } },
    }),
    await views(["search", "nothing", "--kind", "event"], {
      routes: { "GET /api/search?q=nothing&limit=20&kind=event": { items: [], next: null, indexed: true } },
    }),
    await views(["graph", "check"], { routes: { "GET /api/graph/check": graphCheck } }),
  ].join("");
  await expect(text).toMatchFileSnapshot("cli-output.txt");
});

test("what further bad input and refusals get", async () => {
  const cases: readonly (readonly [argv: readonly string[], stage?: Stage])[] = [
    [["agent", "tasks", "add", "two", "words"]],
    [["agent", "tasks", "delete", "3f2a"], { routes: one }],
    [["agent", "tasks", "delete", "3f2a"], { routes: one, answer: "n" }],
    [["agent", "tasks", "update", "3f2a"]],
    [["agent", "tasks", "update", "3f2a", "--status", "completed"]],
    [["agent", "tasks", "clear"], { routes: { 'POST /api/tasks/clear {"dryRun":true}': {
      at: "2026-12-01T14:02:20.000Z", dryRun: true, total: 1, byStatus: { failed: 1 }, items: [failedTask], left: 0, working: 0 } } }],
    [["agent", "tasks", "list", "--since", "later"]],
    [["agent", "tasks", "retry", "3f2a"], {
      routes: {
        ...prefix,
        [`POST /api/tasks/${id}/retry`]: new Answer(409, { error: { code: "conflict", message: "the task is still working" } }),
      },
    }],
    [["agent", "tasks", "wait", "3f2a"], { routes: { ...prefix, [`GET /api/tasks/${id}`]: task({ status: "failed", error: "the model answered 401" }) } }],
    [["agent", "schedule", "run", "nope"], {
      routes: { "POST /api/schedules/nope/run": new Answer(404, { error: { code: "not_found", message: 'there is no schedule "nope"', hint: "sparky agent schedule list" } }) },
    }],
    [["graph", "search", "x", "--limit", "1000"]],
    [["search"]],
    [["search", "x", "--kind", "file"]],
    [["graph", "show", "Nobody"], {
      routes: { ...named("Nobody", []), "GET /api/graph/search?prefix=Nobody&limit=6": { items: [], next: null, total: 0 } },
    }],
    [["graph", "show", "Mercury"], { routes: named("Mercury", foundNodes.map((node) => ({ ...node, name: "Mercury" }))) }],
    [["chat", "send", ""]],
    [["user", "login-link", "agent"]],
    [["server", "start"]],
    [["server", "stop"]],
    [["--no-color", "server"]],
    [["agent", "start"]],
    [["agent", "stop"]],
    [["chat"]],
    [["chat", "start", "--port", "99999"]],
  ];
  let text = "";
  for (const [argv, stage] of cases) {
    for (const args of [argv, [...argv, "--json"]]) {
      const outcome = await sparky(args, stage);
      text += shown(`sparky ${args.map((arg) => (/^[\w-]+$/.test(arg) ? arg : JSON.stringify(arg))).join(" ")}`, outcome);
      expect(outcome.exit).toBeGreaterThan(0);
    }
  }
  await expect(text).toMatchFileSnapshot("cli-errors.txt");
});

test("F59: an unknown id says so on stderr with exit 5, and stdout stays empty", async () => {
  const routes = { "GET /api/tasks?prefix=zzzz&limit=6": { items: [], next: null } };
  for (const verb of ["get", "logs", "wait", "cancel", "retry", "delete"]) {
    const outcome = await sparky(["agent", "tasks", verb, "zzzz"], { routes });
    expect(outcome).toMatchObject({ exit: 5, stdout: "" });
    expect(outcome.stderr).toBe('error: no task starts with "zzzz"\n  try: sparky agent tasks list --limit 5\n');
  }
});

test("F59: with --json the log is one event a line, exactly as it is stored, and only the task's", async () => {
  const { stdout } = await sparky(["agent", "tasks", "logs", "3f2a", "--json"], { routes: { ...one, ...events } });
  const own = taskLog.filter((event) => event.taskId === id);
  expect(stdout).toBe(own.map((event) => `${JSON.stringify(event)}\n`).join(""));
});

test("a long log is read page by page to its end", async () => {
  const url = (after: number): string =>
    `GET /api/chats/${chat.id}/events?after=${after}&limit=200${after === 0 ? "" : "&epoch=e1"}`;
  const routes = {
    ...one,
    [url(0)]: { ...page, events: taskLog.slice(0, 6) },
    [url(6)]: { ...page, events: taskLog.slice(6, 7) },
    [url(7)]: { ...page, events: taskLog.slice(7) },
  };
  const { stdout } = await sparky(["agent", "tasks", "logs", "3f2a", "--json"], { routes });
  expect(stdout.trim().split("\n")).toHaveLength(taskLog.filter((event) => event.taskId === id).length);
});

test("every option of tasks add reaches the server", async () => {
  const { requests, exit } = await sparky(
    ["agent", "tasks", "add", "Do it", "-c", "c4a7", "-m", "a=b=c", "-m", "d=", "--after", "3f2a", "--at", "2026-12-01T09:00Z"]
      .concat(["--priority", "-5", "--key", "k", "--max-steps", "3", "--max-minutes", "1.5", "--max-cost", ".25"]),
    { routes: { ...prefix, "GET /api/chats?prefix=c4a7&limit=6": { items: [chat], next: null }, "POST /api/tasks": task() } },
  );
  expect(exit).toBe(0);
  expect(JSON.parse(requests.at(-1)?.replace("POST /api/tasks ", "") ?? "")).toEqual({
    instruction: "Do it",
    chatId: chat.id,
    metadata: { a: "b=c", d: "" },
    priority: -5,
    dependsOn: [id],
    runAt: "2026-12-01T09:00:00.000Z",
    key: "k",
    limits: { steps: 3, minutes: 1.5, costUsd: 0.25 },
  });
});

test("colour is for terminals, and NO_COLOR and --no-color turn it off", async () => {
  const colourful = async (argv: string[], stage: Stage): Promise<boolean> =>
    /\u001b\[/.test((await sparky(argv, { routes: server, ...stage })).stdout);
  const argv = ["agent", "status"];
  expect(await colourful(argv, { terminal: true, env: { NO_COLOR: "" } })).toBe(true);
  expect(await colourful(argv, { terminal: true, env: { NO_COLOR: "1" } })).toBe(false);
  expect(await colourful([...argv, "--no-color"], { terminal: true, env: { NO_COLOR: "" } })).toBe(false);
  expect(await colourful(argv, { terminal: false, env: { NO_COLOR: "" } })).toBe(false);
});
