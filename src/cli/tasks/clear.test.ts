import { expect, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { overApp } from "../../../test/kit/cli-app.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { claimRuns } from "../../store/runs/claim.ts";
import { addTask } from "../../store/tasks/add.ts";
import { listTasks } from "../../store/tasks/read.ts";

async function scene() {
  const store = await sqlite.store();
  const app = await chatServer(store);
  const { owner } = app.people;
  const stage = overApp(app, owner);
  const add = async (instruction: string) => (await addTask(store, owner, { instruction })).task;
  const total = async () => (await listTasks(store, owner)).total;
  return { store, owner, stage, add, total };
}

test("clear is refused without a terminal and without --yes, and nothing goes", async () => {
  const { stage, add, total } = await scene();
  await add("x");
  for (const more of [[], ["--json"]]) {
    const outcome = await sparky(["agent", "tasks", "clear", ...more], stage);
    expect(outcome).toMatchObject({ exit: 2, stdout: "" });
    expect(outcome.stderr).toContain("clearing asks first");
  }
  expect(await total()).toBe(1);
});

test("clear shows what goes, asks, and takes a no", async () => {
  const { stage, add, total } = await scene();
  const task = await add("Water the plants");
  const argv = ["agent", "tasks", "clear"];
  const refused = await sparky(argv, { ...stage, terminal: true, answer: "n" });
  expect(refused).toMatchObject({ exit: 1, stdout: "" });
  expect(refused.stderr).toContain("Would go: 1 (1 queued)");
  expect(refused.stderr).toContain(`${task.id.slice(0, 8)}  queued`);
  expect(refused.stderr).toContain("Delete this task? [y/N]");
  expect(await total()).toBe(1);
  const done = await sparky(argv, { ...stage, terminal: true, answer: "y" });
  expect(done).toMatchObject({ exit: 0, stdout: "Deleted  1 (1 queued)\n" });
  expect(await total()).toBe(0);
});

test("a dry run only tells, in words, piped and as JSON", async () => {
  const { stage, add, total, store } = await scene();
  await add("works");
  await claimRuns(store, { kind: "task", limit: 1 });
  for (let at = 0; at < 12; at += 1) await add(`#${at}`);
  const argv = ["agent", "tasks", "clear", "--dry-run"];
  const shown = await sparky(argv, { ...stage, terminal: true });
  expect(shown.stdout).toContain("Would go: 12 (12 queued)\n");
  expect(shown.stdout).toContain("  … and 2 more\n");
  expect(shown.stderr).toBe("1 that is being worked on stays: cancel first, with sparky agent tasks cancel\n");
  const piped = await sparky(argv, stage);
  expect(piped.stdout.split("\n").slice(0, 3)).toEqual(["total\t12", "pending\t12", "in_progress\t0"]);
  expect(piped.stdout).toContain("working\t1\n");
  const json = JSON.parse((await sparky([...argv, "--json"], stage)).stdout) as object;
  expect(json).toMatchObject({ total: 12, byStatus: { pending: 12 }, working: 1, dryRun: true });
  expect(await total()).toBe(13);
});

test("the filters reach the server, and a time may be told as so long ago", async () => {
  const { stage, add, total } = await scene();
  await add("x");
  const now = new Date(Date.now() + 3_600_000).toISOString();
  const clear = (...more: string[]) => sparky(["agent", "tasks", "clear", "--yes", ...more], { ...stage, now });
  expect((await clear("--before", "2h")).stdout).toBe("0\n");
  expect((await clear("--since", "30m")).stdout).toBe("0\n");
  expect((await clear("--search", "nothing")).stdout).toBe("0\n");
  expect((await clear("--status", "failed")).stdout).toBe("0\n");
  expect((await clear("--before", "yesterday")).exit).toBe(2);
  expect(await total()).toBe(1);
  expect((await clear("--before", "1m", "--since", "2h", "-s", "pending")).stdout).toBe("1\n");
  expect(await total()).toBe(0);
});
