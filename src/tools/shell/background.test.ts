import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { people } from "../../../test/kit/members.ts";
import { call, gate, pause, say, scriptedModel, stepsIn } from "../../../test/kit/scripted-model.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { toolContext } from "../../../test/kit/tool-context.ts";
import { ended, until } from "../../../test/kit/worker.ts";
import type { Json } from "../../core/events.ts";
import { addTask } from "../../store/tasks/add.ts";
import { BackgroundCommands, Tail } from "./background.ts";
import { Sandbox, type ShellMode } from "./sandbox.ts";
import { shellTools } from "./tools.ts";

const environment = { PATH: process.env["PATH"] ?? "" };

type Result = Record<string, Json>;

async function setUp(mode: ShellMode = "sandbox") {
  const home = await tempHome();
  const workspace = join(home, "workspace", "ann");
  const background = new BackgroundCommands();
  onTestFinished(() => background[Symbol.asyncDispose]());
  const sandbox = new Sandbox({ mode, hidden: [home], environment });
  const tools = shellTools({ environment, sandbox }, background);
  const tool = (name: string) => {
    const found = tools.find((each) => each.name === name);
    if (found === undefined) throw new Error(name);
    return found;
  };
  const run = async (name: string, args: { [key: string]: Json }, runId = "run"): Promise<Result> => {
    const prepared = tool(name).prepare(args);
    if (!prepared.ok || prepared.kind !== "plain") throw new Error(JSON.stringify(prepared));
    return (await prepared.execute(toolContext({ workspace, runId }))) as Result;
  };
  const start = async (command: string, more: { network?: boolean } = {}): Promise<string> =>
    String((await run("shell_start", { command, ...more }))["id"]);
  return { background, tool, run, start, workspace };
}

async function withText(text: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(text));
}

let sleepers = 0;
const sleeper = (): string => `5${process.pid}${sleepers++}${Date.now() % 1_000_000}`;

test.each(["sandbox", "host"] as const)(
  "a command in the background is read as it goes on, written to, and ended (%s)",
  async (mode) => {
    const { run, start } = await setUp(mode);
    const id = await start('echo ready; while read -r line; do echo "got $line"; done; echo bye; exit 3');
    const first = await run("shell_read", { id, waitSeconds: 30 });
    expect(first).toEqual({ text: "ready\n", next: 6, running: true });
    expect(await run("shell_write", { id, text: "one\n" })).toEqual({ taken: true, running: true });
    const second = await run("shell_read", { id, offset: 6, waitSeconds: 30 });
    expect(second).toEqual({ text: "got one\n", next: 14, running: true });
    await run("shell_write", { id, text: "", end: true });
    await expect
      .poll(async () => run("shell_read", { id, offset: 14 }), { timeout: 60_000 })
      .toEqual({ text: "bye\n", next: 18, running: false, exitCode: 3, signal: null });
    expect(await run("shell_write", { id, text: "late" })).toMatchObject({ taken: false, running: false });
    expect(await run("shell_stop", { id })).toMatchObject({ running: false, exitCode: 3 });
  },
);

test("a stop ends all that it started", async () => {
  const { run, start, workspace } = await setUp();
  const text = sleeper();
  const id = await start(`setsid sleep ${text} & touch up; sleep ${text}`);
  await expect.poll(() => existsSync(join(workspace, "up")), { timeout: 60_000 }).toBe(true);
  expect(await run("shell_stop", { id })).toMatchObject({ running: false });
  expect(await withText(text)).toEqual([]);
});

test("a run reaches its own commands only, and not too many of them", async () => {
  const { run, start, background } = await setUp("host");
  const id = await start("sleep 300");
  await expect(run("shell_read", { id }, "another run")).rejects.toThrow("no command");
  for (let n = 1; n < 8; n++) await start("sleep 300");
  await expect(start("sleep 300")).rejects.toThrow("8 commands run in the background already");
  await background.endOf("run");
  await expect(run("shell_read", { id })).rejects.toThrow("no command");
  await start("true");
});

