import { execFile } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { promisify } from "node:util";
import { unreachable } from "../../src/core/errors.ts";
import type { Database } from "./database.ts";
import type { ChaosNode } from "./node.ts";
import type { DatabaseFault, NodeFault, Plan, Planned } from "./plan.ts";
import type { World } from "./world.ts";

const run = promisify(execFile);

const DELAY_MS = 100;
const AHEAD_MS = 600_000;
/** As long as it may take at most until somebody else goes on with what a node had. */
const TAKE_OVER_MS = 18_000;
/** So long does the database's last fault have effects. */
const SETTLE_MS = 3000;

/** A fault as it happened. */
export interface Happened {
  readonly kind: NodeFault | DatabaseFault;
  /** Null: the database. */
  readonly node: number | null;
  readonly from: number;
  /** Infinity until it is over. */
  to: number;
  /** Of a node that was killed: the runs that had a lease then, and until when. */
  leases: readonly Lease[];
  /** Of a node that was to end in order: its exit code, and after how many milliseconds. */
  exit?: { readonly code: number | null; readonly ms: number };
}

export interface Lease {
  readonly runId: string;
  readonly until: number;
}

/** Lets everything befall the world that the plan has: at most one node and the database at a time. */
export async function disturb(world: World, plan: Plan, happened: Happened[]): Promise<void> {
  let database = Promise.resolve();
  const first = <T>(act: () => Promise<T>): Promise<T> => {
    const done = database.then(act);
    database = done.then(
      () => {},
      () => {},
    );
    return done;
  };
  const begin = (kind: Happened["kind"], node: number | null): Happened => {
    const each: Happened = { kind, node, from: Date.now(), to: Infinity, leases: [] };
    happened.push(each);
    return each;
  };
  const befall = async (fault: Planned<NodeFault>): Promise<void> => {
    const node = world.nodes[fault.node] as ChaosNode;
    await world.served(node);
    if (fault.alone) await wait(SETTLE_MS);
    const each = begin(fault.kind, fault.node);
    node.note(`${fault.kind} for ${fault.forMs} ms`);
    await befallNode(world, node, fault, each);
    each.to = Date.now();
    if (fault.alone) await wait(Math.max(0, each.from + TAKE_OVER_MS - each.to));
  };
  const nodes = async (): Promise<void> => {
    for (const fault of plan.nodeFaults) {
      await wait(fault.afterMs);
      await (fault.alone ? first(() => befall(fault)) : befall(fault));
    }
  };
  const rest = async (): Promise<void> => {
    for (const fault of plan.databaseFaults) {
      await wait(fault.afterMs);
      await first(async () => {
        const each = begin(fault.kind, null);
        await befallDatabase(world, world.database, fault);
        each.to = Date.now();
      });
    }
  };
  await Promise.all([nodes(), rest()]);
}

async function befallNode(world: World, node: ChaosNode, fault: Planned<NodeFault>, each: Happened): Promise<void> {
  const { kind, forMs } = fault;
  const proxy = world.proxies[fault.node];
  const startAgain = async (): Promise<void> => {
    await wait(forMs);
    node.start();
    await world.served(node);
  };
  switch (kind) {
    case "kill":
      await node.down("SIGKILL");
      each.leases = await leasesOf(world.database);
      return startAgain();
    case "graceful": {
      const began = performance.now();
      const code = await node.down("SIGTERM");
      each.exit = { code, ms: Math.round(performance.now() - began) };
      return startAgain();
    }
    case "pause":
      node.signal("SIGSTOP");
      await wait(forMs);
      return node.signal("SIGCONT");
    case "blackhole":
      return proxy?.blackhole();
    case "freeze":
    case "cut":
      proxy?.[kind]();
      await wait(forMs);
      return proxy?.restore();
    case "delay":
      proxy?.delay(DELAY_MS);
      await wait(forMs);
      return proxy?.delay(0);
    case "clock":
      await node.setClock(AHEAD_MS);
      await wait(forMs);
      return node.setClock(0);
    case "fullDisk":
      await limitFiles(node, "0");
      await wait(forMs);
      return limitFiles(node, "unlimited");
    default:
      return unreachable(kind);
  }
}

/** No file of the node's may grow any more, nor of what it starts from then on: each write fails, as on a full disk. */
async function limitFiles({ pid }: ChaosNode, bytes: string): Promise<void> {
  if (process.platform !== "linux") return;
  await run("prlimit", ["--pid", `${pid}`, `--fsize=${bytes}:`]);
}

function befallDatabase(world: World, database: Database, { kind, forMs }: Planned<DatabaseFault>): Promise<void> {
  switch (kind) {
    case "restart":
      return database.restart();
    case "terminate":
      return database.terminate();
    case "usedUp":
      return database.useUp(forMs);
    case "lockedRow":
      return database.holdRow(world.talks[0] ?? "", forMs);
    case "readOnly":
      return database.readOnly(forMs);
    case "cancelled":
      return database.cancel(forMs);
    default:
      return unreachable(kind);
  }
}

/** Who has a lease at this moment. */
export async function leasesOf(database: Database): Promise<readonly Lease[]> {
  const rows = await database.rows<{ id: string; until: string }>(
    "select id, lease_until as until from runs where state in ('working', 'stopping')",
  );
  return rows.map(({ id, until }) => ({ runId: id, until: Number(until) }));
}
