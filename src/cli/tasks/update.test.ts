import { expect, test } from "vitest";
import { sparky } from "../../../test/golden/scripted-cli.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { overApp } from "../../../test/kit/cli-app.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { claimRuns } from "../../store/runs/claim.ts";
import { addTask } from "../../store/tasks/add.ts";
import { getTask } from "../../store/tasks/read.ts";

async function scene() {
  const store = await sqlite.store();
  const app = await chatServer(store);
  const { owner } = app.people;
  const input = { instruction: "Old", metadata: { a: 1, b: 2 }, limits: { steps: 3 }, runAt: "2999-01-01T00:00:00Z" };
  const { task } = await addTask(store, owner, input);
  const stage = overApp(app, owner);
  const update = (...more: string[]) => sparky(["agent", "tasks", "update", task.id.slice(0, 8), ...more], stage);
  return { store, owner, task, stage, update };
}

test("update changes what is named, and leaves other limits and notes as they were", async () => {
  const { store, owner, task, update } = await scene();
  const { task: other } = await addTask(store, owner, { instruction: "Before", runAt: "2999-01-01T00:00:00Z" });
  expect((await update("--instruction", "New", "--priority", "-3", "--max-minutes", "5", "-m", "b=x")).exit).toBe(0);
  expect(await getTask(store, owner, task.id)).toMatchObject({
    instruction: "New",
    priority: -3,
    limits: { steps: 3, minutes: 5 },
    metadata: { a: 1, b: "x" },
    runAt: "2999-01-01T00:00:00.000Z",
  });
  expect((await update("--at", "2998-01-01T00:00Z")).stdout).toBe(`${task.id}\tpending\n`);
  expect((await getTask(store, owner, task.id)).runAt).toBe("2998-01-01T00:00:00.000Z");
  expect((await update("--at", "now")).exit).toBe(0);
  expect((await getTask(store, owner, task.id)).runAt).toBeNull();
  const late = await update("--after", other.id);
  expect(late).toMatchObject({ exit: 6, stdout: "" });
});

test("F65 no status can be given, and a task that has started keeps its instruction but takes notes", async () => {
  const { store, owner, task, update } = await scene();
  expect(await update("--status", "completed")).toMatchObject({ exit: 2, stdout: "" });
  expect((await getTask(store, owner, task.id)).status).toBe("pending");
  await update("--at", "now");
  expect(await claimRuns(store, { kind: "task", limit: 1 })).toHaveLength(1);
  const refused = await update("--instruction", "Something else");
  expect(refused).toMatchObject({ exit: 6, stdout: "" });
  expect(refused.stderr).toContain("only its metadata can change now");
  expect((await update("-m", "seen=yes")).exit).toBe(0);
  expect(await getTask(store, owner, task.id)).toMatchObject({ instruction: "Old", metadata: { seen: "yes" } });
});

test.each([
  { argv: [], says: "say what to change" },
  { argv: ["--instruction", " "], says: "the instruction is empty" },
  { argv: ["--priority", "1.5"], says: "whole number" },
  { argv: ["--at", "soon"], says: "must be a time" },
  { argv: ["--at", "2020-01-01T09:00Z"], says: "runAt: 2020-01-01T09:00:00.000Z lies in the past: it is 20" },
  { argv: ["-m", "x"], says: "is not key=value" },
])("update with $argv exits 2 and says: $says", async ({ argv, says }) => {
  const { update } = await scene();
  const outcome = await update(...argv);
  expect(outcome).toMatchObject({ exit: 2, stdout: "" });
  expect(outcome.stderr).toContain(says);
});
