import { workRun } from "../../src/agent/run.ts";
import { openStore, type Place } from "../../src/store/open.ts";
import { lockChat } from "../../src/store/people/access.ts";
import { Loop } from "../../src/worker/loop.ts";
import { call, scriptedModel } from "../kit/scripted-model.ts";
import { agentDeps, testTool } from "../kit/worker.ts";

// A node that works on runs, and then holds some of their chats in a transaction that does not go on: to vanish in it.

interface Order {
  readonly place: Place;
  readonly chats: readonly string[];
}

const { place, chats }: Order = JSON.parse(process.argv[2] ?? "");
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const store = await openStore(place, { node: "vanishing", onError: () => {} });
const hanging = testTool("hang", () => new Promise(() => {}), { idempotent: false, timeoutMs: 600_000 });
const deps = agentDeps(store, { model: scriptedModel(() => [call("hang", { text: "" })]), tools: [hanging] });
const loop = new Loop({
  store,
  work: (claimed, signal) => workRun(deps, claimed, signal),
  tasks: true,
  concurrency: 3,
  pollMs: 600_000,
  log: deps.log,
});
await loop.start();
tell("ready");
process.stdin.once("data", () => {
  void store.transact(async (tx) => {
    for (const id of chats.toSorted()) await lockChat(tx, id);
    tell("holds");
    await new Promise(() => {});
  });
});
