import { expect, test } from "vitest";
import { OutcomeUnknown } from "../tool.ts";
import { odd, startServers } from "../../../test/kit/mcp/servers.ts";

const signal = () => new AbortController().signal;
const ann = { userId: "ann" };
const echo = { tool: "echo", args: { text: "hi" } };

test.each(["noise", "wrong-ids", "exit-at-probe", "good"])("a server with %s answers all the same", async (mode) => {
  const { servers, definition, errors } = await startServers({ odd: odd(mode) });
  expect(await servers.call(definition("odd"), ann, echo, signal())).toBe("Echo: hi");
  expect(errors).toEqual([]);
});

test("what a server says beside its messages is in its log", async () => {
  const { servers, definition } = await startServers({ odd: odd("noise") });
  await servers.call(definition("odd"), ann, echo, signal());
  expect(servers.logOf("odd", ann)).toContain("[not a message: Welcome to the noisy server!]");
});

test.each([
  { mode: "deep", says: "the answer is nested 30002 deep, and at most 200 are read" },
  { mode: "long", says: "the answer has 10.0 MB, and at most 2 MB are read" },
])("an answer that is too $mode is refused in words, and the server goes on to be used", async ({ mode, says }) => {
  const { servers, definition } = await startServers({ odd: odd(mode) });
  await expect(servers.call(definition("odd"), ann, echo, signal())).rejects.toThrow(says);
  expect(servers.stateOf("odd", ann)).toMatchObject({ state: "ready" });
  expect((await servers.list(definition("odd"), ann, signal())).tools).toHaveLength(1);
});

test("a server that ends in the middle of a call leaves its outcome unknown, says why, and starts again", async () => {
  const { servers, definition, processes } = await startServers({ odd: odd("exit") });
  const call = servers.call(definition("odd"), ann, echo, signal());
  await expect(call).rejects.toBeInstanceOf(OutcomeUnknown);
  await expect(call).rejects.toThrow(
    "the server odd gave no answer: it ended with code 7; whether it happened is unknown",
  );
  expect(servers.logOf("odd", ann)).toContain("it is all too much");
  await expect.poll(() => processes.size, { timeout: 60_000 }).toBe(0);
  expect((await servers.list(definition("odd"), ann, signal())).tools).toHaveLength(1);
});

test("a program that cannot be run by Node says what it died of, not which Node it was", async () => {
  const { servers, definition } = await startServers({
    gone: { command: process.execPath, args: ["/nowhere/gone.js"] },
  });
  const listed = servers.list(definition("gone"), ann, signal());
  await expect(listed).rejects.toMatchObject({ hint: "it said: Error: Cannot find module '/nowhere/gone.js'" });
});

test("a server that sends without end is ended, and its call is unknown", async () => {
  const { servers, definition } = await startServers({ odd: odd("flood") });
  await expect(servers.call(definition("odd"), ann, echo, signal())).rejects.toBeInstanceOf(OutcomeUnknown);
  expect(servers.logOf("odd", ann)).toContain("the server sent more than 32 MB that nobody had asked for");
});

test("a call that is never answered ends at its limit, unknown, and at once when it is stopped", async () => {
  const { servers, definition } = await startServers({ odd: { ...odd("silent-call"), timeoutMs: 300 } });
  await expect(servers.call(definition("odd"), ann, echo, signal())).rejects.toThrow(
    "it took too long; whether it happened",
  );
  const control = new AbortController();
  const call = servers.call({ ...definition("odd"), timeoutMs: 60_000 }, ann, echo, control.signal);
  control.abort(new Error("stopped"));
  await expect(call).rejects.toThrow("stopped");
});

test("a server that never says a word is given up at its limit, holds up no other, and its start can be left alone", async () => {
  const hung = { ...odd("hang"), connectTimeoutMs: 400 };
  const { servers, definition } = await startServers({ hung, odd: odd("good") });
  const control = new AbortController();
  const left = servers.call(definition("hung"), ann, echo, control.signal);
  expect(servers.stateOf("hung", ann)).toEqual({ state: "starting" });
  expect(await servers.call(definition("odd"), ann, echo, signal())).toBe("Echo: hi");
  control.abort(new Error("stopped"));
  await expect(left).rejects.toThrow("stopped");
  await expect(servers.list(definition("hung"), ann, signal())).rejects.toThrow(
    "the server hung could not be reached: it has not answered in 0.4 s",
  );
  expect(servers.stateOf("hung", ann)).toMatchObject({ state: "failed" });
});

test("schemas that go round in circles are taken; deep, big and foreign ones are refused, each with why", async () => {
  const { servers, definition } = await startServers({ odd: odd("odd-schemas") });
  const { tools, refused } = await servers.list(definition("odd"), ann, signal());
  expect(tools.map(({ name }) => name)).toEqual(["echo", "loop"]);
  expect(refused).toEqual([
    { name: "deep", refused: "its schema is nested more than 40 deep" },
    { name: "away", refused: "its schema refers to https://elsewhere.example/x, which is not in it" },
    { name: "big", refused: "its schema has more than 64 KB" },
    { name: "line\nbreak", refused: "its name is empty, too long, or has control characters" },
  ]);
});
