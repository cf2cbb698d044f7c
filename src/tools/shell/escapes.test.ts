import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, readdir, readFile, statfs, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { toolContext } from "../../../test/kit/tool-context.ts";
import type { Json } from "../../core/events.ts";
import { Sandbox } from "./sandbox.ts";
import { shellTool } from "./shell.ts";

/**
 * What a hostile command tries, in the real sandbox: never outside of one, and nothing that would harm a machine whose sandbox
 * has a hole.
 */

const SECRET = "the-token-of-the-owner";
const environment = { PATH: process.env["PATH"] ?? "/usr/bin:/bin" };

type Result = Record<string, Json>;

async function setUp(about: { diskFloor?: number } = {}) {
  const home = await tempHome();
  const workspace = join(home, "workspace", "ann");
  await mkdir(join(home, "workspace", "bob"), { recursive: true });
  await mkdir(workspace);
  await writeFile(join(home, "token"), SECRET);
  await writeFile(join(home, "workspace", "bob", "diary"), SECRET);
  const sandbox = new Sandbox({ mode: "sandbox", hidden: [home], environment });
  const tool = shellTool({ environment, sandbox, ...about });
  const control = new AbortController();
  const run = async (command: string, more: { network?: boolean; timeoutSeconds?: number } = {}): Promise<Result> => {
    expect(await sandbox.look()).toMatchObject({ kind: "sandbox" });
    const prepared = tool.prepare({ command, timeoutSeconds: 60, ...more });
    if (!prepared.ok || prepared.kind !== "plain") throw new Error("it did not prepare");
    return (await prepared.execute(toolContext({ workspace, signal: control.signal }))) as Result;
  };
  return { home, workspace, sandbox, tool, control, run };
}

/** Processes of this machine whose command line has this text. */
async function withText(text: string): Promise<readonly string[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "")));
  return lines.filter((line) => line.includes(text));
}

test("this machine has a sandbox, and says which limits it lacks", async () => {
  const { sandbox } = await setUp();
  expect(await sandbox.look()).toMatchObject({
    kind: "sandbox",
    missing: [expect.stringContaining("memory"), expect.stringContaining("room")],
  });
});

test("a command works in its workspace by the path that the file tools know it by, and what it writes stays", async () => {
  const { run, workspace } = await setUp();
  await writeFile(join(workspace, "from-tools"), "by a file tool");
  await chmod(join(workspace, "from-tools"), 0o600);
  const result = await run(
    `pwd; cat from-tools; cd ${workspace}; mkdir -p a/b; echo x | tee a/b/c; echo y >> from-tools`,
  );
  expect(result).toEqual({ exitCode: 0, signal: null, stdout: `${workspace}\nby a file toolx\n`, stderr: "" });
  expect(await readFile(join(workspace, "from-tools"), "utf8")).toBe("by a file tooly\n");
  expect(await run("exit 7")).toMatchObject({ exitCode: 7 });
});

test("ordinary programs run: node, git's likes, temporary files, a pipe", async () => {
  const { run } = await setUp();
  const { stdout, stderr } = await run(
    `node -e "console.log(1+1)"; f=$(mktemp); echo t > $f; cat $f; ls /usr/bin | head -n 1 | wc -l; echo s > /dev/shm/x; cat /dev/shm/x`,
  );
  expect([stdout, stderr]).toEqual(["2\nt\n1\ns\n", ""]);
});

test("F97 the token file, the database and other people's workspaces are out of sight", async () => {
  const { run, home, workspace } = await setUp();
  const found = await run(
    `cat ${home}/token ${home}/workspace/bob/diary; ls -a ${home} ${home}/workspace; cat ../../token ../bob/diary; cat /proc/1/root${home}/token; grep -rs ${SECRET} /home /root /var /run /tmp /srv /mnt`,
  );
  expect(JSON.stringify(found)).not.toContain(SECRET);
  const { stdout } = await run(`ls -A ${home} ${dirname(workspace)}`);
  expect(stdout).toBe(`${home}:\nworkspace\n\n${home}/workspace:\nann\n`);
});

test("a home that lies among the system's own folders is covered too", async () => {
  const { mountsFor } = await import("./mounts.ts");
  const args = (
    await mountsFor({ workspace: "/opt/s/workspace/ann", hidden: ["/etc"], path: "", network: false })
  ).join(" ");
  expect(args).toContain("--tmpfs /etc");
  expect(args.indexOf("--tmpfs /etc")).toBeGreaterThan(args.indexOf("--ro-bind /etc /etc"));
});

