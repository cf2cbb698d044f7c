import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { expect, onTestFinished, test, vi } from "vitest";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { toolContext } from "../../../test/kit/tool-context.ts";
import type { Json } from "../../core/events.ts";
import { endLeftover, signalGroup, startOf } from "./processes.ts";
import { hostShell } from "../../../test/kit/host-shell.ts";

const PATH = "/usr/local/bin:/usr/bin:/bin";

async function setUp() {
  const workspace = join(await tempHome(), "workspace", "ann");
  const control = new AbortController();
  const groups: number[] = [];
  const marks: string[] = [];
  const run = async (args: { command: string; timeoutSeconds?: number }): Promise<Record<string, Json>> => {
    const prepared = hostShell({ PATH, SHOWN: "yes" }).prepare(args);
    if (!prepared.ok || prepared.kind !== "plain") throw new Error("it did not prepare");
    const ownsProcess = async (pgid: number, mark: string): Promise<void> => {
      groups.push(pgid);
      marks.push(mark);
    };
    const result = await prepared.execute(toolContext({ workspace, signal: control.signal, ownsProcess }));
    return result as Record<string, Json>;
  };
  return { workspace, control, groups, marks, run };
}

const gone = async (pid: number): Promise<void> => {
  for (let i = 0; i < 200 && startOf(pid) !== null && !(await isZombie(pid)); i++) await wait(10);
  expect(startOf(pid) === null || (await isZombie(pid))).toBe(true);
};

/** Ended, but not yet collected by whoever adopted it. */
async function isZombie(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ") Z");
  return stat.slice(stat.lastIndexOf(")") + 2).startsWith("Z");
}

test("a command runs in the owner's folder, and its output, errors and exit code come back", async () => {
  const { run, workspace, groups } = await setUp();
  const result = await run({ command: "pwd; echo oops >&2; cat; exit 3" });
  expect(result).toEqual({ exitCode: 3, signal: null, stdout: `${workspace}\n`, stderr: "oops\n", notSandboxed: true });
  expect(groups).toHaveLength(1);
});

test("a command sees nothing of the server's environment but what is allowed", async () => {
  const { run, workspace } = await setUp();
  process.env["SECRET_FOR_SHELL_TEST"] = "hidden";
  const { stdout } = await run({ command: "env" });
  delete process.env["SECRET_FOR_SHELL_TEST"];
  const names = String(stdout)
    .split("\n")
    .map((line) => line.split("=", 1)[0]);
  expect(names).toEqual(expect.arrayContaining(["PATH", "SHOWN", "HOME"]));
  expect(stdout).toContain(`HOME=${workspace}`);
  expect(stdout).toContain("SPARKY_IDEMPOTENCY_KEY=call\n");
  expect(stdout).not.toContain("hidden");
});

test("git takes no folder for a repository because files lie about like one, and runs nothing that they name", async () => {
  const { run, workspace } = await setUp();
  await mkdir(join(workspace, "objects"), { recursive: true });
  await mkdir(join(workspace, "refs"), { recursive: true });
  await writeFile(join(workspace, "HEAD"), "ref: refs/heads/main\n");
  const config = `[core]\n\trepositoryformatversion = 0\n\tbare = false\n\tworktree = ${workspace}\n\tfsmonitor = touch ran; false\n`;
  await writeFile(join(workspace, "config"), config);
  // As it would be elsewhere: the files are enough for git.
  await run({ command: "env -u GIT_CONFIG_COUNT git status; mv ran ran-elsewhere" });
  expect(existsSync(join(workspace, "ran-elsewhere"))).toBe(true);
  expect(await run({ command: "git status" })).toMatchObject({ exitCode: 128 });
  expect(existsSync(join(workspace, "ran"))).toBe(false);
});

test("a command that takes too long is ended with its whole group, and says so", async () => {
  const { run, workspace } = await setUp();
  const result = await run({ command: "sleep 60 & echo $! > child; echo begun; sleep 60", timeoutSeconds: 0.3 });
  expect(result).toMatchObject({ stdout: "begun\n", timedOutAfterSeconds: 0.3, exitCode: null });
  await gone(Number(await readFile(join(workspace, "child"), "utf8")));
});

test("F26: a stop ends the whole group, even one that ignores the polite request", async () => {
  const { run, workspace, control } = await setUp();
  const running = run({ command: "trap '' TERM; sleep 60 & echo $! > child; while :; do sleep 0.05; done" });
  for (let i = 0; i < 300 && !existsSync(join(workspace, "child")); i++) await wait(10);
  control.abort(new Error("stopped"));
  await expect(running).rejects.toThrow("stopped");
  await gone(Number(await readFile(join(workspace, "child"), "utf8")));
});

test("a long output keeps its beginning and its end, and counts what it leaves out", async () => {
  const { run } = await setUp();
  const { stdout } = await run({ command: "echo first; yes 0123456789 | head -c 2000000; echo last" });
  expect(String(stdout)).toMatch(/^first\n/);
  expect(String(stdout)).toMatch(/\[\d+ bytes left out\]/);
  expect(String(stdout)).toMatch(/last\n$/);
  expect(String(stdout).length).toBeLessThan(300_000);
});

