import { expect, test } from "vitest";
import { shell } from "../../test/kit/shell.ts";

const SLOW = { timeout: 120_000 };

const FULL = "error: the output cannot be written: the disk is full";

test("F83: what cannot be written to stdout is told on stderr, and ends every command with 1", SLOW, async () => {
  const at = await shell();
  const commands = [
    "--version",
    "agent tasks add Look",
    "agent tasks list",
    "agent schedule export",
    "graph export --format json",
    "verify --json",
    "doctor",
  ];
  for (const command of commands) {
    const { exit, stderr } = await at.script(`$SPARKY ${command} >/dev/full`).ended;
    expect([command, exit, stderr]).toEqual([
      command,
      1,
      expect.stringContaining("the output cannot be written: the disk is full"),
    ]);
  }
  const json = await at.script("$SPARKY chats list --json >/dev/full").ended;
  expect(json).toMatchObject({ exit: 1, stdout: "" });
  expect(JSON.parse(json.stderr)).toMatchObject({
    error: { code: "unavailable", message: FULL.replace("error: ", "") },
  });
  // Where nothing can be said at all, the exit code says it.
  expect(await at.script("$SPARKY agent tasks list --json >/dev/full 2>&1").ended).toMatchObject({ exit: 1 });
  // What was asked for is done.
  expect(JSON.parse((await at.sparky("agent", "tasks", "list", "--json")).stdout)).toMatchObject({ total: 1 });
});

test("F83: a server whose address cannot be told does not run on unseen", SLOW, async () => {
  const at = await shell();
  const { exit, stderr } = await at.script("$SPARKY chat start >/dev/full").ended;
  expect([exit, stderr]).toEqual([1, expect.stringContaining(FULL)]);
  expect((await at.sparky("chat", "status")).exit).toBe(3);
});

test("F83: a reader that has seen enough is no failure, and nothing is said of it", SLOW, async () => {
  const at = await shell();
  const { exit, stdout, stderr } = await at.script("{ $SPARKY agent schedule export; echo $? >&2; } | head -n 1").ended;
  expect([exit, stdout.split("\n").length, stderr]).toEqual([0, 2, "0\n"]);
  const gone = await at.script("{ $SPARKY help schedules; echo $? >&2; } | true").ended;
  expect(gone).toMatchObject({ exit: 0, stderr: "0\n" });
});

test(
  "F82: a closed terminal is a shutdown in order in the foreground, and nothing to a server in the background",
  SLOW,
  async () => {
    const at = await shell();
    const server = at.start(["chat", "start", "--agent-loop"]);
    await server.says("Sign in, once");
    server.child.kill("SIGHUP");
    expect(await server.ended).toMatchObject({ exit: 0 });
    expect((await at.sparky("chat", "status")).exit).toBe(3);

    const { pid } = JSON.parse((await at.sparky("chat", "start", "--daemon", "--json")).stdout) as { pid: number };
    process.kill(pid, "SIGHUP");
    process.kill(pid, "SIGHUP");
    expect(await at.sparky("chat", "status")).toMatchObject({ exit: 0 });
    expect(await at.sparky("chat", "stop")).toMatchObject({ exit: 0 });

    // As bin/sparky tells of nohup.
    const kept = at.start(["chat", "start"], { SPARKY_NOHUP: "1" });
    await kept.says("Sign in, once");
    kept.child.kill("SIGHUP");
    expect(await at.sparky("chat", "status")).toMatchObject({ exit: 0 });
    expect(await at.sparky("chat", "stop")).toMatchObject({ exit: 0 });
    expect(await kept.ended).toMatchObject({ exit: 0 });
  },
);

test("F82: a run that works when the terminal is closed is handed back, not told as a crash", SLOW, async () => {
  const at = await shell();
  const server = at.start(["chat", "start", "--agent-loop"], {
    SPARKY_MODEL: "compatible/slow",
    SPARKY_MODEL_URL: "http://127.0.0.1:9/v1",
  });
  await server.says("Sign in, once");
  const added = await at.sparky("agent", "tasks", "add", "Look", "--json");
  const { chatId } = JSON.parse(added.stdout) as { chatId: string };
  server.child.kill("SIGHUP");
  expect(await server.ended).toMatchObject({ exit: 0 });
  const log = await at.sparky("chats", "show", chatId, "--json");
  expect(log.stdout).not.toContain('"reason":"crash"');
  expect(await at.sparky("verify")).toMatchObject({ exit: 0 });
});
