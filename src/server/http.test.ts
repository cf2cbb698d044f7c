import { expect, test } from "vitest";
import { chatServer } from "../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../test/kit/databases.ts";

const BASE = "http://127.0.0.1:8000";

test("health answers anybody, and says whether the agent loop runs", async () => {
  const { server } = await chatServer(await sqlite.store(), { agentLoop: true });
  const response = await server.fetch(new Request(`${BASE}/health`));
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ status: "ok", version: "0.0.0-test", agentLoop: true });
  expect(response.headers.get("x-content-type-options")).toBe("nosniff");
});

test("a chat takes no model that cannot be used, and says what can", async () => {
  const { as, people } = await chatServer(await sqlite.store());
  const wrong = await as(people.owner, "POST", "/api/chats", { model: "gpt" });
  expect(wrong).toMatchObject({ status: 400, body: { error: { code: "invalid_input" } } });
  const { body } = await as(people.owner, "POST", "/api/chats", { model: "demo" });
  const keyless = await as(people.owner, "PATCH", `/api/chats/${body.id}`, { model: "openai/gpt-5" });
  expect(keyless.body.error.message).toContain("OPENAI_API_KEY");
});

test("a task and a schedule take no model that cannot be used, also when they are changed", async () => {
  const { as, people } = await chatServer(await sqlite.store());
  const { owner } = people;
  const { body: task } = await as(owner, "POST", "/api/tasks", { instruction: "x", model: "demo" });
  const made = { name: "tidy", when: "every(1 hour)", prompt: "Tidy" };
  const { body: schedule } = await as(owner, "POST", "/api/schedules", made);
  expect([task.model, schedule.model]).toEqual(["demo", null]);
  for (const [method, path, body] of [
    ["POST", "/api/tasks", { instruction: "x" }],
    ["PATCH", `/api/tasks/${task.id}`, {}],
    ["POST", "/api/schedules", { ...made, name: "other" }],
    ["PATCH", "/api/schedules/tidy", {}],
  ] as const) {
    const wrong = await as(owner, method, path, { ...body, model: "gpt" });
    expect(wrong).toMatchObject({ status: 400, body: { error: { code: "invalid_input" } } });
    const keyless = await as(owner, method, path, { ...body, model: "openai/gpt-5" });
    expect(keyless.body.error.message).toBe('the chosen model is "openai/gpt-5", but OPENAI_API_KEY is not set');
  }
  expect((await as(owner, "PATCH", `/api/tasks/${task.id}`, { model: null })).body.model).toBeNull();
  expect((await as(owner, "PATCH", "/api/schedules/tidy", { model: "demo" })).body.model).toBe("demo");
  expect((await as(owner, "GET", "/api/schedules")).body.items).toMatchObject([{ name: "tidy", model: "demo" }]);
});

test("F65: a task takes no status from outside, and is cancelled or retried only where its state allows", async () => {
  const { as, people } = await chatServer(await sqlite.store());
  const { owner } = people;
  const { body: task } = await as(owner, "POST", "/api/tasks", { instruction: "x" });
  const path = `/api/tasks/${task.id}`;
  expect((await as(owner, "POST", "/api/tasks", { instruction: "x", status: "completed" })).status).toBe(400);
  expect((await as(owner, "PATCH", path, { status: "completed" })).status).toBe(400);
  expect((await as(owner, "POST", `${path}/retry`)).status).toBe(409);
  expect((await as(owner, "POST", `${path}/cancel`)).status).toBe(200);
  expect((await as(owner, "POST", `${path}/cancel`)).status).toBe(409);
  expect((await as(owner, "PATCH", path, { instruction: "y" })).status).toBe(409);
  expect((await as(owner, "GET", path)).body).toMatchObject({ status: "cancelled", instruction: "x" });
});

