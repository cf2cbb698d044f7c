import { join } from "node:path";
import { timeOf } from "./kit/child.ts";
import type { Figure, Reach } from "./kit/figure.ts";
import { median, rateInFlight } from "./kit/measure.ts";
import { benchHome, freePort, SPARKY, startSparky, type BenchHome } from "./kit/server.ts";
import { openStore } from "../src/store/open.ts";
import { addTask } from "../src/store/tasks/add.ts";
import { ensureUsers } from "../src/store/people/users.ts";

const TIMES = 11;
const TASKS = 10_000;

/** Whole processes, as a script that calls them waits for them. */
export async function commandLine(): Promise<Figure[]> {
  await using home = await benchHome();
  await fill(home);
  // Without the agent loop, so that the command is timed and not the work that it starts.
  await using _server = await startSparky(home, await freePort());
  const time = async (program: string, args: readonly string[]): Promise<number> => {
    await timeOf(program, args, home.env);
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) times.push(await timeOf(program, args, home.env));
    return median(times);
  };
  const raw = { what: "`node -e 0`", value: await time(process.execPath, ["-e", "0"]) };
  const figure = async (what: string, reach: Reach | null, ...args: string[]): Promise<Figure> => {
    return { what, value: await time(SPARKY, args), unit: "ms", reach, raw };
  };
  const tasks = `${TASKS.toLocaleString("en")} tasks`;
  return [
    await figure("`sparky --version`", 60, "--version"),
    await figure(
      "`sparky agent tasks add`, server up",
      { times: 2.5 },
      "agent",
      "tasks",
      "add",
      "Check knowledge graph stats",
    ),
    await figure(`\`sparky agent tasks list\` of ${tasks}`, 250, "agent", "tasks", "list"),
    await figure(
      `\`… list --search stats --limit 200\` of ${tasks}`,
      250,
      "agent",
      "tasks",
      "list",
      "--search",
      "stats",
      "--limit",
      "200",
    ),
    await figure("completion of a command", 100, "__complete", "zsh", "agent", "ta"),
    await figure("completion of a task's id", 100, "__complete", "zsh", "agent", "tasks", "get", ""),
    await figure("`sparky agent status`", null, "agent", "status"),
  ];
}

/** Tasks that wait, put there before the server starts. */
async function fill(home: BenchHome): Promise<void> {
  await using store = await openStore({ kind: "sqlite", file: join(home.path, "sparky.db") });
  const { owner } = await ensureUsers(store);
  let n = 0;
  await rateInFlight(TASKS, 50, () =>
    addTask(store, owner, { instruction: `Check knowledge graph stats, part ${n++}` }),
  );
}
