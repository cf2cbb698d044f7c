import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testClock } from "../../../test/kit/clock.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { odd, real, startServers } from "../../../test/kit/mcp/servers.ts";
import { NeedsAnswer } from "../needs-answer.ts";
import { OutcomeUnknown } from "../tool.ts";
import { startOf } from "../shell/processes.ts";

const signal = () => new AbortController().signal;
const ann = { userId: "ann" };

test("the memory server, from its own snippet: its tools are listed and called, and nothing of it is left at the end", async () => {
  const { home, servers, definition, processes, seen, errors } = await startServers({
    memory: { ...real("memory"), env: { MEMORY_FILE_PATH: "${SPARKY_WORKSPACE}/memory.jsonl" } },
  });
  expect(servers.stateOf("memory", ann)).toEqual({ state: "idle" });
  const { tools, refused } = await servers.list(definition("memory"), ann, signal());
  expect(tools.map(({ name }) => name)).toContain("create_entities");
  expect(refused).toEqual([]);
  const entities = [{ name: "Ann", entityType: "person", observations: ["likes tea"] }];
  const call = { tool: "create_entities", args: { entities } };
  expect(await servers.call(definition("memory"), ann, call, signal())).toEqual({ entities });
  expect(readFileSync(join(home, "workspace/ann/memory.jsonl"), "utf8")).toContain("likes tea");
  expect(seen).toMatchObject([{ server: "memory", legacy: true }]);
  const [known] = processes.values();
  expect(servers.stateOf("memory", ann)).toEqual({ state: "ready", pid: known?.pgid });
  await servers[Symbol.asyncDispose]();
  expect(processes.size).toBe(0);
  expect(startOf(known?.pgid ?? 0)).toBeNull();
  expect(errors).toEqual([]);
});

test("two people never share a server's process, and one person's calls do", async () => {
  const { servers, definition, processes } = await startServers({
    everything: { ...real("everything"), args: ["stdio"] },
  });
  const call = (userId: string, message: string) =>
    servers.call(definition("everything"), { userId }, { tool: "echo", args: { message } }, signal());
  expect(await Promise.all([call("ann", "a"), call("ann", "b"), call("bob", "c")])).toEqual([
    "Echo: a",
    "Echo: b",
    "Echo: c",
  ]);
  expect(processes.size).toBe(2);
});

test("a server that asks in the middle of a call waits for the answer, without the call's limit, and is not called again", async () => {
  const { servers, definition } = await startServers({
    everything: { ...real("everything", "stdio"), timeoutMs: 2000 },
  });
  const call = { tool: "trigger-elicitation-request", args: {} };
  const asked = await servers
    .call(definition("everything"), ann, call, signal())
    .then(() => null)
    .catch((error: unknown) => error);
  if (!(asked instanceof NeedsAnswer)) throw new Error("it asked nothing", { cause: asked });
  expect(asked.problem).toBeNull();
  const answer = { state: asked.asked.state, outcome: "answered", answer: { name: "Ann" }, by: "Ann" } as const;
  const result = await servers.call(definition("everything"), ann, { ...call, answer }, signal());
  expect(result).toContain("- Name: Ann");
  // The one that waited has its answer: it is not made once more.
  const again = servers.call(definition("everything"), ann, { ...call, answer }, signal());
  await expect(again).rejects.toBeInstanceOf(OutcomeUnknown);
  await expect(again).rejects.toThrow("it was not made again, for it may have acted before it asked. Ann had answered");
});

test("a call that asked is made once more after its server's end only where it may be repeated, with the answer at hand", async () => {
  const { servers, definition } = await startServers({
    everything: { ...real("everything", "stdio"), idempotent: ["trigger-elicitation-request"] },
  });
  const call = { tool: "trigger-elicitation-request", args: {} };
  const asked = await servers.call(definition("everything"), ann, call, signal()).catch((error: unknown) => error);
  if (!(asked instanceof NeedsAnswer)) throw new Error("it asked nothing", { cause: asked });
  await servers.end("everything");
  const answer = { state: asked.asked.state, outcome: "declined", answer: null, by: "Ann" } as const;
  expect(await servers.call(definition("everything"), ann, { ...call, answer }, signal())).toContain("declined");
});

