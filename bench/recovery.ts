import { setTimeout as pause } from "node:timers/promises";
import type { Figure } from "./kit/figure.ts";
import { median } from "./kit/measure.ts";
import { benchHome, call, freePort, startBareNode, startSparky, type BenchHome } from "./kit/server.ts";

const TIMES = 3;
const PATIENCE_MS = 10_000;
/** The demo model takes about a second to tell it: long enough to be killed in the middle. */
const INSTRUCTION = "Check knowledge graph stats, then list the files, then tell the time";

interface Event {
  readonly type: string;
  readonly at: string;
  readonly data: { readonly state?: string; readonly reason?: string };
}

/** From `kill -9` of a server at work until its successor has the run, its start-up included. */
export async function recovery(): Promise<Figure[]> {
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) times.push(await killAndResume());
  await using bare = await startBareNode(await freePort());
  return [
    {
      what: "kill -9 → run resumed, same host",
      value: median(times),
      unit: "ms",
      reach: 1500,
      raw: { what: "bare Node serving HTTP", value: bare.readyMs },
      note: "with start-up",
    },
  ];
}

async function killAndResume(): Promise<number> {
  await using home = await benchHome();
  const port = await freePort();
  await using first = await startSparky(home, port, ["--agent-loop"]);
  const { chatId } = await call<{ chatId: string }>(home, `${first.url}/api/tasks`, "POST", {
    instruction: INSTRUCTION,
  });
  const events = `${first.url}/api/chats/${chatId}/events?limit=500`;
  await status(home, events, ({ state }) => state === "starting");
  await first.kill();
  const killed = Date.now();
  await using _second = await startSparky(home, port, ["--agent-loop"]);
  const resumed = await status(home, events, ({ reason }) => reason === "recovered");
  return Date.parse(resumed.at) - killed;
}

async function status(home: BenchHome, url: string, fits: (data: Event["data"]) => boolean): Promise<Event> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const { events } = await call<{ events: readonly Event[] }>(home, url, "GET");
    const found = events.find(({ type, data }) => type === "status" && fits(data));
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`the run was not resumed in ${PATIENCE_MS} ms`);
    await pause(5);
  }
}
