import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test as base } from "vitest";
import { homeState } from "../store/home/lock.ts";
import { shell, type Shell } from "../../test/kit/shell.ts";

/** The whole program as processes: what a person's shell and scripts see. */

const test = (name: string, body: (at: Shell) => Promise<void>): void =>
  base(name, { timeout: 300_000 }, async () => body(await shell()));

const pidOf = (home: string): number =>
  (JSON.parse(readFileSync(join(home, "server.json"), "utf8")) as { pid: number }).pid;

const parsed = (lines: string): unknown[] =>
  lines
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

/** A port that something else listens on. */
async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise((resolve) => void server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

test("F59: every answer has its exit code, data on stdout and words on stderr", async (at) => {
  const [list, unknown, wrong, missing] = await Promise.all([
    at.sparky("agent", "tasks", "list", "--json"),
    at.sparky("agent", "tasks", "get", "zzzz"),
    at.sparky("agnet"),
    at.sparky("chat", "send", "hello"),
  ]);
  expect(list).toEqual({ exit: 0, stdout: '{"items":[],"next":null,"total":0}\n', stderr: "" });
  expect(unknown).toMatchObject({ exit: 5, stdout: "" });
  expect(unknown?.stderr).toContain('no task starts with "zzzz"');
  expect(wrong).toMatchObject({ exit: 2, stdout: "" });
  expect(missing).toMatchObject({ exit: 3, stdout: "" });
});

test("F64: --daemon returns when the server answers, and leaves it running until chat stop", async (at) => {
  const started = await at.start([
    "chat",
    "start",
    "--daemon",
    "--agent-loop",
    "--pidfile",
    join(at.home, "pid"),
    "--json",
  ]).ended;
  expect(started.exit).toBe(0);
  const { url, loginUrl, pid } = JSON.parse(started.stdout) as { url: string; loginUrl: string; pid: number };
  expect(await (await fetch(`${url}/health`)).json()).toMatchObject({ status: "ok", agentLoop: true });
  expect(loginUrl).toMatch(/\/login\?token=/);
  expect([pidOf(at.home), homeState(at.home).pid, Number(readFileSync(join(at.home, "pid"), "utf8"))]).toEqual([
    pid,
    pid,
    pid,
  ]);
  expect(readFileSync(join(at.home, "logs/server.log"), "utf8")).not.toContain("token=");

  const done = await at.sparky("agent", "tasks", "add", "Check knowledge graph stats", "--wait", "--json");
  expect(done.exit).toBe(0);
  const task = JSON.parse(done.stdout) as { id: string; status: string };
  expect(task.status).toBe("completed");
  const log = (await at.sparky("agent", "tasks", "logs", task.id.slice(0, 8), "--json")).stdout.trim().split("\n");
  const seqs = log.map((line) => (JSON.parse(line) as { seq: number }).seq);
  expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
  expect(log.at(-1)).toContain('"completed"');

  const sent = await at.sparky("chat", "send", "What time is it?");
  expect(sent.exit).toBe(0);
  expect(sent.stdout).toContain("demo");

  expect(await at.sparky("chat", "stop")).toMatchObject({ exit: 0, stdout: `Stopped ${url}\n` });
  expect(homeState(at.home).held).toBe(false);
  expect(existsSync(join(at.home, "pid"))).toBe(false);
  expect(await at.sparky("chat", "stop")).toMatchObject({ exit: 3 });
});

test("F64: --daemon fails with the reason and leaves nothing running", async (at) => {
  const port = String(await takenPort());
  const start = ["chat", "start", "--daemon"];
  const cases = [
    { args: ["--port", port], env: {}, says: port },
    { args: [], env: { LOG_LEVEL: "loud" }, says: 'LOG_LEVEL is "loud"' },
    { args: [], env: { SPARKY_MODEL: "nonsense/x" }, says: "nonsense" },
    { args: ["--env-file", join(at.home, "none")], env: {}, says: "cannot read the settings file" },
    { args: [], env: { SPARKY_HOME: "/proc/nowhere" }, says: "cannot use /proc/nowhere as Sparky's folder" },
    { args: ["--pidfile", join(at.home, "no/such/folder")], env: {}, says: "cannot write the pidfile" },
  ];
  for (const { args, env, says } of cases) {
    const { exit, stdout, stderr } = await at.start([...start, ...args], env).ended;
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
    expect(stderr).toMatch(/^error: .*\n {2}try: .*\n$/);
    expect(stderr).toContain(says);
    expect(homeState(at.home).held).toBe(false);
  }
});

test("F64: a second server on the same home is refused and does not disturb the first", async (at) => {
  expect((await at.sparky("chat", "start", "--daemon")).exit).toBe(0);
  const pid = pidOf(at.home);
  for (const args of [
    ["chat", "start"],
    ["chat", "start", "--daemon"],
  ]) {
    const second = await at.start(args).ended;
    expect(second).toMatchObject({ exit: 1, stdout: "" });
    expect(second.stderr).toContain(`process ${pid}`);
  }
  expect(await at.sparky("chat", "status")).toMatchObject({ exit: 0 });
  expect(pidOf(at.home)).toBe(pid);
});

test("a server in the foreground prints its link and stops on SIGTERM", async (at) => {
  const server = at.start(["chat", "start", "--pidfile", join(at.home, "pid")], { SPARKY_ENABLE_AGENT_LOOP: "true" });
  await server.says("Sign in, once: http://127.0.0.1:");
  expect(Number(readFileSync(join(at.home, "pid"), "utf8"))).toBe(server.child.pid);
  server.child.kill("SIGTERM");
  expect((await server.ended).exit).toBe(0);
  expect(existsSync(join(at.home, "pid"))).toBe(false);
});

test("restart starts the server again as it was started, in the same terminal", async (at) => {
  const server = at.start(["chat", "start"], { SPARKY_ENABLE_AGENT_LOOP: "true", SPARKY_MODEL: "demo" });
  await server.says("Sign in, once");
  for (let round = 0; round < 2; round += 1) {
    const before = pidOf(at.home);
    expect(await at.sparky("chat", "restart")).toMatchObject({ exit: 0 });
    expect(pidOf(at.home)).not.toBe(before);
    expect(JSON.parse((await at.sparky("chat", "status", "--json")).stdout)).toMatchObject({ agentLoop: true });
  }
  expect(await at.sparky("chat", "stop")).toMatchObject({ exit: 0 });
  expect((await server.ended).exit).toBe(0);
});

test("restart keeps a daemon a daemon", async (at) => {
  await at.start(["chat", "start", "--daemon", "--agent-loop"]).ended;
  const before = pidOf(at.home);
  expect(await at.sparky("chat", "restart")).toMatchObject({ exit: 0 });
  expect(pidOf(at.home)).not.toBe(before);
  expect(JSON.parse((await at.sparky("chat", "status", "--json")).stdout)).toMatchObject({ agentLoop: true });
  expect(await at.sparky("chat", "stop")).toMatchObject({ exit: 0 });
});

test("F1: logs -f goes on across a restart of the server, each event once, and ends with the task", async (at) => {
  await at.start(["chat", "start", "--daemon", "--no-agent-loop"]).ended;
  const added = await at.sparky("agent", "tasks", "add", "Check knowledge graph stats");
  expect(added.stderr).toContain("sparky chat start --agent-loop");
  const id = added.stdout.trim();
  const following = at.start(["agent", "tasks", "logs", "-f", id, "--json"]);
  await following.says('"queued"');
  await at.sparky("chat", "stop");
  await at.start(["chat", "start", "--daemon", "--agent-loop"]).ended;
  const { exit, stdout } = await following.ended;
  expect(exit).toBe(0);
  const whole = await at.sparky("agent", "tasks", "logs", id, "--json");
  expect(parsed(stdout)).toEqual(parsed(whole.stdout));
  expect(stdout).toContain('"completed"');
});

test("F1: watch goes on across kill -9, joins what is new, shows each event once, and leaves quietly at Ctrl-C", async (at) => {
  expect(await at.sparky("watch")).toMatchObject({ exit: 3, stdout: "" });
  const server = at.start(["chat", "start", "--agent-loop"]);
  await server.says("Sparky runs at");
  const before = (await at.sparky("agent", "tasks", "add", "List my files", "--wait", "--json")).stdout;
  const since = new Date().toISOString();
  const watching = at.start(["watch", "--json", "--since", since]);
  const shell = at.start(["watch", "--since", since]);
  await at.sparky("agent", "tasks", "add", "Check knowledge graph stats", "--wait");
  await watching.says('"completed"');
  server.child.kill("SIGKILL");
  await server.ended;
  const offline = (await at.sparky("agent", "tasks", "add", "List my files")).stdout.trim();
  const again = at.start(["chat", "start", "--agent-loop"]);
  await again.says("Sparky runs at");
  expect((await at.sparky("agent", "tasks", "wait", offline)).exit).toBe(0);
  const { chatId } = JSON.parse((await at.sparky("agent", "tasks", "get", offline, "--json")).stdout) as {
    chatId: string;
  };
  const log = parsed((await at.sparky("chats", "show", chatId, "--json")).stdout);
  await watching.says(`{"chatId":"${chatId}","seq":${log.length},`);
  await shell.says(`\t${offline}\t`);
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const each of [watching, shell]) each.child.kill("SIGINT");
  for (const each of [watching, shell]) expect(await each.ended).toMatchObject({ exit: 130, stderr: "" });

  const seen = parsed((await watching.ended).stdout) as { chatId: string; seq: number; taskId: string | null }[];
  const chats = [...new Set(seen.map((event) => event.chatId))];
  expect(chats).toHaveLength(2);
  expect(seen.every((event) => event.taskId !== (JSON.parse(before) as { id: string }).id)).toBe(true);
  for (const id of chats) {
    const log = parsed((await at.sparky("chats", "show", id, "--json")).stdout);
    expect(seen.filter((event) => event.chatId === id)).toEqual(log);
  }
});