test("a server that asked for a run which ended is told that nobody answers, and ends when nobody uses it", async () => {
  const clock = testClock();
  const file = join(await tempHome(), "effects");
  const ended = new Set<string>();
  const older = {
    command: process.execPath,
    args: [join(import.meta.dirname, "../../../test/kit/mcp/older-server.ts"), file],
  };
  const { servers, definition, errors } = await startServers({ older }, clock, { ended });
  const call = { tool: "book", args: { text: "a table" }, runId: "r1" };
  await expect(servers.call(definition("older"), ann, call, signal())).rejects.toBeInstanceOf(NeedsAnswer);
  await clock.advance(60 * 60_000);
  expect(readFileSync(file, "utf8")).toBe("a table begun\n");
  expect(servers.stateOf("older", ann).state).toBe("ready");
  ended.add("r1");
  await clock.advance(6 * 60_000);
  await expect.poll(() => readFileSync(file, "utf8"), { timeout: 60_000 }).toBe("a table begun\na table\n");
  await expect
    .poll(async () => (await clock.advance(6 * 60_000), servers.stateOf("older", ann).state), { timeout: 60_000 })
    .toBe("idle");
  expect(errors).toEqual([]);
});

test("the file server works in the folder that it was given", async () => {
  const { servers, definition, home } = await startServers({ files: real("filesystem", "${SPARKY_WORKSPACE}") });
  const file = join(home, "workspace/ann/note.txt");
  const args = { path: file, content: "kept" };
  await servers.call(definition("files"), ann, { tool: "write_file", args }, signal());
  expect(readFileSync(file, "utf8")).toBe("kept");
  const outside = { tool: "write_file", args: { path: join(home, "outside.txt"), content: "x" } };
  await expect(servers.call(definition("files"), ann, outside, signal())).rejects.toThrow("outside allowed");
  expect(existsSync(join(home, "outside.txt"))).toBe(false);
});

test("a server that nobody uses for some minutes ends, but not while a call is open or where it is to stay, and starts with the next call", async () => {
  const clock = testClock();
  const file = join(await tempHome(), "called");
  const { servers, definition, processes } = await startServers(
    { odd: odd("good"), busy: odd("silent-call", file), stays: { ...odd("good"), lazy: false } },
    clock,
  );
  const echo = { tool: "echo", args: { text: "hi" } };
  const states = () => ["odd", "busy", "stays"].map((name) => servers.stateOf(name, ann).state);
  for (const name of ["odd", "stays"]) await servers.call(definition(name), ann, echo, signal());
  const stop = new AbortController();
  const open = servers.call(definition("busy"), ann, echo, stop.signal);
  open.catch(() => {});
  await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true);
  await clock.advance(4 * 60_000);
  await servers.list(definition("odd"), ann, signal());
  await clock.advance(2 * 60_000);
  expect(states()).toEqual(["ready", "ready", "ready"]);
  await clock.advance(20 * 60_000);
  expect(states()).toEqual(["idle", "ready", "ready"]);
  await expect.poll(() => processes.size, { timeout: 60_000 }).toBe(2);
  expect(await servers.call(definition("odd"), ann, echo, signal())).toBe("Echo: hi");
  expect(processes.size).toBe(3);
  stop.abort(new Error("stopped"));
  await expect(open).rejects.toThrow("stopped");
});

test("a command that is not there says so, and is not tried again at once", async () => {
  const { servers, definition } = await startServers({ gone: { command: "no-such-program-here" } });
  const call = () => servers.call(definition("gone"), ann, { tool: "x", args: {} }, signal());
  await expect(call()).rejects.toThrow('there is no program "no-such-program-here" on this machine');
  await expect(call()).rejects.toMatchObject({ hint: expect.stringMatching(/^it is tried again in 1 s/) });
  expect(servers.stateOf("gone", ann)).toMatchObject({ state: "failed" });
});