test("a home within a folder that is shown stays covered, by its name and by a link to it", async () => {
  const outer = await tempHome();
  const workspace = await tempHome();
  await mkdir(join(outer, "home"));
  await symlink(join(outer, "home"), join(outer, "link"));
  await writeFile(join(outer, "home", "token"), SECRET, { mode: 0o644 });
  await writeFile(join(outer, "page"), "a page");
  await chmod(outer, 0o755);
  for (const home of ["home", "link"]) {
    const sandbox = new Sandbox({ mode: "sandbox", hidden: [join(outer, home)], environment });
    const line = ["/bin/sh", "-c", `cat ${outer}/page ${outer}/home/token ${outer}/link/token || true`];
    const [program = "", ...args] = await sandbox.wrap(line, { workspace, network: false, read: [outer] });
    const { stdout } = await promisify(execFile)(program, args, { env: environment });
    expect(stdout).toBe("a page");
  }
});

test("a home is not shown because a program of it is on PATH", async () => {
  const { mountsFor } = await import("./mounts.ts");
  const home = await tempHome();
  await mkdir(join(home, "bin"));
  const args = await mountsFor({
    workspace: join(home, "w"),
    hidden: [home],
    path: `${home}/bin:${home}:/:/tmp`,
    network: false,
  });
  expect(args.filter((_, at) => args[at - 1] === "--ro-bind")).toEqual(
    expect.not.arrayContaining([home, `${home}/bin`, "/", "/tmp"]),
  );
});

test("F97 the environment of the server cannot be read, nor any of its processes seen or signalled", async () => {
  const { run } = await setUp();
  process.env["SECRET_FOR_ESCAPES"] = SECRET;
  onTestFinished(() => void delete process.env["SECRET_FOR_ESCAPES"]);
  const { stdout } = await run(`env; cat /proc/*/environ; ls -d /proc/[0-9]*; kill -0 ${process.pid} && echo alive`);
  expect(stdout).not.toContain(SECRET);
  expect(stdout).not.toContain("alive");
  expect(String(stdout).match(/^\/proc\/\d+$/gm)?.length).toBeLessThan(6);
});

test("there is no network without the word for it: neither this machine's ports nor abstract sockets", async () => {
  const { run } = await setUp();
  const server = createServer((socket) => socket.end("reached\n")).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const connect = `node -e 'require("net").connect(${port}, "127.0.0.1").pipe(process.stdout)'`;
  const closed = await run(connect);
  expect(closed["stdout"]).toBe("");
  expect(closed["exitCode"]).not.toBe(0);
  expect(await run(connect, { network: true })).toMatchObject({ stdout: "reached\n", exitCode: 0 });
});

test("a UNIX socket is not reached by its path, in a temporary folder or anywhere else", async () => {
  const { run, home } = await setUp();
  const elsewhere = await tempHome();
  for (const path of [join(home, "s"), join(elsewhere, "s")]) {
    const server = createServer((socket) => socket.end("reached\n")).listen(path);
    onTestFinished(() => void server.close());
    await once(server, "listening");
    for (const network of [false, true]) {
      const { stdout } = await run(`node -e 'require("net").connect("${path}").pipe(process.stdout)'`, { network });
      expect(stdout).toBe("");
    }
  }
  expect((await run("ls /run /var/run 2>/dev/null; ls -A /tmp | grep -v sparky")).stdout).not.toMatch(
    /sock|docker|dbus/,
  );
});

test("nothing can be written outside the workspace, mounted anew, or owned", async () => {
  const { run, home } = await setUp();
  const outside = await tempHome();
  const { stdout } = await run(
    [
      `for f in / /usr /etc /dev /proc/sys/kernel /opt ${home} ${outside}; do echo x 2>/dev/null > $f/escaped && echo WROTE $f; done`,
      `mkdir m; mount -t tmpfs none m 2>/dev/null && echo MOUNTED`,
      `mount -o remount,rw / 2>/dev/null && echo REMOUNTED`,
      `umount /tmp 2>/dev/null && echo UNMOUNTED`,
      `cat /etc/shadow 2>/dev/null && echo SHADOW`,
      `mknod disk b 254 0 2>/dev/null && echo DEVICE`,
      `chroot / true 2>/dev/null && echo CHROOT`,
      `su -c id 2>/dev/null && echo SU`,
      `ln ../../token hard 2>/dev/null && echo LINK`,
    ].join("; "),
  );
  expect(stdout).toBe("");
  expect(await readdir(outside)).toEqual([]);
});