eachEngine("the session of a task, over HTTP", (engine) => {
  test("a task is added once per key, listed, counted, cancelled, retried and deleted", async () => {
    const { as, people } = await chatServer(await engine.store());
    const { owner } = people;
    const added = await as(owner, "POST", "/api/tasks", { instruction: "Check knowledge graph stats", key: "k" });
    expect(added.status).toBe(201);
    const again = await as(owner, "POST", "/api/tasks", { instruction: "Check knowledge graph stats", key: "k" });
    expect([again.status, again.body.id]).toEqual([200, added.body.id]);
    const path = `/api/tasks/${added.body.id}`;
    expect((await as(owner, "GET", "/api/tasks?status=pending&limit=5")).body).toMatchObject({
      items: [{ id: added.body.id }],
    });
    expect((await as(owner, "GET", "/api/status")).body).toMatchObject({
      tasks: { pending: 1, total: 1 },
      agentLoop: false,
    });
    expect((await as(owner, "GET", `${path}/runs`)).body.items).toHaveLength(1);
    const log = await as(owner, "GET", `/api/chats/${added.body.chatId}/events`);
    expect(log.body.events.map((event: { type: string }) => event.type)).toContain("status");
    expect((await as(owner, "POST", `${path}/cancel`)).status).toBe(200);
    expect((await as(owner, "GET", path)).body.status).toBe("cancelled");
    expect((await as(owner, "POST", `${path}/cancel`)).body.error.code).toBe("conflict");
    expect((await as(owner, "POST", `${path}/retry`)).body.status).toBe("pending");
    expect((await as(owner, "PATCH", path, { priority: 7 })).body.priority).toBe(7);
    expect((await as(owner, "DELETE", path)).status).toBe(204);
    expect((await as(owner, "GET", path)).status).toBe(404);
  });

  test("F29 a long chat opens at its end and is read both ways, every event once", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    const { body: chat } = await as(people.ann, "POST", "/api/chats", { title: "Long" });
    const actor = { kind: "system", id: "system", name: "Sparky" } as const;
    for (let part = 0; part < 5; part++) {
      const events = Array.from({ length: 60 }, (_, index) => ({
        type: "thought" as const,
        data: { text: `${part}.${index}` },
        runId: null,
        taskId: null,
        step: null,
        actor,
      }));
      await store.append({ chatId: chat.id, events });
    }
    const path = `/api/chats/${chat.id}/events`;
    const newest = await as(people.ann, "GET", `${path}?limit=100`);
    const { last, epoch } = newest.body;
    const all: number[] = newest.body.events.map((event: { seq: number }) => event.seq);
    expect(all.at(-1)).toBe(last);
    while (all[0] !== 1) {
      const { body } = await as(people.ann, "GET", `${path}?before=${all[0]}&limit=90&epoch=${epoch}`);
      all.unshift(...body.events.map((event: { seq: number }) => event.seq));
    }
    const forward: number[] = [];
    while (forward.at(-1) !== last) {
      const { body } = await as(people.ann, "GET", `${path}?after=${forward.at(-1) ?? 0}&limit=70`);
      forward.push(...body.events.map((event: { seq: number }) => event.seq));
    }
    const expected = Array.from({ length: last }, (_, index) => index + 1);
    expect(all).toEqual(expected);
    expect(forward).toEqual(expected);
    expect((await as(people.ann, "GET", `${path}?after=1&epoch=other`)).status).toBe(409);
  });

  test("F16 for another user nothing of a chat or a task exists", async () => {
    const { as, people } = await chatServer(await engine.store());
    const { ann, bob } = people;
    const chat = (await as(ann, "POST", "/api/chats", { title: "Private" })).body;
    const task = (await as(ann, "POST", "/api/tasks", { instruction: "Secret", chatId: chat.id })).body;
    const requests: readonly [string, string, unknown?][] = [
      ["GET", `/api/chats/${chat.id}`],
      ["PATCH", `/api/chats/${chat.id}`, { title: "Mine" }],
      ["DELETE", `/api/chats/${chat.id}`],
      ["GET", `/api/chats/${chat.id}/events`],
      ["POST", `/api/chats/${chat.id}/messages`, { text: "hello" }],
      ["POST", `/api/chats/${chat.id}/fork`, { seq: 0 }],
      ["POST", `/api/chats/${chat.id}/stop`],
      ["POST", `/api/chats/${chat.id}/seen`, { seq: 1 }],
      ["POST", `/api/runs/${task.runId}/stop`],
      ["POST", "/api/tasks", { instruction: "Peek", chatId: chat.id }],
      ["GET", `/api/tasks/${task.id}`],
      ["PATCH", `/api/tasks/${task.id}`, { priority: 1 }],
      ["DELETE", `/api/tasks/${task.id}`],
      ["POST", `/api/tasks/${task.id}/cancel`],
      ["POST", `/api/tasks/${task.id}/retry`],
      ["GET", `/api/tasks/${task.id}/runs`],
      ["POST", "/api/users/ann/login-link"],
    ];
    for (const [method, path, body] of requests) {
      const answer = await as(bob, method, path, body);
      expect([method, path, answer.status, answer.body.error.code]).toEqual([method, path, 404, "not_found"]);
    }
    for (const path of ["/api/chats", "/api/tasks", `/api/chats?prefix=${chat.id.slice(0, 8)}`]) {
      expect((await as(bob, "GET", path)).body.items).toEqual([]);
    }
    expect((await as(ann, "GET", `/api/tasks/${task.id}`)).body.status).toBe("pending");
  });

  test("F13 F14 F15 a message goes into its own chat, and the others' logs stay as they were", async () => {
    const { as, people } = await chatServer(await engine.store());
    const a = (await as(people.ann, "POST", "/api/chats", {})).body.id;
    const b = (await as(people.ann, "POST", "/api/chats", {})).body.id;
    const first = (await as(people.ann, "POST", `/api/chats/${a}/messages`, { text: "to A", key: "k" })).body;
    const before = (await as(people.ann, "GET", `/api/chats/${a}/events`)).body;
    const second = await as(people.ann, "POST", `/api/chats/${b}/messages`, { text: "to B", key: "k" });
    expect(second.status).toBe(202);
    expect(second.body.runId).not.toBe(first.runId);
    expect((await as(people.ann, "GET", `/api/chats/${a}/events`)).body).toEqual(before);
    const log = (await as(people.ann, "GET", `/api/chats/${b}/events?type=message`)).body.events;
    expect(log.map((event: { data: { text: string } }) => event.data.text)).toEqual(["to B"]);
  });

  test("F20 F24 the same message and the same chat, sent twice, are stored once", async () => {
    const { as, people } = await chatServer(await engine.store());
    const [one, two] = [
      await as(people.ann, "POST", "/api/chats", { key: "new" }),
      await as(people.ann, "POST", "/api/chats", { key: "new" }),
    ];
    expect([one.status, two.status, two.body.id]).toEqual([201, 200, one.body.id]);
    const path = `/api/chats/${one.body.id}/messages`;
    const answers = await Promise.all([1, 2, 3].map(() => as(people.ann, "POST", path, { text: "Hello", key: "m1" })));
    expect(new Set(answers.map(({ body }) => `${body.seq} ${body.runId}`)).size).toBe(1);
    const messages = await as(people.ann, "GET", `/api/chats/${one.body.id}/events?type=message`);
    expect(messages.body.events).toHaveLength(1);
  });
});

