import { appendFileSync, mkdirSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { sparky, type Stage } from "../../../test/golden/scripted-cli.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { until } from "../../../test/kit/worker.ts";
import { newLines, lastLines } from "./log-file.ts";
import { processIo } from "../console/process-io.ts";

const line = (level: number, msg: string, more: object = {}): string =>
  `${JSON.stringify({ level, time: "2026-12-01T14:02:11.000Z", ...more, msg })}\n`;

async function scene(text: string | null, before = "") {
  const home = await tempHome();
  mkdirSync(join(home, "logs"));
  const file = join(home, "logs/server.log");
  if (text !== null) writeFileSync(file, text);
  if (before !== "") writeFileSync(`${file}.1`, before);
  const loadConfig = async () => ({ home, dbUrl: null, url: null, token: null, agentLoop: false });
  const stage: Stage = { deps: { loadConfig } };
  return {
    file,
    logs: (argv: readonly string[], more: Stage = {}) => sparky(["logs", ...argv], { ...stage, ...more }),
  };
}

test("for people: time, level, what was said and with what; nothing that could move the cursor", async () => {
  const err = { type: "Error", message: "no\u001b[2J route", stack: "Error: no route\n    at x" };
  const { logs } = await scene(
    line(30, "the server is ready", { url: "http://h", loop: true }) + line(50, "failed", { err }),
  );
  const { stdout } = await logs([], { terminal: true });
  const [first, second, ...none] = stdout.trimEnd().split("\n");
  expect(first).toMatch(/^2026-12-01 \d\d:02:11 {2}info {3}the server is ready url=http:\/\/h loop=true$/);
  expect(second).toMatch(/ error {2}failed Error: no route$/);
  expect(none).toEqual([]);
});

test("piped and as JSON the lines are as they were written, and what a dying process said is an error", async () => {
  const text = line(20, "a") + line(40, "b", { n: 1 });
  const { logs } = await scene(`${text}\n    at somewhere (x.ts:1)\n`);
  const said = `${JSON.stringify({ level: 50, msg: "    at somewhere (x.ts:1)" })}\n`;
  expect((await logs([])).stdout).toBe(text + said);
  expect((await logs(["--json"], { terminal: true })).stdout).toBe(text + said);
  expect((await logs(["--level", "warn"])).stdout).toBe(line(40, "b", { n: 1 }) + said);
});

test("the newest lines, the file before it included where that is needed", async () => {
  const old = line(30, "1") + line(30, "2");
  const { logs } = await scene(line(30, "3") + line(30, "4"), old);
  const said = async (...argv: string[]) =>
    (await logs(argv)).stdout.match(/"msg":"\d"/g)?.map((text) => text.slice(7, 8));
  expect(await said("-n", "1")).toEqual(["4"]);
  expect(await said("-n", "3")).toEqual(["2", "3", "4"]);
  expect(await said()).toEqual(["1", "2", "3", "4"]);
});

test("without a log it says so with exit 5, and a level or a number that is none is refused", async () => {
  const { logs } = await scene(null);
  expect(await logs([])).toMatchObject({ exit: 5, stdout: "" });
  expect((await logs(["--level", "loud"])).exit).toBe(2);
  expect((await logs(["-n", "0"])).exit).toBe(2);
});

test("what is written while it is followed comes once and whole, also when the file is emptied or made anew", async () => {
  const { file } = await scene(line(30, "before"));
  const start = lastLines(file, 10, () => true);
  if (start === null) throw new Error("no file");
  appendFileSync(file, line(30, "between"));
  const controller = new AbortController();
  const seen: string[] = [];
  const done = (async () => {
    for await (const each of newLines(processIo(process, {}), file, start, controller.signal)) {
      seen.push((JSON.parse(each) as { msg: string }).msg);
    }
  })();
  await until("the first", () => seen.length === 1);
  const [half, rest] = [line(30, "hälf").slice(0, 60), line(30, "hälf").slice(60)];
  appendFileSync(file, half);
  await new Promise((resolve) => setTimeout(resolve, 400));
  appendFileSync(file, rest);
  await until("the second", () => seen.length === 2);
  truncateSync(file);
  await new Promise((resolve) => setTimeout(resolve, 400));
  appendFileSync(file, line(30, "cut"));
  await until("the third", () => seen.length === 3);
  renameSync(file, `${file}.1`);
  writeFileSync(file, line(30, "anew"));
  await until("the fourth", () => seen.length === 4);
  controller.abort();
  await done;
  expect(seen).toEqual(["between", "hälf", "cut", "anew"]);
});
