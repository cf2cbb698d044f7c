import { setTimeout as wait } from "node:timers/promises";
import type { DatabaseFault, NodeFault, Plan, Planned } from "./plan.ts";
import type { World } from "./world.ts";

/** A fault as it happened. */
export interface Happened {
  readonly kind: NodeFault | Exclude<DatabaseFault, "calm">;
  /** Null: the database. */
  readonly node: number | null;
  readonly from: number;
  /** Infinity until it is over. */
  to: number;
  /** Of a node that was killed: the runs that had a lease then, and until when. */
  leases: readonly Lease[];
}

export interface Lease {
  readonly runId: string;
  readonly attempt: number;
  readonly until: number;
}

/** Lets everything befall the world that the plan has: at most one node and the database at a time. */
export async function disturb(world: World, plan: Plan, happened: Happened[]): Promise<void> {
  const lanes = [
    async () => {
      for (const fault of plan.nodeFaults) await wait(fault.afterMs).then(() => befallNode(world, fault, happened));
    },
    async () => {
      for (const fault of plan.databaseFaults)
        await wait(fault.afterMs).then(() => befallDatabase(world, fault, happened));
    },
  ];
  await Promise.all(lanes.map((lane) => lane()));
}

async function befallNode(world: World, fault: Planned<NodeFault>, happened: Happened[]): Promise<void> {
  const { kind, node: n, forMs } = fault;
  const node = world.nodes[n];
  if (node === undefined) throw new Error(`there is no node ${n}`);
  await world.served(node);
  const each: Happened = { kind, node: n, from: Date.now(), to: Infinity, leases: [] };
  happened.push(each);
  switch (kind) {
    case "kill":
      await node.down("SIGKILL");
      each.leases = await leasesOf(world);
      await wait(forMs);
      node.start();
      await world.served(node);
      break;
    case "pause":
      node.signal("SIGSTOP");
      await wait(forMs);
      node.signal("SIGCONT");
      break;
    case "graceful": {
      const code = await node.down("SIGTERM");
      node.note(`ended in order with ${code} after ${Date.now() - each.from} ms`);
      await wait(forMs);
      node.start();
      await world.served(node);
    }
  }
  each.to = Date.now();
}

async function befallDatabase(world: World, fault: Planned<DatabaseFault>, happened: Happened[]): Promise<void> {
  const { kind, forMs } = fault;
  if (kind === "calm") return wait(forMs);
  const each: Happened = { kind, node: null, from: Date.now(), to: Infinity, leases: [] };
  happened.push(each);
  if (kind === "restart") await world.database.restart();
  else await world.database.terminate();
  each.to = Date.now();
}

async function leasesOf({ database }: World): Promise<readonly Lease[]> {
  const rows = await database.rows<{ id: string; attempt: number; until: string }>(
    "select id, attempt, lease_until as until from runs where state in ('working', 'stopping')",
  );
  return rows.map(({ id, attempt, until }) => ({ runId: id, attempt, until: Number(until) }));
}
