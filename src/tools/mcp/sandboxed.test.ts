import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, statfs, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { systemClock } from "../../core/clock.ts";
import { testClock } from "../../../test/kit/clock.ts";
import { odd, real, startServers } from "../../../test/kit/mcp/servers.ts";
import { processesWith, sleeperOf } from "../../../test/kit/processes.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { toolContext } from "../../../test/kit/tool-context.ts";
import type { Json } from "../../core/events.ts";
import { fileTools } from "../files/tools.ts";
import { startOf } from "../shell/processes.ts";

/** What a hostile server tries in the real sandbox, and what an honest one needs there. */

// Put together here, so that it stands in no file but those that are to be out of sight.
const SECRET = ["the", "token", "of", "the", "owner"].join("-");
const KIT = join(import.meta.dirname, "../../../test/kit/mcp");
const ann = { userId: "ann" };
const signal = () => new AbortController().signal;

/** One that runs what it is told to. */
const hostile = (more: object = {}) => ({ ...odd("shell"), sandbox: true, read: [KIT], ...more });

async function setUp(
  servers: { readonly [name: string]: object } = { it: hostile() },
  clock = systemClock,
  about: { diskFloor?: number; path?: string } = {},
) {
  const all = await startServers(servers, clock, about);
  const { home } = all;
  await mkdir(join(home, "workspace", "ann"), { recursive: true });
  await mkdir(join(home, "workspace", "bob"));
  await writeFile(join(home, "token"), SECRET);
  await writeFile(join(home, "workspace", "bob", "diary"), SECRET);
  const call = (tool: string, args: { readonly [key: string]: Json }, server = "it"): Promise<Json> =>
    all.servers.call(all.definition(server), ann, { tool, args }, signal());
  const run = async (command: string, server = "it"): Promise<string> =>
    String(await call("echo", { text: command }, server));
  return { ...all, workspace: join(home, "workspace", "ann"), call, run };
}

async function byFileTool(name: string, workspace: string, args: Json): Promise<Json> {
  const tool = fileTools([]).find((each) => each.name === name);
  const prepared = tool?.prepare(args);
  if (prepared?.ok !== true || prepared.kind !== "plain") throw new Error(`${name} did not prepare`);
  return prepared.execute(toolContext({ workspace }));
}

test("the file server and the memory server work sandboxed, each from its snippet with one word more", async () => {
  const { call, servers, definition, workspace, processes } = await setUp({
    files: { ...real("filesystem", "${SPARKY_WORKSPACE}"), sandbox: true },
    memory: { ...real("memory"), env: { MEMORY_FILE_PATH: "${SPARKY_WORKSPACE}/memory.jsonl" }, sandbox: true },
  });
  const { tools } = await servers.list(definition("files"), ann, signal());
  expect(tools.map(({ name }) => name)).toContain("write_file");
  const path = join(workspace, "note.txt");
  await call("write_file", { path, content: "kept" }, "files");
  expect(await readFile(path, "utf8")).toBe("kept");
  const entities = [{ name: "Ann", entityType: "person", observations: ["likes tea"] }];
  expect(await call("create_entities", { entities }, "memory")).toEqual({ entities });
  expect(await readFile(join(workspace, "memory.jsonl"), "utf8")).toContain("likes tea");
  const pids = [...processes.keys()];
  expect(pids).toHaveLength(2);
  await servers[Symbol.asyncDispose]();
  expect(processes.size).toBe(0);
  expect(pids.map(startOf)).toEqual([null, null]);
});

test("what the file tools make while a sandboxed server runs is the server's to read and to change, and the other way round", async () => {
  const { call, run, workspace } = await setUp({
    files: { ...real("filesystem", "${SPARKY_WORKSPACE}"), sandbox: true },
    it: hostile(),
  });
  await call("list_directory", { path: workspace }, "files");
  await run("true");
  await byFileTool("file_write", workspace, { path: "plans/2030/may.md", content: "by a tool" });
  const path = join(workspace, "plans/2030/may.md");
  expect(await call("read_text_file", { path }, "files")).toMatchObject({ content: "by a tool" });
  const edits = [{ oldText: "by a tool", newText: "by the server" }];
  await call("edit_file", { path, edits }, "files");
  expect(await run(`cat plans/2030/may.md; echo more >> plans/2030/may.md; mkdir plans/2030/new`)).toBe(
    "by the server",
  );
  expect(await byFileTool("file_read", workspace, { path: "plans/2030/may.md" })).toMatchObject({
    text: expect.stringContaining("by the servermore"),
  });
});

