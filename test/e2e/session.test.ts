import { expect, test, vi } from "vitest";
import type { ChatEvent } from "../../src/core/events.ts";
import type { Status, Task } from "../../src/wire/api.ts";
import { describeInBrowser, launchBrowser } from "../kit/browser.ts";
import { tcpProxy } from "../kit/tcp-proxy.ts";
import { Sparky } from "./sparky-process.ts";
import { expectThread, Tab } from "./thread-page.ts";

vi.setConfig({ testTimeout: 300_000 });

/** Twenty parts, one after the other, with a command in their middle that waits for a person. */
const LONG = [
  "Check knowledge graph stats",
  "list my files",
  'write "hello" to a.txt',
  "read a.txt",
  "check the graph for duplicates",
  "remember that Alice is a person",
  "search the graph for Alice",
  'write "bye" to b.txt',
  "read b.txt",
  "remember that Berlin is a city",
  "list my tasks",
  'run "echo the middle"',
  "what time is it",
  "search the graph for Berlin",
  "list my files",
  'write "again" to c.txt',
  "read c.txt",
  "check knowledge graph stats",
  "search the graph for Berlin",
  "list my files",
].join(", then ");

describeInBrowser("a session on a fresh machine, no key set", () => {
  test("a queued task is watched live in two tabs, through a reload and a lost network, and nothing is missed or doubled (F1, F5, F6, F7, F19, F32, F33)", async () => {
    await using sparky = await Sparky.start({ SPARKY_ENABLE_AGENT_LOOP: "true", SPARKY_SHELL: "host" });
    await using proxy = await tcpProxy({ port: sparky.port });
    await using browser = await launchBrowser();
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(60_000);
    const base = `http://127.0.0.1:${proxy.port}`;

    const one = await Tab.signIn(context, base, sparky.link);
    await one.connection("live");
    await one.page.getByRole("heading", { name: "The agent is idle." }).waitFor();
    await one.go("/chats");
    await one.connection("live");
    const two = await Tab.open(context, base);
    await two.connection("live");

    // The first task: both tabs see its chat appear, and the work in it.
    const first = await sparky.addTask("Check knowledge graph stats");
    for (const tab of [one, two]) {
      await tab.chatLink(first.chatId).click();
      for (const words of ["Task starting…", "graph_stats", "Task completed"]) {
        await tab.tells(words);
      }
      await tab.ofType("thought").first().waitFor();
      await tab.conversation.getByText("0 nodes and 0 edges").waitFor();
    }
    const instruction = one.conversation.getByRole("article", { name: "Instruction" });
    await expect.poll(() => instruction.textContent()).toContain("Check knowledge graph stats");
    await expectSame(sparky, first, [one, two]);

    // A longer one, which waits in its middle: tab one is reloaded there, then both lose the network, and it goes on.
    const long = await sparky.addTask(LONG);
    for (const tab of [one, two]) await tab.chatLink(long.chatId).click();
    await one.conversation.getByRole("button", { name: "Approve this call" }).waitFor();
    await one.page.reload();
    expect(await sparky.running(long.chatId), "the run goes on through the reload").toHaveLength(1);
    await one.connection("live");
    await one.conversation.getByText("graph_check").first().waitFor();

    proxy.cut();
    await Promise.all([one.connection("reconnecting"), two.connection("reconnecting")]);
    const { length: before } = await sparky.log(long.chatId);
    const [asking] = (await sparky.api<{ items: { id: string }[] }>("GET", "/api/approvals")).items;
    await sparky.api("POST", `/api/approvals/${asking?.id}`, { decision: "approve" });
    await expect
      .poll(async () => (await sparky.log(long.chatId)).length, { timeout: 60_000 })
      .toBeGreaterThan(before + 5);
    proxy.restore();
    await Promise.all([one.connection("live"), two.connection("live")]);
    await Promise.all([one, two].map((tab) => tab.tells("Task completed")));
    await expectSame(sparky, long, [one, two]);

    const log = await sparky.logs(long.id);
    expect(statesOf(log)).toEqual(["queued", "starting", "waiting", "resumed", "completed"]);
    expect(log.filter((event) => event.type === "tool_use")).toHaveLength(20);
    expect((await sparky.task(long.id)).attempts).toBe(1);

    // A page that was not there sees the same.
    const late = await Tab.open(context, base, `/chats/${long.chatId}`);
    await expectSame(sparky, long, [late]);

    expect((await sparky.run("agent", "tasks", "list", "--status", "pending")).code).toBe(0);
    expect(await sparky.json("agent", "tasks", "list", "--status", "pending")).toMatchObject({ items: [], total: 0 });
    const status = await sparky.json<Status>("agent", "status");
    expect(status).toMatchObject({ agentLoop: true, model: "demo", running: [], tasks: { completed: 2, total: 2 } });

    expect((await sparky.run("agent", "schedule", "run", "smart_maintenance")).code).toBe(0);
    const [kept] = (await sparky.json<{ items: Task[] }>("agent", "tasks", "list", "--limit", "1")).items;
    expect(kept).toMatchObject({ schedule: "smart_maintenance" });
    if (kept === undefined) throw new Error("no task");
    await one.chatLink(kept.chatId).click();
    await one.tells("Task completed");
    await expectSame(sparky, kept, [one]);

    for (const tab of [one, two, late]) expect(tab.complaints).toEqual([]);
    const stop = await sparky.run("chat", "stop");
    expect(stop).toMatchObject({ code: 0 });
    expect(await sparky.ended()).toBe(0);
    await one.page.locator('[data-connection="restarting"], [data-connection="reconnecting"]').waitFor();
    expect((await sparky.run("chat", "stop")).code).toBe(3);
  });
});

/** The tabs, which have this task's chat open, and `tasks logs --json` show the same events, each once and in order. */
async function expectSame(sparky: Sparky, task: Task, tabs: readonly Tab[]): Promise<void> {
  const log = await sparky.log(task.chatId);
  const ofTask = await sparky.logs(task.id);
  expect(ofTask).toEqual(log.filter((event) => event.taskId === task.id));
  expect(ofTask.length).toBeGreaterThan(5);
  for (const tab of tabs) await expectThread(tab, log);
}

function statesOf(log: readonly ChatEvent[]): readonly string[] {
  return log.flatMap((event) => (event.type === "status" ? [event.data.state] : []));
}
