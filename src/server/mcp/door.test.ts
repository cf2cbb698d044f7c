import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, onTestFinished, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { addGraph, person } from "../../../test/kit/graph.ts";
import { gate, pause, say, scriptedModel, type Step } from "../../../test/kit/scripted-model.ts";
import { until } from "../../../test/kit/worker.ts";
import type { Store } from "../../store/database/store.ts";
import { createToken } from "../../store/people/tokens.ts";
import { addTask } from "../../store/tasks/add.ts";

const REVISIONS = [
  { revision: "2026-07-28", mode: "auto" },
  { revision: "2025-11-25", mode: "legacy" },
] as const;

async function scene(store: Store) {
  const chat = await chatServer(store);
  const { people } = chat;
  const url = await chat.listen();
  const connect = async (token: string, mode: "auto" | "legacy" = "auto") => {
    const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
    const requestInit = { headers: { authorization: `Bearer ${token}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), { requestInit }));
    onTestFinished(() => client.close());
    const call = async (
      name: string,
      args: { readonly [name: string]: unknown } = {},
      onprogress?: (at: object) => void,
    ) => {
      const answer = await client.callTool({ name, arguments: args }, onprogress === undefined ? {} : { onprogress });
      const [first] = answer.content;
      if (answer.isError === true) throw new Error(first?.type === "text" ? first.text : "no words");
      // oxlint-disable-next-line typescript/no-explicit-any
      return answer.structuredContent as any;
    };
    return { client, call };
  };
  const token = (user: { readonly id: string }) => createToken(store, user.id, "mcp");
  return { ...chat, people, url, connect, token };
}

eachEngine("Sparky as a tool server", (engine) => {
  test.each(REVISIONS)("in $revision a task is added, waited for, read and followed", async ({ revision, mode }) => {
    const store = await engine.store();
    const { people, connect, token } = await scene(store);
    await startAgent(store, { model: scriptedModel([[say(`Fine. ${"x".repeat(30_000)}`)]]) });
    const { client, call } = await connect(await token(people.owner), mode);
    expect(client.getNegotiatedProtocolVersion()).toBe(revision);
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toContain("task_add");
    const { id } = await call("task_add", { instruction: "Say that it is fine" });
    const done = await call("task_wait", { id, seconds: 60 });
    expect(done).toMatchObject({ id, status: "completed", next: 20_000 });
    expect((await call("task_get", { id, offset: done.next })).result).toHaveLength(10_006);
    const { items, next } = await call("task_log", { id });
    expect(items.map(({ what }: { what: string }) => what)).toEqual([
      "status",
      "message",
      "status",
      "message",
      "status",
    ]);
    expect(next).toBe(null);
    expect((await call("task_list", { status: "completed" })).items).toMatchObject([{ id }]);
  });

  test("a task is stopped, and who waits for one is told how far it is", async () => {
    const store = await engine.store();
    const { people, connect, token } = await scene(store);
    const held = gate();
    const agent = await startAgent(store, { model: scriptedModel([[pause(held)]] as readonly Step[]) });
    onTestFinished(() => held.open());
    const { call } = await connect(await token(people.owner));
    const { id } = await call("task_add", { instruction: "Wait" });
    const told: object[] = [];
    const waiting = call("task_wait", { id, seconds: 60 }, (at) => told.push(at));
    await until("a word of how far it is", () => told.length > 0);
    expect((await call("task_stop", { id })).id).toBe(id);
    expect(await waiting).toMatchObject({ status: "cancelled" });
    await agent.stop();
  });
});

test("the memory and the skills are read, each by who may", async () => {
  const store = await sqlite.store();
  const { people, connect, token } = await scene(store);
  await addGraph(store, people.ann.id, [person("Quokka")]);
  const ann = await connect(await token(people.ann));
  const bob = await connect(await token(people.bob));
  const found = await ann.call("memory_search", { query: "quokka" });
  expect(found.items).toMatchObject([{ name: "Quokka" }]);
  expect(await ann.call("memory_read", { id: found.items[0].id })).toMatchObject({ name: "Quokka" });
  expect((await bob.call("memory_search", { query: "quokka" })).items).toEqual([]);
  await expect(bob.call("memory_read", { id: found.items[0].id })).rejects.toThrow("was not found");
  const { task } = await addTask(store, people.ann, { instruction: "Ann's own" });
  await expect(bob.call("task_get", { id: task.id })).rejects.toThrow("was not found");
  await expect(bob.call("task_stop", { id: task.id })).rejects.toThrow("was not found");
  expect((await bob.call("task_list")).items).toEqual([]);
  const { items } = await bob.call("skill_list");
  expect(items.map(({ name }: { name: string }) => name)).toContain("tending-the-memory");
  const skill = await bob.call("skill_read", { name: "writing-a-schedule" });
  expect(skill).toMatchObject({ text: expect.stringContaining("# Writing a schedule"), next: null });
  const file = await bob.call("skill_read", { name: "writing-a-schedule", path: "references/rules.md" });
  expect(file.text).toContain("# Rules of schedules");
  await expect(bob.call("skill_read", { name: "../secrets" })).rejects.toThrow("uses no skill");
});

test.each(REVISIONS)("in $revision a token that is revoked ends what is open by it", async ({ mode }) => {
  const store = await sqlite.store();
  const { people, connect, token, url } = await scene(store);
  const key = await token(people.owner);
  const { call } = await connect(key, mode);
  const { id } = await call("task_add", { instruction: "Nobody works on it" });
  const { headers, body } = waitingCall(mode, id, key);
  const response = await fetch(`${url}/mcp`, { method: "POST", headers, body });
  const reader = response.body?.getReader();
  // How far it is.
  expect(new TextDecoder().decode((await reader?.read())?.value)).toContain("notifications/progress");
  await store.db.deleteFrom("tokens").where("name", "=", "mcp").execute();
  store.hub.rights();
  // It ends, by the stream's end or by the connection's, and without an answer.
  expect(await rest(reader)).not.toContain('"result"');
  const again = await fetch(`${url}/mcp`, { method: "POST", headers, body });
  expect(again.status).toBe(401);
  await expect(call("task_get", { id })).rejects.toThrow();
});

/** A call that waits for a task, as a client of that revision sends it. */
function waitingCall(mode: "auto" | "legacy", id: string, key: string) {
  const modern = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
    "io.modelcontextprotocol/clientInfo": { name: "test", version: "1" },
  };
  const _meta = { progressToken: 1, ...(mode === "auto" && modern) };
  const params = { name: "task_wait", arguments: { id, seconds: 300 }, _meta };
  return {
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": mode === "auto" ? "2026-07-28" : "2025-11-25",
      ...(mode === "auto" && { "mcp-method": "tools/call", "mcp-name": "task_wait" }),
    },
  };
}

async function rest(reader: ReadableStreamDefaultReader<Uint8Array> | undefined): Promise<string> {
  let text = "";
  try {
    for (let part = await reader?.read(); part?.done === false; part = await reader?.read())
      text += new TextDecoder().decode(part.value);
  } catch {
    text += "(cut)";
  }
  return text;
}

test.each([
  { what: "no token", headers: {}, status: 401 },
  { what: "a wrong token", headers: { authorization: "Bearer sparky_wrong" }, status: 401 },
  { what: "a page of another site", headers: { origin: "https://evil.example" }, status: 403 },
  { what: "another name of this host", headers: { host: "evil.example" }, status: 403 },
])("a request with $what is refused", async ({ headers, status }) => {
  const { server } = await scene(await sqlite.store());
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
  const response = await server.fetch(new Request("http://127.0.0.1:8000/mcp", { method: "POST", headers, body }));
  expect(response.status).toBe(status);
  expect(response.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
});

test.each([
  { what: "no JSON", body: "{", status: 400 },
  { what: "lists within lists", body: `${"[".repeat(100_000)}${"]".repeat(100_000)}`, status: 400 },
  { what: "too much", body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "x".repeat(1_200_000) }), status: 413 },
])("what is $what costs an answer, and the door stays open", async ({ body, status }) => {
  const { people, connect, token, url } = await scene(await sqlite.store());
  const key = await token(people.owner);
  const headers = {
    authorization: `Bearer ${key}`,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  };
  const response = await fetch(`${url}/mcp`, { method: "POST", headers, body });
  expect(response.status).toBe(status);
  await response.text();
  const { call } = await connect(key);
  await expect(call("task_add", { instruction: 7 })).rejects.toThrow();
  expect(await call("task_list")).toEqual({ items: [], next: null });
});
