import { setTimeout as pause } from "node:timers/promises";
import type { Figure } from "./kit/figure.ts";
import { median } from "./kit/measure.ts";
import {
  benchHome,
  freePort,
  residentMb,
  startBareNode,
  startSparky,
  type BenchHome,
  type Served,
} from "./kit/server.ts";

const TIMES = 7;
/** What is freed only after a while is not memory that an idle server needs. */
const SETTLE_MS = 3000;

/** From the command to the first answer, and what the server then holds while nobody uses it. */
export async function startUp(): Promise<Figure[]> {
  await using home = await benchHome();
  const sparky = (port: number): Promise<Served> => startSparky(home, port, ["--agent-loop"]);
  // The first start makes the database and fills the disk's cache.
  await readyMs(sparky);
  const ours = await median7(sparky);
  const bare = await median7(startBareNode);
  return [
    {
      what: "`sparky chat start` to /health, warm",
      value: ours,
      unit: "ms",
      reach: { times: 4.5 },
      raw: { what: "bare Node serving HTTP", value: bare },
    },
    await memory(home),
  ];
}

async function memory(home: BenchHome): Promise<Figure> {
  await using ours = await startSparky(home, await freePort(), ["--agent-loop"]);
  await using bare = await startBareNode(await freePort());
  await pause(SETTLE_MS);
  return {
    what: "memory of the idle server (RSS)",
    value: residentMb(ours),
    unit: "MB",
    reach: 90,
    raw: { what: "bare Node serving HTTP", value: residentMb(bare) },
  };
}

async function readyMs(start: (port: number) => Promise<Served>): Promise<number> {
  await using server = await start(await freePort());
  return server.readyMs;
}

async function median7(start: (port: number) => Promise<Served>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) times.push(await readyMs(start));
  return median(times);
}
