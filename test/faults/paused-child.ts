import { workRun } from "../../src/agent/run.ts";
import { openStore, type Place } from "../../src/store/open.ts";
import { Loop } from "../../src/worker/loop.ts";
import { withSettings } from "../../src/tools/settings.ts";
import { hostShell } from "../kit/host-shell.ts";
import { call, gate, pause, say, scriptedModel, stepsIn } from "../kit/scripted-model.ts";
import { agentDeps } from "../kit/worker.ts";

// A worker that runs a command that never ends, and tells what its hub shows of the chat: to be paused and continued.

interface Order {
  readonly place: Place;
  readonly workspaces: string;
  readonly command: string;
  readonly chatId: string;
}

const { place, workspaces, command, chatId }: Order = JSON.parse(process.argv[2] ?? "");
const tell = (line: object): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
const store = await openStore(place, { node: "paused", onError: () => {} });
const model = scriptedModel((request) =>
  stepsIn(request) === 0 ? [call("shell", { command })] : [say("The ghost says."), pause(gate())],
);
const [shell] = withSettings([hostShell({ PATH: process.env["PATH"] ?? "" })], { shell: { policy: "allow" } });
if (shell === undefined) throw new Error("no shell");
const deps = agentDeps(store, { model, tools: [shell], workspaces });
store.hub.watch(chatId, {
  events: (events) => events.forEach(({ seq }) => tell({ seq, at: Date.now() })),
  delta: ({ lease, text }) => tell({ lease, text }),
  gone: () => {},
});
const loop = new Loop({
  store,
  work: async (claimed, signal) => {
    await workRun(deps, claimed, signal);
    tell({ left: true });
  },
  tasks: true,
  concurrency: 1,
  pollMs: 600_000,
  log: deps.log,
});
await loop.start();
tell({ ready: true });
