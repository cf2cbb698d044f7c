import { workRun } from "../../src/agent/run.ts";
import { systemClock, type Clock } from "../../src/core/clock.ts";
import { openStore, type Place } from "../../src/store/open.ts";
import { Loop } from "../../src/worker/loop.ts";
import { Scheduler } from "../../src/worker/scheduler.ts";
import { gate, pause, say, scriptedModel } from "../kit/scripted-model.ts";
import { agentDeps } from "../kit/worker.ts";

// A node of some minutes ago, for which time goes sixty times as fast: it serves schedules with a model that never ends,
// until it is killed.

interface Order {
  readonly place: Place;
  /** Where its clock begins. */
  readonly from: number;
}

const SPEED = 60;
const { place, from }: Order = JSON.parse(process.argv[2] ?? "");
const began = Date.now();
const clock: Clock = {
  now: () => from + Math.round((Date.now() - began) * SPEED),
  after: (ms, act) => systemClock.after(ms / SPEED, act),
};
const store = await openStore(place, { clock, node: "killed", onError: () => {} });
const deps = agentDeps(store, { model: scriptedModel(() => [say("I am at it"), pause(gate())]) });
const loop = new Loop({
  store,
  work: (claimed, signal) => workRun(deps, claimed, signal),
  tasks: true,
  concurrency: 1,
  pollMs: 600_000,
  log: deps.log,
});
await loop.start();
new Scheduler({ store, stop: async () => {}, pollMs: 600_000, log: deps.log }).start();
// Its own timers keep no process alive.
setInterval(() => {}, 1000);
