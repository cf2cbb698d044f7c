import { workRun } from "../../src/agent/run.ts";
import { openStore } from "../../src/store/open.ts";
import { withSettings } from "../../src/tools/settings.ts";
import { Loop } from "../../src/worker/loop.ts";
import { agentDeps } from "../kit/worker.ts";
import { commander, shellFor, type CommandScene } from "./commands-scene.ts";

// A worker whose command does not end: to be killed.

const scene: CommandScene = JSON.parse(process.argv[2] ?? "");
const store = await openStore(scene.place, { node: "here", onError: () => {} });
const tools = withSettings(shellFor(scene), { shell: { policy: "allow" } });
const deps = agentDeps(store, { model: commander(scene), tools, workspaces: scene.workspaces });
const loop = new Loop({
  store,
  work: (claimed, signal) => workRun(deps, claimed, signal),
  tasks: true,
  concurrency: 20,
  pollMs: 200,
  log: { ...deps.log, error: (fields, message) => console.error(message, fields) },
});
await loop.start();
setInterval(() => {}, 60_000);