test("logs shows what the daemon wrote, and follows it", async (at) => {
  await at.sparky("chat", "start", "--daemon");
  const { stdout } = await at.sparky("logs");
  expect(stdout).toContain('"msg":"the server is ready"');
  const following = at.start(["logs", "-f", "-n", "1"]);
  await following.says("the server is ready");
  await at.sparky("chat", "restart");
  await following.says("the server is ready", 2);
  await new Promise((resolve) => setTimeout(resolve, 600));
  following.child.kill("SIGINT");
  const followed = await following.ended;
  expect(followed).toMatchObject({ exit: 130, stderr: "" });
  expect(followed.stdout.match(/the server is ready/g)).toHaveLength(2);
  await at.sparky("chat", "stop");
});

test("Ctrl-C detaches from a task without stopping it; its cancellation exits 7, and waiting too long exits 8", async (at) => {
  await at.start(["chat", "start", "--daemon", "--no-agent-loop"]).ended;
  const id = (await at.sparky("agent", "tasks", "add", "Check knowledge graph stats")).stdout.trim();

  const following = at.start(["agent", "tasks", "logs", "-f", id]);
  await following.says("Queued");
  following.child.kill("SIGINT");
  const left = await following.ended;
  expect(left.exit).toBe(130);
  expect(left.stderr).toContain(`sparky agent tasks cancel ${id.slice(0, 8)}`);

  expect(await at.sparky("agent", "tasks", "wait", id, "--timeout", "0.2")).toMatchObject({ exit: 8, stdout: "" });

  const waiting = at.start(["agent", "tasks", "wait", id]);
  await waiting.says("Queued");
  expect(await at.sparky("agent", "tasks", "cancel", id)).toMatchObject({ exit: 0, stdout: `${id}\tcancelled\n` });
  expect(await waiting.ended).toMatchObject({ exit: 7, stdout: "" });
});

