import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import type { World } from "./world.ts";

/** What a node may have taken of memory in the end, in MB: an idle one has some 110. */
const MOST_MB = 300;
/** Idle connections are given up by themselves, and those of a vanished node by the server. */
const PATIENCE_MS = 60_000;

export interface Held {
  readonly connections: number;
  readonly waiting: number;
  readonly advisory: number;
  readonly open: number;
}

/** What the nodes hold at the server: connections, and locks, waited for or for the whole of a session. */
export async function heldBy({ database }: World): Promise<Held> {
  const [row] = await database.rows<{ [name in keyof Held]: string }>(`
    select
      (select count(*) from pg_stat_activity where application_name like 'sparky%') as connections,
      (select count(*) from pg_locks where not granted) as waiting,
      (select count(*) from pg_locks where locktype = 'advisory') as advisory,
      (select count(*) from pg_stat_activity where state like 'idle in transaction%') as open`);
  return {
    connections: Number(row?.connections),
    waiting: Number(row?.waiting),
    advisory: Number(row?.advisory),
    open: Number(row?.open),
  };
}

/** Connections and locks are back at what they were before anything began, and no node has grown beyond its bound. */
export async function checkLeftovers(
  world: World,
  before: Held,
  tell: (what: string) => void,
): Promise<readonly number[]> {
  const back = (now: Held): boolean =>
    Object.keys(before).every((name) => now[name as keyof Held] <= before[name as keyof Held]);
  let now = await heldBy(world);
  for (const deadline = performance.now() + PATIENCE_MS; !back(now) && performance.now() < deadline; await wait(300))
    now = await heldBy(world);
  if (!back(now))
    tell(`the nodes hold ${JSON.stringify(now)} at the database; before it was ${JSON.stringify(before)}`);
  const sizes = world.nodes.map(({ pid }) => residentMb(pid));
  sizes.forEach((mb, n) => {
    if (mb > MOST_MB) tell(`node ${n} has ${mb} MB of memory; at most ${MOST_MB} are right`);
  });
  return sizes;
}

function residentMb(pid: number | undefined): number {
  if (process.platform !== "linux") return 0;
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Math.round(Number(found ?? 0) / 1024);
}
