import { workRun } from "../../src/agent/run.ts";
import { openStore } from "../../src/store/open.ts";
import { Loop } from "../../src/worker/loop.ts";
import { agentDeps } from "../kit/worker.ts";
import { sender, senders, type UnknownScene } from "./unknown-scene.ts";

// A worker whose tools have had their effect and never come back with a result: to be killed.

const scene: UnknownScene = JSON.parse(process.argv[2] ?? "");
const store = await openStore(scene.place, { onError: () => {} });
const never = new Promise<never>(() => {});
const deps = agentDeps(store, { model: sender(), tools: senders(scene.file, () => never) });
const loop = new Loop({
  store,
  work: (claimed, signal) => workRun(deps, claimed, signal),
  tasks: true,
  concurrency: 20,
  pollMs: 200,
  log: { ...deps.log, error: (fields, message) => console.error(message, fields) },
});
await loop.start();
// The loop's own timers keep no process alive, and nothing else is left while every run waits.
setInterval(() => {}, 60_000);
