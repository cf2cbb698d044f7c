import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import type { Engine } from "../kit/databases.ts";
import { tempHome } from "../kit/temp-home.ts";
import { expectWhole, type Story } from "./crash-checks.ts";
import { live, type Moment, type Scenario } from "./crash-scenario.ts";

const CHILD = fileURLToPath(new URL("./crash-child.ts", import.meta.url));

/** Lives in a process of its own until it kills itself; false: it never came so far, and ended well. */
async function die(scenario: Scenario, death: Moment): Promise<boolean> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify({ scenario, death })], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (signal === "SIGKILL") return true;
  expect([code, complaint]).toEqual([0, ""]);
  return false;
}

async function scenarioOn(engine: Engine, parallel: number): Promise<Scenario> {
  return { place: await engine.place(), folder: await tempHome(), parallel };
}

/** Dies at each point in turn, lives on without dying again, and checks. Two at a time: each is mostly a process's start. */
export async function dieAndLiveOn(
  engine: Engine,
  parallel: number,
  all: readonly (readonly Moment[])[],
): Promise<readonly Story[]> {
  const left = [...all];
  const stories: Story[] = [];
  let missed = 0;
  const work = async (): Promise<void> => {
    for (let deaths = left.shift(); deaths !== undefined; deaths = left.shift()) {
      const scenario = await scenarioOn(engine, parallel);
      try {
        for (const death of deaths) if (!(await die(scenario, death))) missed++;
        stories.push(await expectWhole(engine, scenario, await live(scenario), deaths.length));
      } catch (error) {
        const moments = deaths.map(({ when, what, n }) => `${when} ${what} ${n}`).join(", then ");
        throw new Error(`with ${parallel} parallel calls, after dying ${moments}`, { cause: error });
      }
    }
  };
  await Promise.all([work(), work()]);
  // On PostgreSQL what runs side by side shares commits, and a life may have some fewer than the one that was counted.
  expect(missed, "deaths that never came").toBeLessThanOrEqual(engine.kind === "sqlite" ? 0 : all.length / 10);
  return stories;
}

/** Every moment of a life in which nothing goes wrong, but for what follows its last commit. */
export async function momentsOfOneLife(engine: Engine, parallel: number): Promise<readonly Moment[]> {
  const scenario = await scenarioOn(engine, parallel);
  const moments: Moment[] = [];
  const taskId = await live(scenario, (moment) => moments.push(moment));
  const story = await expectWhole(engine, scenario, taskId, 0);
  expect(story).toEqual({ unknown: 0, unseen: 0, partial: 0, attempts: 1 });
  const last = moments.filter(({ what }) => what === "commit").at(-1)?.n;
  return moments.filter(({ what, n }) => what !== "commit" || n !== last);
}