test("neither Sparky's home nor another person's workspace nor anybody's home is in sight", async () => {
  const { run, home, workspace } = await setUp();
  const found = await run(
    `cat ${home}/token ${home}/workspace/bob/diary ../bob/diary ../../token; cat /proc/1/root${home}/token; ` +
      `grep -rs ${SECRET} /home /root /var /run /tmp /srv /mnt; ls -A ${home} ${dirname(workspace)}; ls -A $HOME; echo $HOME`,
  );
  expect(found).not.toContain(SECRET);
  expect(found).toContain(`${home}:\nworkspace\n\n${home}/workspace:\nann\n`);
  expect(found).toContain("/tmp/home\n");
  expect(await run("echo x > $HOME/kept && echo y > $HOME/.npmrc && cat $HOME/kept; echo z > ../escaped")).toMatch(
    /^x\n/,
  );
  expect(existsSync(join(home, "workspace", "escaped"))).toBe(false);
});

test("its own environment is what its definition says, and of Sparky's nothing else; no process is seen, or signalled", async () => {
  process.env["SECRET_FOR_SANDBOXED"] = SECRET;
  onTestFinished(() => void delete process.env["SECRET_FOR_SANDBOXED"]);
  const { run } = await setUp({ it: hostile({ env: { KEY: "k e'y\n\"$(id)`", EMPTY: "" } }) });
  const seen = await run(`env; cat /proc/*/environ; kill -0 ${process.pid} && echo alive`);
  expect(seen).toContain("KEY=k e'y\n\"$(id)`\n");
  expect(seen).toContain("EMPTY=\n");
  expect(seen).not.toContain(SECRET);
  expect(seen).not.toContain("alive");
  expect((await run("ls -d /proc/[0-9]*")).split("\n").length).toBeLessThan(10);
});

test("no command line of the machine holds a value that it is given, and none of them steers what closes it in", async () => {
  const key = `key-${process.pid}-${Date.now()}`;
  const env = { KEY: key, PATH: "/nowhere", LD_PRELOAD: "/nowhere/steer.so", BASH_ENV: "/nowhere" };
  const { run, servers } = await setUp({ it: hostile({ env }) });
  expect(await run("echo $PATH $KEY")).toContain(`/nowhere ${key}\n`);
  expect(await processesWith(key)).toEqual([]);
  // The program itself, and what it has run: neither bubblewrap nor what is between.
  const loaded = servers
    .logOf("it", ann)
    .split("\n")
    .filter((line) => line.includes("steer.so"));
  expect(loaded).toHaveLength(1);
});

test("it has no network unless its definition says so: neither this machine's ports nor its sockets", async () => {
  const { run, home } = await setUp({ it: hostile(), on: hostile({ network: true }) });
  const server = createServer((socket) => socket.end("reached\n")).listen(0, "127.0.0.1");
  const path = createServer((socket) => socket.end("reached\n")).listen(join(home, "s"));
  onTestFinished(() => void [server.close(), path.close()]);
  await Promise.all([once(server, "listening"), once(path, "listening")]);
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const connect = (to: string): string => `node -e 'require("net").connect(${to}).pipe(process.stdout)' 2>&1`;
  expect(await run(connect(`${port}, "127.0.0.1"`))).not.toContain("reached");
  expect(await run(connect(`${port}, "127.0.0.1"`), "on")).toBe("reached\n");
  for (const each of ["it", "on"]) expect(await run(connect(`"${home}/s"`), each)).not.toContain("reached");
});

test("it owns nothing outside of its workspace: no mount, no other user, no device", async () => {
  const { run } = await setUp();
  const outside = await tempHome();
  const told = await run(
    [
      `for f in / /usr /etc /dev /proc/sys/kernel /opt ${outside}; do echo x > $f/escaped && echo WROTE $f; done`,
      `mkdir m; mount -t tmpfs none m && echo MOUNTED; mount -o remount,rw / && echo REMOUNTED`,
      `cat /etc/shadow && echo SHADOW; mknod disk b 254 0 && echo DEVICE; su -c id && echo SU`,
    ].join("; "),
  );
  expect(told).not.toMatch(/^(WROTE|MOUNTED|REMOUNTED|SHADOW|DEVICE|SU)/m);
  expect(await readdir(outside)).toEqual([]);
});

test.each(["stop", "idle end"] as const)("what it has started does not outlive its %s, setsid or not", async (how) => {
  const clock = testClock();
  const sleeper = sleeperOf(7);
  const { run, servers, workspace, processes } = await setUp({ it: hostile() }, clock);
  await run(
    `(setsid sleep ${sleeper} >/dev/null 2>&1 &); (setsid sh -c 'trap "" TERM HUP; touch up; while :; do sleep ${sleeper}; done' >/dev/null 2>&1 &);
     while [ ! -e up ]; do sleep 0.02; done`,
  );
  expect(existsSync(join(workspace, "up"))).toBe(true);
  const running = async () => (await processesWith(sleeper)).length;
  await expect.poll(running, { timeout: 60_000 }).toBeGreaterThan(1);
  if (how === "stop") await servers.end("it");
  else await clock.advance(20 * 60_000);
  await expect.poll(() => processes.size, { timeout: 60_000 }).toBe(0);
  expect(await processesWith(sleeper)).toEqual([]);
});

