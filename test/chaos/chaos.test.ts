import { expect, test } from "vitest";
import { extent } from "../kit/extent.ts";
import { chaosRun } from "./run.ts";

// The same seed has the same faults and the same work at the same instants; real processes meet them a little differently
// each time.

/** Whose faults are a fair sample: a clock ahead, a node cut off, killed, ended; the database restarted, locked, read-only. */
const SHORT = { seed: 267, forMs: 20_000 };
/** What even a short run reaches, whatever its faults meet. */
const CERTAIN = new Set(["tasks", "messages", "approvals", "effects", "completed", "reconnects", "deltas"]);
const { seed, forMs } = extent.all ? { seed: extent.seed, forMs: extent.minutes * 60_000 } : SHORT;

test(
  "three nodes, people at work with them, and faults of all kinds: everything that was promised holds",
  async () => {
    const { wrong, reached, faults, times, memory, folder } = await chaosRun(seed, forMs);
    const took = times.map(({ what, ms, atMost }) => `${what} took ${ms} ms of ${atMost}`);
    const ends = [...took, `memory of the nodes: ${memory.join(", ")} MB`, `reached: ${JSON.stringify(reached)}`];
    const told = [`seed ${seed}`, ...faults, ...ends].join("\n");
    if (extent.all) console.info(told);
    // How long something takes is looked at where there is time to let it be undisturbed.
    const late = times.filter(({ ms, atMost }) => extent.all && ms > atMost);
    expect(late, told).toEqual([]);
    expect(wrong, `${told}\nthe logs of the nodes are in ${folder}`).toEqual([]);
    for (const [what, times] of Object.entries(reached))
      if (extent.all || CERTAIN.has(what)) expect(times, `${what}\n${told}`).toBeGreaterThan(0);
  },
  forMs + 600_000,
);
