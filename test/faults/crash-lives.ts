import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { compiled } from "../kit/compiled.ts";
import type { Engine } from "../kit/databases.ts";
import { tempHome } from "../kit/temp-home.ts";
import { expectWhole, type Story } from "./crash-checks.ts";
import { live, type Moment, type Scenario } from "./crash-scenario.ts";

const CHILD = fileURLToPath(new URL("./crash-child.ts", import.meta.url));

/** Lives in a process of its own until it kills itself; false: it had fewer commits without events, and ended well. */
async function die(scenario: Scenario, death: Moment): Promise<boolean> {
  const child = spawn(process.execPath, [CHILD, JSON.stringify({ scenario, death })], {
    env: { ...process.env, ...compiled() },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [said, complaint] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (said += data.toString()));
  child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  if (signal === "SIGKILL") return true;
  expect([code, complaint]).toEqual([0, ""]);
  // Whatever else was planned comes in every life.
  expect(death.what).toBe("silent commit");
  expect(Number(said)).toBeLessThan(death.n);
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
  let died = 0;
  const work = async (): Promise<void> => {
    for (let deaths = left.shift(); deaths !== undefined; deaths = left.shift()) {
      const scenario = await scenarioOn(engine, parallel);
      try {
        for (const death of deaths) if (await die(scenario, death)) died++;
        stories.push(await expectWhole(engine, scenario, await live(scenario), deaths.length));
      } catch (error) {
        const moments = deaths.map(({ when, what, n }) => `${when} ${what} ${n}`).join(", then ");
        throw new Error(`with ${parallel} parallel calls, after dying ${moments}`, { cause: error });
      }
    }
  };
  await Promise.all([work(), work()]);
  expect(died).toBeGreaterThanOrEqual(all.flat().filter(({ what }) => what !== "silent commit").length);
  return stories;
}

/** Every moment of a life in which nothing goes wrong: of the events in one commit the first stands for all. */
export async function momentsOfOneLife(engine: Engine, parallel: number): Promise<readonly Moment[]> {
  const scenario = await scenarioOn(engine, parallel);
  const moments: Moment[] = [];
  const taskId = await live(scenario, (moment, isFirst = true) => void (isFirst && moments.push(moment)));
  const story = await expectWhole(engine, scenario, taskId, 0);
  expect(story).toEqual({ unknown: 0, unseen: 0, partial: 0, attempts: 1 });
  return moments;
}
