import { seededBytes } from "../kit/seeded.ts";

// What a chaos run does, and when: drawn from a seed before anything begins, so the same seed has the same faults and the same
// work at the same instants. What a fault meets is a matter of real processes and real time, and is another each time.

export const NODES = 3;
/** Chats in which people talk; each task has one of its own. */
export const CHATS = 4;

/** What befalls one node, and for how many milliseconds. One node at a time. */
const NODE_FAULTS = {
  kill: [300, 5000],
  // Past its lease.
  pause: [16_000, 19_000],
  graceful: [100, 2000],
  // Its way to the database: whatever is open is swallowed; nothing passes; all is reset and refused; 200 ms longer.
  blackhole: [0, 0],
  freeze: [2000, 19_000],
  cut: [1000, 8000],
  delay: [4000, 12_000],
  // Ten minutes ahead of the others, and back.
  clock: [3000, 10_000],
  fullDisk: [2000, 8000],
} as const;

/** What befalls the database, of which there is one for all. */
const DATABASE_FAULTS = {
  restart: [0, 0],
  terminate: [0, 0],
  // By others, so that there is none left.
  usedUp: [2000, 8000],
  // Somebody holds the row of a chat in which a run is at work.
  lockedRow: [2000, 12_000],
  readOnly: [1000, 6000],
  // As when a statement takes too long: cancelled.
  cancelled: [1000, 5000],
} as const;

export type NodeFault = keyof typeof NODE_FAULTS;
export type DatabaseFault = keyof typeof DATABASE_FAULTS;

export interface Planned<Kind extends string> {
  readonly kind: Kind;
  /** Milliseconds after the end of the fault before it in its lane. */
  readonly afterMs: number;
  readonly forMs: number;
  /** Which node; of no meaning to the database. */
  readonly node: number;
  /** The database is left alone, until it is seen who goes on with what the node had. */
  readonly alone: boolean;
}

/** A job as the model is told of it: so many commands one after another, each with one effect, then so many words. */
export interface Job {
  readonly n: number;
  readonly calls: number;
  readonly callMs: number;
  readonly words: number;
}

export type Work = { readonly atMs: number; readonly node: number } & (
  | { readonly do: "task"; readonly job: Job }
  | { readonly do: "say"; readonly job: Job; readonly chat: number }
  /** Of a chat in which people talk, or of the task that was added last. */
  | { readonly do: "stop"; readonly chat: number | "newest task" }
);

export interface Plan {
  readonly seed: number;
  readonly forMs: number;
  readonly nodeFaults: readonly Planned<NodeFault>[];
  readonly databaseFaults: readonly Planned<DatabaseFault>[];
  readonly work: readonly Work[];
}

export const jobText = ({ n, calls, callMs, words }: Job): string =>
  `Job ${n}: ${calls} commands of ${callMs} ms, ${words} words.`;

export function readJob(text: string): Job | null {
  const found = /Job (\d+): (\d+) commands of (\d+) ms, (\d+) words/.exec(text)?.slice(1).map(Number);
  if (found === undefined) return null;
  const [n = 0, calls = 0, callMs = 0, words = 0] = found;
  return { n, calls, callMs, words };
}

export function planOf(seed: number, forMs: number): Plan {
  // Each part by luck of its own: a fault more changes nothing of the work.
  const [nodes, database, work] = [1, 2, 3].map((part) => luckOf(seed * 8 + part)) as [Luck, Luck, Luck];
  return {
    seed,
    forMs,
    nodeFaults: lane(nodes, NODE_FAULTS, forMs),
    databaseFaults: lane(database, DATABASE_FAULTS, forMs),
    work: workOf(work, forMs),
  };
}

interface Luck {
  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number;
  shuffled<T>(items: readonly T[]): T[];
}

function luckOf(seed: number): Luck {
  const bytes = seededBytes(seed);
  const below = (n: number): number =>
    ((bytes(1)[0] ?? 0) * 65_536 + (bytes(1)[0] ?? 0) * 256 + (bytes(1)[0] ?? 0)) % n;
  return {
    between: (least, most) => least + below(most - least + 1),
    shuffled: (items) =>
      items
        .map((item) => ({ item, at: below(65_536) }))
        .sort((a, b) => a.at - b.at)
        .map(({ item }) => item),
  };
}

/** Every kind once in any order, then again: no kind is left out for long. */
function lane<Kind extends string>(
  luck: Luck,
  kinds: { readonly [kind in Kind]: readonly [number, number] },
  forMs: number,
): Planned<Kind>[] {
  const faults: Planned<Kind>[] = [];
  for (let at = 0, round = 0; ; round++) {
    for (const kind of luck.shuffled(Object.keys(kinds) as Kind[])) {
      const afterMs = luck.between(1000, 4000);
      const [least, most] = kinds[kind];
      const [faultMs, node] = [luck.between(least, most), luck.between(0, NODES - 1)];
      const fault = { kind, afterMs, forMs: faultMs, node, alone: kind === "kill" && round % 2 === 1 };
      at += fault.afterMs + fault.forMs;
      if (at > forMs) return faults;
      faults.push(fault);
    }
  }
}

function workOf(luck: Luck, forMs: number): Work[] {
  const work: Work[] = [];
  for (let atMs = 0; ;) {
    atMs += luck.between(200, 2000);
    if (atMs > forMs) return work;
    const node = luck.between(0, NODES - 1);
    const job = {
      n: work.length,
      calls: luck.between(0, 3),
      callMs: [50, 400, 3000][luck.between(0, 2)] ?? 0,
      words: luck.between(5, 80),
    };
    const chat = luck.between(0, CHATS - 1);
    const roll = luck.between(0, 9);
    if (roll < 4) work.push({ atMs, node, do: "task", job });
    else if (roll < 7) work.push({ atMs, node, do: "say", chat, job });
    else work.push({ atMs, node, do: "stop", chat: roll < 9 ? "newest task" : chat });
  }
}