test("what a command leaves behind ends with it: setsid, nohup, a double fork", async () => {
  const { run, workspace } = await setUp();
  const sleeper = `31${process.pid}${Math.floor(performance.now())}`;
  await run(`setsid sleep ${sleeper} & nohup setsid sh -c 'trap "" TERM HUP; (sleep ${sleeper} &) ; touch up; sleep ${sleeper}' >/dev/null 2>&1 &
    while [ ! -e up ]; do sleep 0.02; done; echo done`);
  expect(existsSync(join(workspace, "up"))).toBe(true);
  expect(await withText(sleeper)).toEqual([]);
});

test("F26: a stop ends all of it within two seconds, however deaf it is", async () => {
  const { run, workspace, control } = await setUp();
  const sleeper = `32${process.pid}${Math.floor(performance.now())}`;
  const running = run(`trap '' TERM HUP INT; setsid sleep ${sleeper} & touch up; while :; do sleep ${sleeper}; done`);
  running.catch(() => {});
  await expect.poll(() => existsSync(join(workspace, "up")), { timeout: 60_000 }).toBe(true);
  control.abort(new Error("stopped"));
  await expect(running).rejects.toThrow("stopped");
  expect(await withText(sleeper)).toEqual([]);
});

test("a fork bomb is bounded, and ends with the call", async () => {
  const { run } = await setUp();
  const name = `b${process.pid}${Math.floor(performance.now())}`;
  const bomb = `i=0; while [ $i -lt 400 ]; do (: ${name}; exec sleep 60) & i=$((i+1)); done`;
  const result = await run(bomb, { timeoutSeconds: 20 });
  expect(JSON.stringify(result)).toMatch(/Cannot fork|Resource temporarily unavailable/);
  expect(await withText(name)).toEqual([]);
});

test("a file cannot grow without bound, nor what lies in memory", async () => {
  const { run, workspace } = await setUp();
  const { stderr } = await run("truncate -s 3G big; fallocate -l 3G big2; head -c 600M /dev/zero > /tmp/big");
  expect(stderr).toMatch(/File too large|File size limit/);
  expect(stderr).toMatch(/No space left/);
  expect((await readdir(workspace)).length).toBeLessThan(3);
});

test("a process cannot take memory without bound", async () => {
  const { run } = await setUp();
  const { exitCode } = await run(
    `node --max-old-space-size=99999 -e 'const a = []; for (let i = 0; i < 40; i++) a.push(Buffer.alloc(2**28))'`,
  );
  expect(exitCode).not.toBe(0);
});

test("a command that fills the disk is ended while there is room, and is told so", async () => {
  const probe = await setUp();
  const { bavail, bsize } = await statfs(probe.workspace);
  const { run } = await setUp({ diskFloor: bavail * bsize - 48 * 1024 * 1024 });
  const result = await run("i=0; while :; do i=$((i+1)); head -c 4M /dev/zero > f$i; sleep 0.02; done");
  expect(result).toMatchObject({ ended: "the disk was nearly full" });
});

test("with the sandbox a command is allowed without network and asked about with it", async () => {
  const { tool } = await setUp();
  const verdicts = { chat: "allow", task: "allow", schedule: "allow" };
  expect(await tool.termsFor?.({ command: "ls" })).toEqual({ policy: verdicts, words: null });
  const asked = { chat: "ask", task: "ask", schedule: "ask" };
  expect(await tool.termsFor?.({ command: "ls", network: true })).toEqual({
    policy: asked,
    words: "sandboxed, with network",
  });
});

test.each([
  {
    when: "bubblewrap is not there",
    options: { mode: "sandbox", environment: { PATH: "/nowhere" } },
    why: /not installed/,
  },
  { when: "SPARKY_SHELL says host", options: { mode: "host", environment }, why: /SPARKY_SHELL/ },
] as const)("every command is asked about when $when, as not sandboxed", async ({ options, why }) => {
  const sandbox = new Sandbox({ hidden: [], ...options });
  expect(await sandbox.look()).toMatchObject({ kind: "none", why: expect.stringMatching(why) });
  const tool = shellTool({ environment: options.environment, sandbox });
  const policy = { chat: "ask", task: "ask", schedule: "ask" };
  expect(await tool.termsFor?.({ command: "ls" })).toEqual({ policy, words: "not sandboxed" });
});