test.each([
  {
    what: "an empty instruction",
    path: "/api/tasks",
    body: { instruction: "  " },
    status: 400,
    says: "instruction: must not be empty",
  },
  { what: "no instruction", path: "/api/tasks", body: {}, status: 400, says: "instruction: is required" },
  {
    what: "100 KB of instruction",
    path: "/api/tasks",
    body: { instruction: "x".repeat(100_000) },
    status: 400,
    says: "instruction: must be at most 64 KB",
  },
  {
    what: "a wrong type",
    path: "/api/tasks",
    body: { instruction: 5 },
    status: 400,
    says: "instruction: must be a string",
  },
  {
    what: "a status",
    path: "/api/tasks",
    body: { instruction: "a", status: "completed" },
    status: 400,
    says: 'unknown field "status"',
  },
  {
    what: "a wrong nested value",
    path: "/api/tasks",
    body: { instruction: "a", limits: { steps: 0 } },
    status: 400,
    says: "limits.steps: must be at least 1",
  },
  {
    what: "a time that is none",
    path: "/api/tasks",
    body: { instruction: "a", runAt: "soon" },
    status: 400,
    says: "runAt: must be a time such as",
  },
  {
    what: "a time that is over",
    path: "/api/tasks",
    body: { instruction: "a", runAt: "2020-01-01T09:00:00Z" },
    status: 400,
    says: "runAt: 2020-01-01T09:00:00.000Z lies in the past: it is 20",
  },
  { what: "a NUL character", path: "/api/tasks", body: { instruction: "a\0b" }, status: 400, says: "U+0000" },
  {
    what: "a NUL character in the name of a field",
    path: "/api/tasks",
    body: { instruction: "x", metadata: { "a\0b": 1 } },
    status: 400,
    says: "U+0000",
  },
  {
    what: "a list within a list, a hundred times over",
    path: "/api/tasks",
    body: { instruction: "x", metadata: { a: JSON.parse("[".repeat(100) + "]".repeat(100)) } },
    status: 400,
    says: "nested deeper than 100 levels",
  },
  { what: "an array", path: "/api/tasks", body: [], status: 400, says: "must be an object" },
  {
    what: "an unknown chat",
    path: "/api/tasks",
    body: { instruction: "a", chatId: "nope" },
    status: 404,
    says: "nope",
  },
  {
    what: "an unknown dependency",
    path: "/api/tasks",
    body: { instruction: "a", dependsOn: ["nope"] },
    status: 404,
    says: "nope",
  },
  {
    what: "two megabytes",
    path: "/api/tasks",
    body: { instruction: "x".repeat(2_000_000) },
    status: 413,
    says: "the body is larger than 1024 KB",
  },
  { what: "an unknown route", path: "/api/nothing", body: {}, status: 404, says: "there is no POST /api/nothing" },
])("$what gets $status and says so", async ({ path, body, status, says }) => {
  const { as, people } = await chatServer(await sqlite.store());
  const answer = await as(people.ann, "POST", path, body);
  expect([answer.status, answer.body.error.message]).toEqual([status, expect.stringContaining(says)]);
});