test("F25: after kill -9 nobody believes the stale server.json", async (at) => {
  await at.start(["chat", "start", "--daemon"]).ended;
  process.kill(pidOf(at.home), "SIGKILL");
  while (homeState(at.home).held) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(existsSync(join(at.home, "server.json"))).toBe(true);
  expect(await at.sparky("chat", "status")).toMatchObject({ exit: 3 });
  expect(await at.sparky("agent", "status", "--json")).toMatchObject({ exit: 3 });
  expect(await at.sparky("agent", "tasks", "list", "--json")).toMatchObject({ exit: 0 });
  expect((await at.sparky("chat", "start", "--daemon")).exit).toBe(0);
});

test("a broken .env in the home is named, with what is wrong in it", async (at) => {
  writeFileSync(join(at.home, ".env"), "this is not a setting\n");
  const { exit, stderr } = await at.sparky("agent", "tasks", "list");
  expect(exit).toBe(1);
  expect(stderr).toContain("line 1 of");
});

test("several commands at once without a server share the home", async (at) => {
  const all = await Promise.all(Array.from({ length: 5 }, (_, n) => at.sparky("agent", "tasks", "add", `Task ${n}`)));
  expect(all.filter(({ exit }) => exit !== 0)).toEqual([]);
  expect(JSON.parse((await at.sparky("agent", "tasks", "list", "--json")).stdout)).toMatchObject({ total: 5 });
});
