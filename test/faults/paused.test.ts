import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { createChat } from "../../src/store/chats/chats.ts";
import { readEvents } from "../../src/store/log/events.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { ensureUsers } from "../../src/store/people/users.ts";
import { startAgent, story } from "../kit/agent.ts";
import { postgres } from "../kit/databases.ts";
import { say, scriptedModel } from "../kit/scripted-model.ts";
import { tempHome } from "../kit/temp-home.ts";
import { ended, until } from "../kit/worker.ts";

const CHILD = fileURLToPath(new URL("./paused-child.ts", import.meta.url));

test("F25: a worker's process paused past its lease and continued writes nothing, shows nothing of its own, and ends its command", async () => {
  const place = await postgres.place();
  const store = await postgres.open(place, { node: "other" });
  const { owner } = await ensureUsers(store);
  const { chat } = await createChat(store, owner, {});
  const workspaces = await tempHome();
  const beats = join(workspaces, "beats");
  // A group of two: the shell, and a child of it.
  const command = `(while :; do echo beat >> ${beats}; sleep 0.05; done) & wait`;
  const order = JSON.stringify({ place, workspaces, command, chatId: chat.id });
  const child = spawn(process.execPath, [CHILD, order], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  await until("the worker", () => output.includes("ready"));
  const { task } = await addTask(store, owner, { instruction: "x", chatId: chat.id });
  const count = (): number => (existsSync(beats) ? readFileSync(beats, "utf8").length : 0);
  await until("the command to be at work", () => count() > 5);

  child.kill("SIGSTOP");
  // Its lease runs out while it sleeps: by the database's clock, which is not waited for here.
  await store.db.updateTable("runs").set({ lease_until: 1 }).execute();
  const agent = await startAgent(store, { model: scriptedModel([[say("Done by the other.")]]), pollMs: 200 });
  const run = await ended(store, task.runId);
  const log = await readEvents(store.db, chat.id);
  expect(run.attempt).toBe(2);
  // The command is still at it: nobody but its own worker, or another on the same node, may end it.
  const before = count();
  await until("another beat", () => count() > before);

  child.kill("SIGCONT");
  await until("the ghost to leave its run", () => output.includes("left"));
  await until("the command's end", async () => {
    const then = count();
    await new Promise((resolve) => setTimeout(resolve, 300));
    return count() === then;
  });
  expect(await readEvents(store.db, chat.id)).toEqual(log);
  const told = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { seq?: number; lease?: number });
  expect(told.filter(({ lease }) => lease !== undefined)).toEqual([]);
  // What others wrote reaches it like any node, and perhaps twice, which its subscriptions sort out; it adds nothing.
  expect(Math.max(...told.map(({ seq = 0 }) => seq))).toBe(log.length);
  expect(await story(store, chat.id)).toContain("assistant: Done by the other.");
  await agent.stop();
});
