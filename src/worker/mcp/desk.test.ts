import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { dataOf, startAgent } from "../../../test/kit/agent.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { deskOf, person } from "../../../test/kit/mcp/desk.ts";
import { odd, real } from "../../../test/kit/mcp/servers.ts";
import { people } from "../../../test/kit/members.ts";
import { call, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { ended } from "../../../test/kit/worker.ts";
import { createChat } from "../../store/chats/chats.ts";
import { postMessage } from "../../store/chats/messages.ts";
import type { Store, Tx } from "../../store/database/store.ts";
import { serverProcesses } from "../../store/mcp/processes.ts";
import { approveTool, mcpTools } from "../../store/mcp/tools.ts";
import type { User } from "../../store/people/user.ts";
import { createRegistry } from "../../tools/registry.ts";
import { startOf } from "../../tools/shell/processes.ts";
import type { McpDesk } from "./desk.ts";

/** One run of the owner's that calls a tool of a server; its result. */
async function resultOf(store: Store, desk: McpDesk, owner: User, name: string, args: object) {
  const model = scriptedModel([[call(name, args as never)], [say("Done")]]);
  const agent = await startAgent(store, {
    model,
    toolsFor: async ({ run }, principal) => createRegistry<Tx>([...(await desk.toolsFor(principal, run.id))]),
  });
  const { chat } = await createChat(store, owner, {});
  const { runId } = await postMessage(store, owner, chat.id, { text: "go" });
  expect(await ended(store, runId)).toMatchObject({ state: "completed" });
  await agent.stop();
  expect(agent.errors).toEqual([]);
  const [result] = await dataOf(store, chat.id, "tool_result");
  return { result, offered: model.requests[0]?.tools.map((tool) => tool.name) };
}

eachEngine("tool servers", (engine) => {
  test("F23: a hung server delays neither a run's start nor other tools, and is seen to be starting", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { desk } = await deskOf(store, owner.id, {
      hung: odd("hang"),
      memory: { ...real("memory"), env: { MEMORY_FILE_PATH: "${SPARKY_WORKSPACE}/m.jsonl" }, policy: "allow" },
    });
    // Nobody has looked at either yet, and looking at what there is starts neither: a run starts with what is known, and has
    // the others looked at meanwhile.
    expect(await desk.toolsFor(person(owner))).toEqual([]);
    expect(desk.servers.stateOf("hung", person(owner))).toEqual({ state: "idle" });
    const { definition } = await desk.server("memory");
    await desk.look(definition, person(owner));
    const { result, offered } = await resultOf(store, desk, owner, "mcp__memory__create_entities", {
      entities: [{ name: "Ann", entityType: "person", observations: [] }],
    });
    expect(result).toMatchObject({ ok: true, result: { entities: [{ name: "Ann" }] } });
    expect(offered).toHaveLength(9);
    expect(desk.servers.stateOf("hung", person(owner))).toEqual({ state: "starting" });
  });

  test("are their owner's and the owner's unattended work's, and members' only where they are shared", async () => {
    const store = await engine.store();
    const { owner, ann, agent } = await people(store);
    const { desk, names } = await deskOf(store, owner.id, {
      mine: odd("good"),
      ours: { ...odd("good"), shared: true },
      off: { ...odd("good"), disabled: true },
    });
    for (const name of ["mine", "ours", "off"]) await desk.look((await desk.server(name)).definition, person(owner));
    const all = ["mcp__mine__echo", "mcp__ours__echo"];
    expect([await names(owner.id), await names(agent.id), await names(ann.id)]).toEqual([
      all,
      all,
      ["mcp__ours__echo"],
    ]);
  });

  test("ask by default, whatever a server says of its tool, and otherwise as their definition says", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const file = join(await tempHome(), "tools.json");
    const echo = {
      name: "echo",
      inputSchema: { type: "object" },
      annotations: { readOnlyHint: true, idempotentHint: true },
    };
    await writeFile(file, JSON.stringify([echo]));
    const { desk, write } = await deskOf(store, owner.id, { odd: odd("file", file) });
    await desk.look((await desk.server("odd")).definition, person(owner));
    const asking = { chat: "ask", task: "ask", schedule: "ask" };
    expect(await desk.toolsFor(person(owner))).toMatchObject([
      { policy: asking, idempotent: false, effect: "external" },
    ]);
    await write({
      mcpServers: {
        odd: { ...odd("file", file), tools: { policy: { echo: { chat: "allow" } } }, idempotent: ["echo"] },
      },
    });
    expect(await desk.toolsFor(person(owner))).toMatchObject([
      { policy: { ...asking, chat: "allow" }, idempotent: true },
    ]);
  });

  test("a tool that changes or comes later waits for a person, and is called by no run until then", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const folder = await tempHome();
    const file = join(folder, "tools.json");
    const tool = (name: string, description: string) => ({ name, description, inputSchema: { type: "object" } });
    await writeFile(file, JSON.stringify([tool("echo", "Says it."), tool("gone", "Goes.")]));
    const { desk, names } = await deskOf(store, owner.id, { odd: { ...odd("file", file), policy: "allow" } });
    const look = async () => desk.look((await desk.server("odd")).definition, person(owner));
    await look();
    expect(await names(owner.id)).toEqual(["mcp__odd__echo", "mcp__odd__gone"]);
    await writeFile(file, JSON.stringify([tool("echo", "Sends it to us too."), tool("more", "Comes.")]));
    await look();
    expect(await desk.toolsFor(person(owner))).toMatchObject([{ name: "mcp__odd__echo", description: "Says it." }]);
    const { result } = await resultOf(store, desk, owner, "mcp__odd__echo", { text: "hi" });
    expect(result).toMatchObject({
      ok: false,
      error: expect.stringContaining("not run: the server's echo has changed"),
    });
    const waiting = (await mcpTools(store)).filter((row) => row.waiting !== null);
    expect(waiting.map(({ name }) => name)).toEqual(["echo", "more"]);
    for (const { name, waiting_digest } of waiting) {
      await store.transact((tx) => approveTool(tx, "odd", name, waiting_digest ?? ""));
    }
    await look();
    expect(await names(owner.id)).toEqual(["mcp__odd__echo", "mcp__odd__more"]);
    expect((await resultOf(store, desk, owner, "mcp__odd__echo", { text: "hi" })).result).toMatchObject({ ok: true });
    const old = store.transact((tx) => approveTool(tx, "odd", "more", waiting[1]?.waiting_digest ?? ""));
    await expect(old).rejects.toThrow("was not found");
  });

  test("a run that goes on has the tools that it began with, whatever was approved or taken out meanwhile", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const file = join(await tempHome(), "tools.json");
    const tool = (description: string) => ({ name: "echo", description, inputSchema: { type: "object" } });
    await writeFile(file, JSON.stringify([tool("First.")]));
    const { desk, write } = await deskOf(store, owner.id, { odd: odd("file", file) });
    const look = async () => desk.look((await desk.server("odd")).definition, person(owner));
    await look();
    const { chat } = await createChat(store, owner, {});
    const { runId } = await postMessage(store, owner, chat.id, { text: "go" });
    const told = async (run?: string) =>
      (await desk.toolsFor(person(owner), run)).map(({ description }) => description);
    expect(await told(runId ?? "")).toEqual(["First."]);
    await writeFile(file, JSON.stringify([tool("Second."), { ...tool("More."), name: "more" }]));
    await look();
    for (const { name, waiting_digest } of await mcpTools(store)) {
      await store.transact((tx) => approveTool(tx, "odd", name, waiting_digest ?? ""));
    }
    expect(await told()).toEqual(["Second.", "More."]);
    expect(await told(runId ?? "")).toEqual(["First."]);
    await write({ mcpServers: {} });
    expect(await told(runId ?? "")).toEqual(["First."]);
    expect(await told()).toEqual([]);
  });

  test("a call whose server ends in the middle has an unknown outcome, and is not made again", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { desk } = await deskOf(store, owner.id, { odd: { ...odd("exit"), policy: "allow" } });
    await desk.look((await desk.server("odd")).definition, person(owner));
    const { result } = await resultOf(store, desk, owner, "mcp__odd__echo", { text: "hi" });
    expect(result).toMatchObject({ ok: false, interrupted: true, error: expect.stringContaining("ended with code 7") });
  });

  test("the file counts from the moment that it is changed; one that cannot be read leaves what counted before", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { desk, home, write, names } = await deskOf(store, owner.id, { a: odd("good"), b: odd("good") });
    for (const name of ["a", "b"]) await desk.look((await desk.server(name)).definition, person(owner));
    expect(await names(owner.id)).toEqual(["mcp__a__echo", "mcp__b__echo"]);
    await write("{");
    expect(await names(owner.id)).toEqual(["mcp__a__echo", "mcp__b__echo"]);
    expect(desk.file.problem).toContain("is not JSON");
    await write({ mcpServers: { b: odd("good"), bad: {} } });
    expect(await names(owner.id)).toEqual(["mcp__b__echo"]);
    expect(desk.file.problem).toBeNull();
    expect(desk.file.read.problems).toMatchObject([{ server: "bad" }]);
    await rm(join(home, "mcp.json"));
    expect(await desk.known()).toEqual([]);
  });

  test("what an earlier process of ours has left running is ended at the next start, and what another runs is not", async () => {
    const store = await engine.store();
    const { owner } = await people(store);
    const { desk, home } = await deskOf(store, owner.id, { odd: odd("good") });
    await mkdir(join(home, "workspace"), { recursive: true });
    await desk.look((await desk.server("odd")).definition, person(owner));
    const [known] = await serverProcesses(store);
    if (known === undefined) throw new Error("it is not on record");
    await desk.sweep();
    expect(startOf(known.pgid)).toBe(known.started);
    await store.db.updateTable("mcp_processes").set({ parent_started: "an earlier one" }).execute();
    await desk.sweep();
    await expect.poll(() => startOf(known.pgid), { timeout: 60_000 }).toBeNull();
    expect(await serverProcesses(store)).toEqual([]);
  });
});
