import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { isEnded } from "../../src/core/run-state.ts";
import { decideApproval, listApprovals, type Approval } from "../../src/store/approvals/approvals.ts";
import { postMessage } from "../../src/store/chats/messages.ts";
import type { Store } from "../../src/store/database/store.ts";
import { addTask } from "../../src/store/tasks/add.ts";
import { getTask, type Task } from "../../src/store/tasks/read.ts";
import type { User } from "../../src/store/people/user.ts";
import { dataOf, startAgent, type Agent } from "../kit/agent.ts";
import { eachEngine, type Engine } from "../kit/databases.ts";
import { people } from "../kit/members.ts";
import { tempHome } from "../kit/temp-home.ts";
import { until } from "../kit/worker.ts";
import { findingsOf } from "../kit/verify-scene.ts";
import { sender, senders, sent, type UnknownScene } from "./unknown-scene.ts";

const CHILD = fileURLToPath(new URL("./unknown-child.ts", import.meta.url));

const UNKNOWN = "its outcome is unknown; it was not run again";

interface Aftermath {
  readonly store: Store;
  readonly owner: User;
  readonly agent: Agent;
  readonly file: string;
  task(name: string): Promise<Task>;
  /** Once it has ended, one way or another. */
  ended(name: string): Promise<Task>;
  /** The question that waits for an answer about this task's call. */
  asked(name: string): Promise<Approval>;
  result(name: string): Promise<object | undefined>;
}

/** A process is killed while each task's tool has had its effect and has no result; another process follows it. */
async function killedInTheMiddle(engine: Engine, tasks: readonly string[]): Promise<Aftermath> {
  const scene: UnknownScene = { place: await engine.place(), file: join(await tempHome(), "sent") };
  const store = await engine.open(scene.place);
  const { owner } = await people(store);
  const added = new Map<string, Task>();
  for (const instruction of tasks) added.set(instruction, (await addTask(store, owner, { instruction })).task);
  const child = spawn(process.execPath, [CHILD, JSON.stringify(scene)], { stdio: ["ignore", "ignore", "inherit"] });
  const gone = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await gone;
  });
  const textOf = (name: string): string => name.split(" ")[1] ?? "";
  const task = (name: string) => getTask(store, owner, added.get(name)?.id ?? "");
  const asked = (name: string) =>
    until(`a question about ${name}`, async () => {
      const { chatId } = await task(name);
      return (await listApprovals(store, owner)).items.find((item) => item.chatId === chatId);
    });
  for (const name of tasks) {
    if (name.startsWith("send_asked"))
      await decideApproval(store, owner, (await asked(name)).id, { decision: "approve" });
    await until(`${name} to be sent`, () => sent(scene.file, textOf(name)).length === 1);
    expect(child.exitCode ?? child.signalCode).toBe(null);
  }
  child.kill("SIGKILL");
  await gone;
  // On PostgreSQL a lease outlives its worker by some seconds, by the database's clock; here they are over at once.
  if (engine.kind === "postgres") await store.db.updateTable("runs").set({ lease_until: 1 }).execute();
  const agent = await startAgent(store, {
    model: sender(),
    tools: senders(scene.file, async () => "sent"),
    concurrency: 20,
    pollMs: 200,
  });
  return {
    store,
    owner,
    agent,
    file: scene.file,
    task,
    asked,
    ended: (name) =>
      until(`the end of ${name}`, async () => {
        const found = await task(name);
        return isEnded(found.status) && found;
      }),
    result: async (name) => (await dataOf(store, (await task(name)).chatId, "tool_result"))[0],
  };
}

