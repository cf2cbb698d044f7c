import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { odd, real, startServers } from "../../../test/kit/mcp/servers.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { until } from "../../../test/kit/worker.ts";
import { progressWords } from "./progress.ts";

const ann = { userId: "ann" };
const signal = () => new AbortController().signal;

test.each([
  { told: { progress: 3, total: 10 }, is: "3 of 10" },
  { told: { progress: 3, total: 10, message: " reading \n" }, is: "reading · 3 of 10" },
  { told: { progress: 50, total: 100 }, is: "50 %" },
  { told: { progress: 1, total: 1 }, is: "100 %" },
  { told: { progress: 0.257, total: 1, message: "a" }, is: "a · 25 %" },
  { told: { progress: 3.5, total: 10 }, is: "35 %" },
  { told: { progress: 512_000_000, total: 2_048_000_000 }, is: "25 %" },
  { told: { progress: 7 }, is: null },
  { told: { progress: 7, message: "seventh" }, is: "seventh" },
  { told: { progress: 1e308, total: 1e308 }, is: "100 %" },
  { told: { progress: Number.NaN, total: 10, message: "x" }, is: "x" },
  { told: { progress: 1, total: Number.NaN }, is: null },
  { told: { progress: Infinity, total: Infinity }, is: null },
  { told: { progress: 1, total: Infinity }, is: null },
  { told: { progress: -1, total: 10 }, is: null },
  { told: { progress: 11, total: 10 }, is: null },
  { told: { progress: 0, total: 0 }, is: null },
  { told: { progress: 0, total: -5, message: "" }, is: null },
])("of $told people read $is", ({ told, is }) => expect(progressWords(told)).toBe(is));

test("the real server's own counting is told while the call works", async () => {
  const { servers, definition } = await startServers({ everything: real("everything", "stdio") });
  const told: string[] = [];
  const call = { tool: "trigger-long-running-operation", args: { duration: 0.3, steps: 3 } };
  const progress = (words: string): void => void told.push(words);
  expect(await servers.call(definition("everything"), ann, { ...call, progress }, signal())).toContain("completed");
  expect(told.slice(0, 2)).toEqual(["1 of 3", "2 of 3"]);
});

test("numbers that are none, a flood, progress of calls that nobody made, and progress after the answer harm nothing", async () => {
  const goOn = join(await tempHome(), "go-on");
  const { servers, definition, errors } = await startServers({ odd: odd("progress", goOn) });
  const told: string[] = [];
  const progress = (words: string): void => void told.push(words);
  const call = { tool: "echo", args: { text: "hi" } };
  const answer = servers.call(definition("odd"), ann, { ...call, progress }, signal());
  await until("the last of the flood", () => told.at(-1) === "the last");
  // Whether a number without end is one at all is for the library to say.
  const known = (): readonly string[] => told.filter((words) => words !== "endless");
  expect(known().slice(0, 3)).toEqual(["huge · 100 %", "below nothing", "flood 1 of 20000"]);
  expect(known()).toHaveLength(2 + 20_000 + 1);
  await writeFile(goOn, "");
  expect(await answer).toBe("Echo: hi");
  // It tells on and on of the call that has its answer; the next one is made all the same.
  expect(await servers.call(definition("odd"), ann, call, signal())).toBe("Echo: hi");
  expect([known().length, errors]).toEqual([2 + 20_000 + 1, []]);
});
