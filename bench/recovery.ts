import { setTimeout as pause } from "node:timers/promises";
import { LEASE_MS } from "../src/store/runs/claim.ts";
import { postgresDatabase } from "./kit/engines.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { median } from "./kit/measure.ts";
import { benchHome, call, freePort, startBareNode, startSparky, type BenchHome } from "./kit/server.ts";

const TIMES = 3;
const PATIENCE_MS = 30_000;
/** The demo model takes about a second to tell it: long enough to be killed in the middle. */
const INSTRUCTION = "Check knowledge graph stats, then list the files, then tell the time";

interface Event {
  readonly type: string;
  readonly at: string;
  readonly data: { readonly state?: string; readonly reason?: string };
}

/** From `kill -9` of a server at work until another has the run: its successor, start-up included, or a second node. */
export async function recovery({ postgres }: Setting): Promise<Figure[]> {
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
    ...(postgres === null ? [] : [await otherNode(postgres)]),
  ];
}

/** Killed when its lease is new: the other node may not take the run before it has ended. */
async function otherNode(postgres: string): Promise<Figure> {
  const times: number[] = [];
  for (let i = 0; i < TIMES; i++) times.push(await killBesideOther(postgres));
  return {
    what: "kill -9 → run resumed, other node",
    value: Math.max(...times),
    unit: "ms",
    reach: LEASE_MS + 2000,
    raw: { what: "the lease alone", value: LEASE_MS },
    note: `the longest of ${TIMES}`,
  };
}

async function killBesideOther(postgres: string): Promise<number> {
  await using database = await postgresDatabase(postgres);
  const nodeHome = async (): Promise<BenchHome> => {
    const home = await benchHome();
    return { ...home, env: { ...home.env, SPARKY_DB_URL: database.place.url } };
  };
  await using home = await nodeHome();
  await using otherHome = await nodeHome();
  await using first = await startSparky(home, await freePort(), ["--agent-loop"]);
  await using other = await startSparky(otherHome, await freePort(), ["--agent-loop"]);
  // Held for a moment, so that the first one gets the run.
  other.process.kill("SIGSTOP");
  const { chatId } = await call<{ chatId: string }>(home, `${first.url}/api/tasks`, "POST", {
    instruction: INSTRUCTION,
  });
  const events = `/api/chats/${chatId}/events?limit=500`;
  await status(home, first.url + events, ({ state }) => state === "starting");
  await first.kill();
  const killed = Date.now();
  other.process.kill("SIGCONT");
  const resumed = await status(otherHome, other.url + events, ({ reason }) => reason === "recovered");
  return Date.parse(resumed.at) - killed;
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
