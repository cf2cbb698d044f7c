import { expect, test } from "vitest";
import { extent } from "../kit/extent.ts";
import { chaosRun } from "./run.ts";

// The same seed has the same faults and the same work at the same instants; real processes meet them a little differently
// each time.

const SHORT_MS = 30_000;
/** What even a short run reaches, whatever its faults meet. */
const CERTAIN = new Set(["tasks", "messages", "approvals", "effects", "completed", "reconnects", "deltas"]);
const forMs = extent.all ? extent.minutes * 60_000 : SHORT_MS;

test(
  "three nodes, people at work with them, and faults of all kinds: everything that was promised holds",
  async () => {
    const { wrong, reached, faults, folder } = await chaosRun(extent.seed, forMs);
    const told = `seed ${extent.seed}\n${faults.join("\n")}\nreached: ${JSON.stringify(reached)}`;
    if (extent.all) console.info(told);
    expect(wrong, `${told}\nthe logs of the nodes are in ${folder}`).toEqual([]);
    for (const [what, times] of Object.entries(reached))
      if (extent.all || CERTAIN.has(what)) expect(times, `${what}\n${told}`).toBeGreaterThan(0);
  },
  forMs + 600_000,
);
