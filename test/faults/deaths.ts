import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { compiled } from "../kit/compiled.ts";
import type { Moment } from "./crash-scenario.ts";
import { LIFE } from "./life-to-live.ts";

/** Lives in a process of its own, by this module, until it kills itself; false: the moment never came. */
export async function dieIn(module: URL, scenario: object, death: Moment): Promise<boolean> {
  // Not on its command line, by which the processes of a scenario are looked for.
  const env = { ...process.env, ...compiled(), [LIFE]: JSON.stringify({ scenario, death }) };
  const child = spawn(process.execPath, [fileURLToPath(module)], { env, stdio: ["ignore", "ignore", "pipe"] });
  let complaint = "";
  child.stderr.on("data", (data: Buffer) => (complaint += data.toString()));
  // Not "close": what it has started may hold its output open.
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  child.stderr.destroy();
  if (signal === "SIGKILL") return true;
  expect([code, complaint]).toEqual([0, ""]);
  return false;
}

/** Does this for each, two at a time: each is mostly a process's start. An error says after which death. */
export async function afterEach(
  deaths: readonly Moment[],
  act: (death: Moment) => Promise<boolean>,
): Promise<{ readonly died: number }> {
  const left = [...deaths];
  let died = 0;
  const work = async (): Promise<void> => {
    for (let death = left.shift(); death !== undefined; death = left.shift()) {
      try {
        if (await act(death)) died++;
      } catch (error) {
        throw new Error(`after dying ${death.when} ${death.what} ${death.n}`, { cause: error });
      }
    }
  };
  await Promise.all([work(), work()]);
  return { died };
}