test("a server that fills the disk is ended while there is room, says so, and starts again", async () => {
  const { workspace: folder } = await setUp();
  const { bavail, bsize } = await statfs(folder);
  const diskFloor = bavail * bsize - 48 * 1024 * 1024;
  const { run, servers } = await setUp({ it: hostile() }, systemClock, { diskFloor });
  const filling = run("i=0; while :; do i=$((i+1)); head -c 4M /dev/zero > f$i; sleep 0.02; done");
  await expect(filling).rejects.toThrow("was ended, since the disk was nearly full");
  expect(servers.stateOf("it", ann)).toEqual({ state: "idle" });
});

test("the processes of one server are counted by themselves: another's take no room of its own", async () => {
  const { run } = await setUp({ it: hostile(), other: hostile() });
  const sleeper = sleeperOf(8);
  // More than half of what one may have, twice.
  const many = `i=0; while [ $i -lt 150 ]; do (exec sleep ${sleeper} >/dev/null 2>&1) & i=$((i+1)); done`;
  expect([await run(many), await run(many, "other")]).toEqual(["", ""]);
  expect(await processesWith(sleeper)).toHaveLength(300);
  const bomb = `i=0; while [ $i -lt 400 ]; do (exec sleep ${sleeper} >/dev/null 2>&1) & i=$((i+1)); done`;
  expect(await run(bomb)).toMatch(/Cannot fork|Resource temporarily unavailable/);
  expect(await run("echo fine", "other")).toBe("fine\n");
});

test("a link in the workspace, where its program is looked for, shows nothing of where it leads", async () => {
  const outside = await tempHome();
  await writeFile(join(outside, "program"), `#!/bin/sh\necho ${SECRET} >&2\n`, { mode: 0o755 });
  const { servers, definition, workspace } = await setUp({
    it: { command: "./program", sandbox: true },
    named: { command: "program", env: { PATH: "${SPARKY_WORKSPACE}:/usr/bin" }, sandbox: true },
  });
  await symlink(join(outside, "program"), join(workspace, "program"));
  for (const name of ["it", "named"]) {
    await expect(servers.list(definition(name), ann, signal())).rejects.toThrow(/ended with code 12\d in its sandbox/);
    expect(servers.logOf(name, ann)).not.toContain(SECRET);
  }
});

test.each([
  { when: "its cwd is outside", entry: { cwd: "/srv" }, says: "its cwd /srv is outside of the workspace" },
  {
    when: "its cwd leads outside",
    entry: { cwd: "${SPARKY_WORKSPACE}/../bob" },
    says: "bob is outside of the workspace",
  },
  { when: "it would read Sparky's home", entry: { read: ["${HOME}/workspace"] }, says: "read: no sandbox shows" },
  { when: "it would read the whole machine", entry: { read: ["/"] }, says: "read: no sandbox shows /" },
  { when: "it would read processes", entry: { read: ["/proc/1"] }, says: "read: no sandbox shows /proc/1" },
  { when: "what it is to read is not there", entry: { read: ["/nowhere/lib"] }, says: "/nowhere/lib is not there" },
  {
    when: "its program is nowhere",
    entry: { command: "no-such-program" },
    says: 'there is no program "no-such-program"',
  },
])("it is not started where $when", async ({ entry, says }) => {
  const { servers, definition, processes } = await setUp({ it: hostile(entry) });
  await expect(servers.list(definition("it"), ann, signal())).rejects.toThrow(says);
  expect(processes.size).toBe(0);
});

test("it is not started where bubblewrap is missing, and says how to get it; one without sandbox is", async () => {
  const { servers, definition, processes } = await setUp({ it: hostile(), open: odd("good") }, systemClock, {
    path: "/nowhere",
  });
  await expect(servers.list(definition("it"), ann, signal())).rejects.toMatchObject({
    message: "the server it is to run in a sandbox, which cannot be had here: bubblewrap is not installed",
    hint: "apt-get install bubblewrap",
  });
  expect(processes.size).toBe(0);
  expect(servers.stateOf("it", ann)).toMatchObject({ state: "failed", hint: "apt-get install bubblewrap" });
  expect((await servers.list(definition("open"), ann, signal())).tools).toHaveLength(1);
});