test("a command that cannot be put on record never runs, and is no command of the run's", async () => {
  const { tool, workspace } = await setUp("host");
  const prepared = tool("shell_start").prepare({ command: "touch ran" });
  if (!prepared.ok || prepared.kind !== "plain") throw new Error("it did not prepare");
  const ownsProcess = (): Promise<void> => Promise.reject(new Error("the database is gone"));
  await expect(prepared.execute(toolContext({ workspace, ownsProcess }))).rejects.toThrow("the database is gone");
  expect(existsSync(join(workspace, "ran"))).toBe(false);
});

test("what is written to a command is asked about as its start was", async () => {
  for (const [mode, network, terms] of [
    ["sandbox", false, { verdict: "allow", words: null }],
    ["sandbox", true, { verdict: "ask", words: "sandboxed, with network" }],
    ["host", false, { verdict: "ask", words: "not sandboxed" }],
  ] as const) {
    const { start, tool } = await setUp(mode);
    const id = await start("cat", { network });
    const { verdict, words } = terms;
    const policy = { chat: verdict, task: verdict, schedule: verdict };
    expect(await tool("shell_write").termsFor?.({ id, text: "x" })).toEqual({ policy, words });
    expect(tool("shell_write").commandOf).toBeUndefined();
    expect(await tool("shell_start").termsFor?.({ command: "cat", network })).toEqual({ policy, words });
  }
});

test("F78: an output is read in pieces of whole characters, and what is no longer kept is counted", () => {
  const tail = new Tail();
  for (const byte of Buffer.from("a😀b")) tail.add(Buffer.from([byte]));
  expect(tail.read(0, false)).toEqual({ text: "a😀b", skipped: 0, next: 6 });
  tail.add(Buffer.from("😀").subarray(0, 2));
  expect(tail.read(6, false)).toEqual({ text: "", skipped: 0, next: 6 });
  tail.add(Buffer.from("😀").subarray(2));
  expect(tail.read(6, false)).toEqual({ text: "😀", skipped: 0, next: 10 });
  const whole = "😀".repeat(400_000);
  const long = new Tail();
  long.add(Buffer.from(`x${whole}`));
  let [text, offset, skipped] = ["", 0, 0];
  for (let piece = long.read(0, true); piece.text !== ""; piece = long.read(offset, true)) {
    text += piece.text;
    offset = piece.next;
    skipped += piece.skipped;
  }
  expect(offset).toBe(1_600_001);
  expect(text).toMatch(/^(?:😀)+$/u);
  expect(skipped + Buffer.byteLength(text)).toBe(1_600_001);
  expect(long.read(9_999_999, true)).toEqual({ text: "", skipped: 0, next: 1_600_001 });
});

eachEngine("what a run has started in the background", (engine) => {
  test("ends with the run, when it is over and when it is stopped", async () => {
    for (const how of ["over", "stopped"] as const) {
      const store = await engine.store();
      const { owner } = await people(store);
      const { background, tool } = await setUp("sandbox");
      const text = sleeper();
      const model = scriptedModel((request) =>
        stepsIn(request) === 0
          ? [call("shell_start", { command: `setsid sleep ${text} & touch up; sleep ${text}` })]
          : [say("Done."), ...(how === "stopped" ? [pause(gate())] : [])],
      );
      const workspaces = await tempHome();
      const tools = ["shell_start", "shell_read"].map(tool);
      const leftRun = (runId: string): Promise<void> => background.endOf(runId);
      const agent = await startAgent(store, { model, tools, workspaces, leftRun });
      const { task } = await addTask(store, owner, { instruction: "go" });
      if (how === "stopped") {
        await until("the command", () => existsSync(join(workspaces, "agent", "up")));
        await agent.stopper.stop(owner, { chatId: task.chatId });
      }
      expect((await ended(store, task.runId)).state).toBe(how === "over" ? "completed" : "cancelled");
      await until("its processes to end", async () => (await withText(text)).length === 0);
      await agent.stop();
    }
  });
});
