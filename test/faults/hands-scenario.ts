import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { workRun } from "../../src/agent/run.ts";
import type { WorkDeps } from "../../src/agent/deps.ts";
import type { StepRequest } from "../../src/models/model.ts";
import type { Store, Tx } from "../../src/store/database/store.ts";
import { openStore, type Place } from "../../src/store/open.ts";
import type { User } from "../../src/store/people/user.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { runRow } from "../../src/store/runs/run.ts";
import { answerQuestion } from "../../src/store/questions/answer.ts";
import { listQuestions } from "../../src/store/questions/questions.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { createRegistry } from "../../src/tools/registry.ts";
import { BackgroundCommands } from "../../src/tools/shell/background.ts";
import { Sandbox } from "../../src/tools/shell/sandbox.ts";
import { shellTools } from "../../src/tools/shell/tools.ts";
import type { Tool, ToolContext } from "../../src/tools/tool.ts";
import { McpDesk } from "../../src/worker/mcp/desk.ts";
import { Loop } from "../../src/worker/loop.ts";
import { openWeb } from "../kit/mcp/open-web.ts";
import { processesWith } from "../kit/processes.ts";
import { sandboxOf } from "../kit/sandbox.ts";
import { call, say, scriptedModel, stepsIn, type Step } from "../kit/scripted-model.ts";
import { agentDeps, until } from "../kit/worker.ts";
import { leasesOfTheDeadRunOut, probeOf, telling, type Tell } from "./crash-scenario.ts";

/**
 * One life of a process whose task works by other processes: a tool server over stdio, or commands in the sandbox, both of
 * which start more beside themselves. It may be ended at any point, and lived again on the same data until the run has ended.
 */
export interface HandsScenario {
  readonly place: Place;
  readonly folder: string;
  /** `older`: a server of the older revision that acts before it asks. */
  readonly hands: "server" | "older" | "commands";
  /** In the command line of every process that is started. */
  readonly sleeper: string;
}

const PATIENCE_MS = 180_000;

const workspaces = ({ folder }: HandsScenario): string => join(folder, "workspace");
const effects = (scenario: HandsScenario): string => join(workspaces(scenario), "agent", "effects");

/** What was done outside of the database, in its order. */
export const effectsOf = (scenario: HandsScenario): readonly string[] =>
  existsSync(effects(scenario)) ? readFileSync(effects(scenario), "utf8").split("\n").slice(0, -1) : [];

const note = (text: string) => call("mcp__ours__note", { text });

/** It goes on by what its calls gave back; after a crash they may have given nothing. */
function script({ hands, sleeper }: HandsScenario, request: StepRequest): Step {
  const [, id = "none"] = /"id\\*":\\*"([0-9a-f]{8})/.exec(JSON.stringify(request.messages)) ?? [];
  const beside = `(setsid sleep ${sleeper} &)`;
  const listening = `echo start >> effects; ${beside}; while read -r line; do echo "$line" >> effects; echo "took $line"; done`;
  const book = call("mcp__ours__book", { text: "eight" });
  const scripts: { readonly [hands in HandsScenario["hands"]]: readonly Step[] } = {
    server: [[note("one"), note("two")], [book], [note("last")]],
    older: [[book], [note("last")]],
    commands: [
      [call("shell", { command: `${beside}; echo one >> effects` })],
      [call("shell_start", { command: listening })],
      [call("shell_write", { id, text: "told\n" })],
      [call("shell_read", { id, waitSeconds: 30 })],
      [call("shell_stop", { id })],
    ],
  };
  const steps = scripts[hands];
  return steps[stepsIn(request)] ?? [say("all is done")];
}

