import { timeOf } from "./kit/child.ts";
import type { Figure } from "./kit/figure.ts";
import { median } from "./kit/measure.ts";
import { benchHome, freePort, SPARKY, startSparky } from "./kit/server.ts";

const TIMES = 11;

/** Whole processes, as a script that calls them waits for them. */
export async function commandLine(): Promise<Figure[]> {
  await using home = await benchHome();
  // Without the agent loop, so that the command is timed and not the work that it starts.
  await using _server = await startSparky(home, await freePort());
  const time = async (program: string, args: readonly string[]): Promise<number> => {
    await timeOf(program, args, home.env);
    const times: number[] = [];
    for (let i = 0; i < TIMES; i++) times.push(await timeOf(program, args, home.env));
    return median(times);
  };
  const raw = { what: "`node -e 0`", value: await time(process.execPath, ["-e", "0"]) };
  return [
    { what: "`sparky --version`", value: await time(SPARKY, ["--version"]), unit: "ms", reach: 60, raw },
    {
      what: "`sparky agent tasks add`, server up",
      value: await time(SPARKY, ["agent", "tasks", "add", "Check knowledge graph stats"]),
      unit: "ms",
      reach: 150,
      raw,
    },
    {
      what: "completion of a command",
      value: await time(SPARKY, ["__complete", "zsh", "agent", "ta"]),
      unit: "ms",
      reach: 100,
      raw,
    },
    {
      what: "completion of a task's id",
      value: await time(SPARKY, ["__complete", "zsh", "agent", "tasks", "get", ""]),
      unit: "ms",
      reach: 100,
      raw,
    },
    { what: "`sparky agent status`", value: await time(SPARKY, ["agent", "status"]), unit: "ms", reach: null, raw },
  ];
}
