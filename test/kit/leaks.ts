import { createHook } from "node:async_hooks";
import { setTimeout as wait } from "node:timers/promises";
import { beforeEach, onTestFinished } from "vitest";

// After every test nothing that it started may be left: no timer (not even an unreferenced one), no server or
// connection, no child process, worker, watcher or open file. What `beforeAll` made belongs to the file and may stay.

/** Names of Node's async resources that have a lifetime worth ending. */
const WATCHED = new Set(["Timeout", "TCPWRAP", "TCPSERVERWRAP", "PIPEWRAP", "PIPESERVERWRAP", "TTYWRAP"]);
for (const name of ["PROCESSWRAP", "WORKER", "FSEVENTWRAP", "STATWATCHER", "FILEHANDLE", "UDPWRAP"]) WATCHED.add(name);

/** How long closing may still take after the test's own clean-up has returned. */
const GRACE_MS = 2000;

interface Resource {
  readonly type: string;
  /** Where it was made: put into words only for what is left at a test's end. */
  readonly made: Error;
}

const alive = new Map<number, Resource>();

createHook({
  trackPromises: false,
  init(id, type) {
    if (WATCHED.has(type)) alive.set(id, { type, made: new Error("made here") });
  },
  destroy(id) {
    alive.delete(id);
  },
}).enable();

/** Left out: the runner's timers and ours, and the connections that `fetch` and the HTTP server keep open by themselves. */
function isOurs(stack: string): boolean {
  if (stack.includes("node:internal/deps/undici")) return false;
  const frames = stack.split("\n").slice(2);
  const origin = frames.find((frame) => !/\(?node:|\[as |<anonymous>\)?$/.test(frame));
  return origin !== undefined && !/node_modules\/(@?vitest|vite)\/|\/test\/kit\/leaks\.ts/.test(origin);
}

beforeEach(() => {
  const before = new Set(alive.keys());
  // Registered first, so it runs last: after every clean-up of the test itself.
  onTestFinished(async ({ task }) => {
    const left = () =>
      [...alive]
        .filter(([id, { made }]) => !before.has(id) && isOurs(made.stack ?? ""))
        .map(([, resource]) => resource);
    for (let waited = 0; left().length > 0 && waited < GRACE_MS; waited += 10) await wait(10);
    const leaks = left();
    for (const id of alive.keys()) if (!before.has(id)) alive.delete(id);
    if (leaks.length === 0 || task.result?.state === "fail") return;
    throw new Error(`left behind by this test:\n${leaks.map(describeLeak).join("\n")}`);
  });
});

function describeLeak({ type, made: { stack = "" } }: Resource): string {
  const frames = stack
    .split("\n")
    .slice(2)
    .filter((frame) => !/node:|node_modules\/(@?vitest|vite)\//.test(frame));
  return [type, ...frames.slice(0, 6)].join("\n");
}