test.each([
  { path: "/api/tasks?status=done", says: "status: must be one of pending, in_progress" },
  { path: "/api/tasks?limit=0", says: "limit: must be a whole number from 1 to 500" },
  { path: "/api/tasks?limit=ten", says: "limit: must be a whole number from 1 to 500" },
  { path: "/api/tasks?cursor=nonsense", says: "cursor" },
  { path: "/api/chats?archived=maybe", says: "archived: must be one of true, false" },
  { path: "/api/chats/x/events?after=-1", says: "after: must be a whole number" },
  { path: "/api/chats/x/events?after=1&before=2", says: "give after or before, not both" },
  { path: "/api/chats/x/events?type=messages", says: "type: must be one or more of message," },
])("the query of GET $path is refused", async ({ path, says }) => {
  const { as, people } = await chatServer(await sqlite.store());
  const answer = await as(people.ann, "GET", path);
  expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining(says)]);
});

test.each([
  { what: "broken JSON", body: "{", says: "the body is not valid JSON" },
  { what: "bytes that are no text", body: new Uint8Array([0xff, 0xfe, 0xfd]), says: "could not be read as UTF-8" },
])("$what gets 400", async ({ body, says }) => {
  const { server, people } = await chatServer(await sqlite.store());
  const response = await server.fetch(new Request(`${BASE}/api/tasks`, { method: "POST", body }), {
    viewer: people.ann,
  });
  expect(response.status).toBe(400);
  expect(await response.text()).toContain(says);
});

test("a bug is answered without its details and logged with them, and the server lives on", async () => {
  const { as, people, logged } = await chatServer(await sqlite.store(), {
    cancelTask: () => Promise.reject(new Error("the secret is 42")),
  });
  const answer = await as(people.ann, "POST", "/api/tasks/t1/cancel");
  expect([answer.status, answer.body.error.code]).toEqual([500, "internal"]);
  expect(JSON.stringify(answer.body)).not.toContain("42");
  expect(logged).toContainEqual({ level: "error", message: "a request failed" });
  expect((await as(people.ann, "GET", "/api/me")).status).toBe(200);
});

test("the OpenAPI document names every route, and each of its references leads somewhere", async () => {
  const { server } = await chatServer(await sqlite.store());
  const document = await (await server.fetch(new Request(`${BASE}/openapi.json`))).json();
  expect(Object.keys(document.paths)).toEqual(
    expect.arrayContaining(["/health", "/api/tasks/{id}/cancel", "/api/chats/{id}/events"]),
  );
  const refs = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
  expect(refs.length).toBeGreaterThan(50);
  for (const ref of new Set(refs)) {
    const found = ref
      .slice(2)
      .split("/")
      .reduce((node, key) => node?.[key], document);
    expect(found, ref).toBeTypeOf("object");
  }
});