test("nothing runs before its group is on record", async () => {
  const { workspace } = await setUp();
  const prepared = hostShell({ PATH }).prepare({ command: "touch ran" });
  if (!prepared.ok || prepared.kind !== "plain") throw new Error("it did not prepare");
  const ownsProcess = (): Promise<void> => Promise.reject(new Error("the database is gone"));
  const failing = prepared.execute(toolContext({ workspace, ownsProcess }));
  await expect(failing).rejects.toThrow("the database is gone");
  await wait(50);
  expect(existsSync(join(workspace, "ran"))).toBe(false);
});

test("a group that a crash left is ended, but not one that got its number later", async () => {
  const { run, groups, workspace } = await setUp();
  const running = run({ command: "touch up; sleep 60" });
  for (let i = 0; i < 300 && !existsSync(join(workspace, "up")); i++) await wait(10);
  const [pgid] = groups;
  if (pgid === undefined) throw new Error("no group");
  await endLeftover({ pgid, started: "another start", mark: null });
  expect(startOf(pgid)).not.toBeNull();
  await endLeftover({ pgid, started: startOf(pgid) ?? "", mark: null });
  expect(await running).toMatchObject({ signal: "SIGKILL" });
});

test("F78: no character of an output is cut in two, where it is kept in parts and where some is left out", async () => {
  const { run } = await setUp();
  for (const [before, characters] of [
    [1, 50_000],
    [2, 50_000],
    [3, 50_000],
    [1, 200_000],
    [2, 200_001],
  ] as const) {
    const { stdout } = await run({
      command: `printf '%*s' ${before} ''; yes 😀 | head -n ${characters} | tr -d '\\n'`,
    });
    expect(String(stdout)).toMatch(/^ +(?:😀)+(?:\n\[\d+ bytes left out\]\n(?:😀)+)?$/u);
    const [, left] = /\[(\d+) bytes/.exec(String(stdout)) ?? [];
    const kept = Buffer.byteLength(String(stdout).replace(/\n\[.*\]\n/, ""));
    expect(kept + Number(left ?? 0)).toBe(before + 4 * characters);
  }
});

test("it asks by default, everywhere", () => {
  expect(hostShell().policy).toEqual({ chat: "ask", task: "ask", schedule: "ask" });
});

test("its one line for people has every line of the command", () => {
  const summary = (command: string) => {
    const prepared = hostShell().prepare({ command });
    return prepared.ok ? prepared.summary : prepared.error;
  };
  expect(["ls -l\n", "ls\nrm -r notes", "a\nb\nc"].map(summary)).toEqual(["ls -l", "ls ⏎ rm -r notes", "a ⏎ b ⏎ c"]);
});

test("a group that may not be signalled, as under sudo, or is gone, is let be: nothing is thrown into a timer", () => {
  const codes = ["EPERM", "ESRCH", "EINVAL"];
  const kill = vi.spyOn(process, "kill").mockImplementation(() => {
    const code = codes.shift() ?? "";
    throw Object.assign(new Error(code), { code });
  });
  onTestFinished(() => kill.mockRestore());
  signalGroup(12_345, "SIGTERM");
  signalGroup(12_345, "SIGKILL");
  expect(() => signalGroup(12_345, "SIGKILL")).toThrow("EINVAL");
});

test.each([
  { how: "setsid", command: "setsid sh -c 'echo $$ > pid; exec sleep 300' &" },
  {
    how: "setsid, deaf to signals",
    command: "(setsid sh -c 'trap \"\" TERM HUP; echo $$ > pid; sleep 300; sleep 300' &)",
  },
  { how: "two of them", command: "setsid sh -c 'setsid sh -c \"echo \\$\\$ > pid; exec sleep 300\" & sleep 300' &" },
])("F97 what leaves the call's group by $how outlives neither a stop nor the call's end", async ({ command }) => {
  for (const until of ["stop", "end"]) {
    const { run, workspace, control } = await setUp();
    const rest = until === "stop" ? "; sleep 300" : "";
    const running = run({ command: `${command}\nwhile [ ! -s pid ]; do sleep 0.02; done${rest}` }).catch(() => null);
    const pidIn = () => readFile(join(workspace, "pid"), "utf8").catch(() => "");
    await expect.poll(pidIn, { timeout: 60_000 }).toMatch(/\d/);
    const pid = Number(await pidIn());
    if (until === "stop") control.abort();
    await running;
    await gone(pid);
  }
});

test("F97 what has left its call's group is ended after a crash too, by the mark that is on record", async () => {
  const { run, marks, groups, workspace } = await setUp();
  const running = run({ command: "setsid sh -c 'echo $$ > pid; exec sleep 300' & sleep 300" });
  const pidIn = () => readFile(join(workspace, "pid"), "utf8").catch(() => "");
  await expect.poll(pidIn, { timeout: 60_000 }).toMatch(/\d/);
  const [[pgid = 0], [mark = ""]] = [groups, marks];
  // Its leader is gone, and its number was used again.
  await endLeftover({ pgid, started: "another start", mark });
  await gone(Number(await pidIn()));
  await running;
});