/** Lives until the run has ended; the task's id. */
export async function live(scenario: HandsScenario, tell: Tell = () => {}): Promise<string> {
  await using owned = new AsyncDisposableStack();
  const opened = owned.use(await openStore(scenario.place, { node: "here", probe: probeOf(tell) }));
  const store = telling(opened, tell);
  const { owner } = await ensureUsers(store);
  const { task } = await addTask(store, owner, { instruction: "all of it", key: "the task" });
  await leasesOfTheDeadRunOut(store);
  await mkdir(join(workspaces(scenario), "agent"), { recursive: true });
  const hands = scenario.hands === "commands" ? commandsOf(scenario, owned) : serverOf(scenario, store, owner, owned);
  const { toolsFor, leftRun } = await hands;
  const told = tellingOf(tell);
  const deps = agentDeps(store, {
    model: scriptedModel((request) => script(scenario, request)),
    workspaces: workspaces(scenario),
    toolsFor: async ({ run }, principal) =>
      createRegistry<Tx>((await toolsFor(run.id, principal.userId)).map((tool) => told(tool))),
    ...(leftRun !== undefined && { leftRun }),
  });
  const loop = owned.use(
    new Loop({
      store,
      work: (claimed, signal) => workRun(deps, claimed, signal),
      tasks: true,
      concurrency: 2,
      pollMs: 10_000,
      log: deps.log,
    }),
  );
  await loop.start();
  const { runId } = task;
  await until(
    "the end",
    async () => {
      for (const { id } of (await listQuestions(store, owner)).items)
        await answerQuestion(store, owner, id, { name: "Ann" });
      return runId !== null && (await runRow(store.db, runId)).ended_at !== null;
    },
    PATIENCE_MS,
  );
  return task.id;
}

interface Hands {
  readonly toolsFor: (runId: string, userId: string) => Promise<readonly Tool<unknown>[]>;
  readonly leftRun?: WorkDeps["leftRun"];
}

async function serverOf(
  scenario: HandsScenario,
  store: Store,
  owner: User,
  owned: AsyncDisposableStack,
): Promise<Hands> {
  const file = scenario.hands === "older" ? "older-server.ts" : "effect-server.ts";
  const server = join(import.meta.dirname, "../kit/mcp", file);
  const ours = { command: process.execPath, args: [server, effects(scenario), scenario.sleeper], policy: "allow" };
  await writeFile(join(scenario.folder, "mcp.json"), JSON.stringify({ mcpServers: { ours } }));
  const desk = owned.use(
    new McpDesk({
      store,
      ownerId: owner.id,
      home: scenario.folder,
      shippedPrompts: null,
      log: agentDeps(store, { model: scriptedModel([]) }).log,
      version: "0",
      workspaces: workspaces(scenario),
      environment: { PATH: process.env["PATH"] ?? "" },
      sandbox: sandboxOf(scenario.folder),
      lookup: () => undefined,
      web: openWeb,
      base: () => null,
    }),
  );
  // As at every start.
  await desk.sweep();
  await until("the servers of the dead to end", async () => (await processesWith(scenario.sleeper)).length === 0);
  const { row, definition } = await desk.server("ours");
  if (row.seen_at === null) await desk.look(definition, { userId: owner.id });
  return { toolsFor: (runId, userId) => desk.toolsFor({ userId }, runId) };
}

async function commandsOf(scenario: HandsScenario, owned: AsyncDisposableStack): Promise<Hands> {
  const environment = { PATH: process.env["PATH"] ?? "" };
  const background = owned.use(new BackgroundCommands());
  const sandbox = new Sandbox({ mode: "sandbox", hidden: [scenario.folder], environment });
  const tools = shellTools({ environment, sandbox }, background);
  return { toolsFor: () => Promise.resolve(tools), leftRun: (runId) => background.endOf(runId) };
}

/** The same tools; each call is told of right before and right after it. */
function tellingOf(tell: Tell): (tool: Tool<unknown>) => Tool<unknown> {
  let made = 0;
  return (tool) => ({
    ...tool,
    prepare(args) {
      const prepared = tool.prepare(args);
      if (!prepared.ok || prepared.kind !== "plain") return prepared;
      return {
        ...prepared,
        async execute(context: ToolContext) {
          const n = ++made;
          tell({ when: "before", what: "effect", n });
          try {
            return await prepared.execute(context);
          } finally {
            tell({ when: "after", what: "effect", n });
          }
        },
      };
    },
  });
}