eachEngine("F25: after a kill between a tool's effect and its result", (engine) => {
  test("the call goes the way that its tool's onUnknown says: on to the model, to the run's end, or to a person", async () => {
    const names = [
      "send_safely a",
      "send_model b",
      "send_fail c",
      "send_ask again",
      "send_ask not",
      "send_ask nobody",
      "send_ask instead",
      "send_ask stopped",
    ];
    const after = await killedInTheMiddle(engine, names);
    const { store, owner, file } = after;

    // Known to be safe to repeat: run again, under the same key.
    expect(await after.ended("send_safely a")).toMatchObject({ status: "completed" });
    const keys = sent(file, "a");
    expect([keys.length, new Set(keys).size]).toEqual([2, 1]);

    // Told to the model, which goes on.
    expect(await after.ended("send_model b")).toMatchObject({ status: "completed", result: "done" });
    expect(await after.result("send_model b")).toMatchObject({
      ok: false,
      interrupted: true,
      error: expect.stringContaining(UNKNOWN),
    });

    // The end of the run, with a reason that names the call.
    expect(await after.ended("send_fail c")).toMatchObject({
      status: "failed",
      error: "send_fail was interrupted and its outcome is unknown",
    });
    expect(await after.result("send_fail c")).toMatchObject({ ok: false, interrupted: true });

    // A person is asked, and the run waits.
    for (const name of names.slice(3)) {
      expect(await after.asked(name)).toMatchObject({
        tool: "send_ask",
        summary: `again, after an interruption: ${name.split(" ")[1]}`,
      });
      await until(`${name} to wait`, async () => (await after.task(name)).status === "waiting");
    }
    expect(names.slice(3).map((name) => sent(file, name.split(" ")[1] ?? "").length)).toEqual([1, 1, 1, 1, 1]);

    // Yes: once more, under the same key.
    await decideApproval(store, owner, (await after.asked("send_ask again")).id, { decision: "approve" });
    expect(await after.ended("send_ask again")).toMatchObject({ status: "completed" });
    expect(await after.result("send_ask again")).toMatchObject({ ok: true, result: "sent" });
    const again = sent(file, "again");
    expect([again.length, new Set(again).size]).toEqual([2, 1]);

    // No, with what the person knows: the model reads it.
    const no = { decision: "deny", note: "it arrived, I have looked" } as const;
    await decideApproval(store, owner, (await after.asked("send_ask not")).id, no);
    expect(await after.ended("send_ask not")).toMatchObject({ status: "completed" });
    expect(await after.result("send_ask not")).toMatchObject({
      ok: false,
      interrupted: true,
      error: expect.stringMatching(`${UNKNOWN} .*owner said no: it arrived, I have looked`),
    });

    // Nobody answers: an expiry, and the run goes on.
    const unanswered = await after.asked("send_ask nobody");
    await store.db.updateTable("approvals").set({ expires_at: 1 }).where("id", "=", unanswered.id).execute();
    await store.db.updateTable("runs").set({ not_before: 1 }).where("id", "=", unanswered.runId).execute();
    store.hub.wake();
    expect(await after.ended("send_ask nobody")).toMatchObject({ status: "completed" });
    expect(await after.result("send_ask nobody")).toMatchObject({
      interrupted: true,
      error: expect.stringMatching(`${UNKNOWN} .*nobody answered in time`),
    });

    // The person writes instead of answering.
    await postMessage(store, owner, (await after.task("send_ask instead")).chatId, { text: "leave it" });
    expect(await after.ended("send_ask instead")).toMatchObject({ status: "completed" });
    expect(await after.result("send_ask instead")).toMatchObject({
      interrupted: true,
      error: expect.stringMatching(`${UNKNOWN} .*the person wrote instead`),
    });

    // The run is stopped while it asks.
    await after.agent.stopper.cancelTask(owner, (await after.task("send_ask stopped")).id);
    expect(await after.ended("send_ask stopped")).toMatchObject({ status: "cancelled" });
    expect(await after.result("send_ask stopped")).toMatchObject({ ok: false, interrupted: true });

    for (const text of ["b", "c", "not", "nobody", "instead", "stopped"])
      expect(sent(file, text), text).toHaveLength(1);
    expect(after.agent.errors).toEqual([]);
    expect(await findingsOf(store)).toEqual([]);
  });

  test("a yes from before the kill does not run the call again: it is asked about once more", async () => {
    const name = "send_asked once";
    const after = await killedInTheMiddle(engine, [name]);
    const question = await after.asked(name);
    expect(question.summary).toBe("again, after an interruption: once");
    expect(sent(after.file, "once")).toHaveLength(1);
    await decideApproval(after.store, after.owner, question.id, { decision: "deny" });
    expect(await after.ended(name)).toMatchObject({ status: "completed" });
    expect(sent(after.file, "once")).toHaveLength(1);
  });
});
