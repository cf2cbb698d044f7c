import { readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startAgent } from "../../test/kit/agent.ts";
import { chatServer } from "../../test/kit/chat-server.ts";
import { eachEngine, sqlite, type Engine } from "../../test/kit/databases.ts";
import { call, fail, say, scriptedModel, think } from "../../test/kit/scripted-model.ts";
import { tempHome } from "../../test/kit/temp-home.ts";
import { ended, testTool, until } from "../../test/kit/worker.ts";
import { ModelError } from "../models/model.ts";
import type { Store } from "../store/database/store.ts";
import { knowSecrets } from "../store/secrets/secrets.ts";

const SECRET = 'hunter2/"secret" wörd';
const FORMS = [
  SECRET,
  JSON.stringify(SECRET).slice(1, -1),
  encodeURIComponent(SECRET),
  Buffer.from(SECRET).toString("base64").replace(/.=*$/, ""),
  Buffer.from(`x${SECRET}`).toString("base64").slice(2, -2),
];

/** Everything that the database holds, as text. */
async function everything(store: Store): Promise<string> {
  const tables = await store.db.introspection.getTables();
  expect(tables.length).toBeGreaterThan(20);
  const rows: unknown[] = [];
  for (const { name, isView } of tables) {
    if (isView || /^(search|recall)_words/.test(name)) continue;
    rows.push(
      ...(await store.db
        .selectFrom(name as "meta")
        .selectAll()
        .execute()),
    );
  }
  const text = (value: unknown): unknown => (value instanceof Uint8Array ? Buffer.from(value).toString("utf8") : value);
  // Of a column that holds JSON both what it holds and what that means.
  const columns = rows.flatMap((row) => Object.values(row as object).map((value) => String(text(value))));
  return columns.join("\n");
}

async function scene(engine: Engine) {
  const home = await tempHome();
  const store = await engine.store({ home });
  const { as, people, logged } = await chatServer(store);
  const { owner } = people;
  const shown: string[] = [];
  const set = (name: string, value: string) => as(owner, "POST", "/api/secrets", { name, value });
  const told = (body: unknown): void => void shown.push(JSON.stringify(body));
  return { home, store, as, people, owner, logged, shown, set, told };
}

eachEngine("secrets", (engine) => {
  test("no event, step, delta, answer or row of any table holds a secret, by whatever door it comes in", async () => {
    const { store, as, owner, shown, set, told, logged } = await scene(engine);
    expect((await set("KEY", SECRET)).body).toMatchObject({ name: "KEY", masked: true });
    const given: string[] = [];
    const model = scriptedModel([
      [think("I know hun", 'ter2/"sec', 'ret" wörd, ', "hunter2"), call("use", { text: "${secret:KEY}" })],
      [call("use", { text: SECRET }), call("big", { text: "" })],
      [call("ask_user", { question: `Is it ${SECRET}?` })],
      [say("It is ", SECRET.slice(0, 9), SECRET.slice(9), " or ", ...(FORMS[3] ?? ""), ` and ${SECRET.slice(0, 5)}`)],
      [fail(new ModelError("model_bad_request", `refused: ${encodeURIComponent(SECRET)}`, { retryable: false }))],
    ]);
    const agent = await startAgent(store, {
      model,
      tools: [
        testTool("use", async (text) => {
          given.push(text);
          if (given.length === 2) throw new Error(`no good: ${text}`);
          return { ...FORMS, [text]: text };
        }),
        testTool("big", async () => `${"x".repeat(40_000)}${SECRET}${"y".repeat(40_000)}`),
      ],
    });
    const { body: chat } = await as(owner, "POST", "/api/chats", { title: `about ${SECRET}` });
    store.hub.watch(chat.id, {
      events: (events) => void shown.push(...events.map(({ json }) => json)),
      delta: (delta) => told({ text: delta.text, part: delta.part }),
      gone: () => {},
    });
    const streamed = new Map<string, string>();
    store.hub.watch(chat.id, {
      events: () => {},
      delta: ({ part, offset, text }) => {
        expect(streamed.get(part)?.length ?? 0).toBe(offset);
        streamed.set(part, (streamed.get(part) ?? "") + text);
      },
      gone: () => {},
    });
    const approve = async (): Promise<void> => {
      const { items } = await until("an approval", async () => {
        const { body } = await as(owner, "GET", "/api/approvals");
        return body.items.length > 0 && body;
      });
      told(items);
      expect(items[0].args).toEqual({ text: "${secret:KEY}" });
      await as(owner, "POST", `/api/approvals/${items[0].id}`, { decision: "approve", note: `yes, ${SECRET}` });
    };
    const first = await as(owner, "POST", `/api/chats/${chat.id}/messages`, { text: `use ${SECRET} and ${FORMS[3]}` });
    await approve();
    await approve();
    const question = await until("a question", async () => {
      const { body } = await as(owner, "GET", "/api/questions");
      return body.items[0];
    });
    told(question);
    await as(owner, "POST", `/api/questions/${question.id}`, { answer: SECRET });
    expect(await ended(store, first.body.runId)).toMatchObject({ state: "completed" });
    const second = await as(owner, "POST", `/api/chats/${chat.id}/messages`, { text: "again" });
    expect(await ended(store, second.body.runId)).toMatchObject({ state: "failed" });
    await as(owner, "POST", "/api/tasks", { instruction: `fetch with ${SECRET}` });

    expect(given).toEqual([SECRET, SECRET]);
    const { body: log } = await as(owner, "GET", `/api/chats/${chat.id}/events?limit=200`);
    told(log);
    told(model.requests);
    told(logged);
    told([...streamed.values()]);
    const seen = `${await everything(store)}\n${shown.join("\n")}`;
    for (const form of FORMS) expect(seen.includes(form), form).toBe(false);
    // And the doors were gone through.
    const text = JSON.stringify(log);
    expect(text.match(/\$\{secret:KEY\}/g)?.length).toBeGreaterThan(12);
    const message = log.events.findLast(
      ({ type, data }: { type: string; data: { role?: string } }) => type === "message" && data.role === "assistant",
    );
    expect(message.data.text).toBe("It is ${secret:KEY} or ${secret:KEY} and hunte");
    expect(streamed.get(message.data.part)).toBe(message.data.text);
    expect(agent.errors).toEqual([]);
  }, 60_000);

  test("a secret is set, listed by name and removed; its value is in no answer, and encrypted where it is kept", async () => {
    const { home, store, as, people, owner, set } = await scene(engine);
    await set("A", "the first value");
    await set("A", "the second value");
    await set("B", "short");
    expect((await as(owner, "GET", "/api/secrets")).body.items.map(({ name }: { name: string }) => name)).toEqual([
      "A",
      "B",
    ]);
    expect(store.secrets.text("the first value, the second value, short")).toBe("the first value, ${secret:A}, short");
    expect(await everything(store)).not.toMatch(/second value/);
    expect((await stat(join(home, "secrets.key"))).mode & 0o777).toBe(0o600);
    expect((await as(owner, "DELETE", "/api/secrets/A")).status).toBe(204);
    expect((await as(owner, "DELETE", "/api/secrets/A")).status).toBe(404);
    expect(store.secrets.text("the second value")).toBe("the second value");
    expect((await as(people.ann, "GET", "/api/secrets")).status).toBe(403);
    expect((await as(people.ann, "POST", "/api/secrets", { name: "C", value: "x" })).status).toBe(403);
    expect((await set("no-name", "x")).status).toBe(400);
  });

  test("where the key is missing or another, that is said, and nothing is overwritten", async () => {
    const { home, store, as, owner, set } = await scene(engine);
    await set("A", "the first value");
    const key = await readFile(join(home, "secrets.key"));
    await rm(join(home, "secrets.key"));
    await knowSecrets(store, owner.id);
    expect(() => store.secrets.valueOf("A")).toThrow("secrets.key is missing");
    expect((await set("B", "another")).body.error).toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("missing"),
    });
    const { writeFile } = await import("node:fs/promises");
    await writeFile(join(home, "secrets.key"), Buffer.alloc(32, 7).toString("base64url"), { mode: 0o600 });
    await knowSecrets(store, owner.id);
    expect(() => store.secrets.valueOf("A")).toThrow("is another key");
    await writeFile(join(home, "secrets.key"), key, { mode: 0o600 });
    await knowSecrets(store, owner.id);
    expect(store.secrets.valueOf("A")).toBe("the first value");
    // Lost for good: what it encrypted is removed, then there is a new one.
    await rm(join(home, "secrets.key"));
    await as(owner, "DELETE", "/api/secrets/A");
    expect((await set("B", "a new beginning")).status).toBe(200);
    expect(store.secrets.valueOf("B")).toBe("a new beginning");
  });
});

test("only its owner's runs are given a secret, unasked only where tools.json names it, and a grant for the tool is none for it", async () => {
  const { store, as, people, set } = await scene(sqlite);
  await set("KEY", SECRET);
  await set("OPEN", "an open secret");
  const given: string[] = [];
  const tool = { ...testTool("use", async (text) => (given.push(text), text)), secrets: ["OPEN"] };
  const model = scriptedModel([
    [call("use", { text: "${secret:OPEN}" })],
    [call("use", { text: "${secret:NONE}" })],
    [call("use", { text: "${secret:KEY}" })],
    [say("Done")],
    [call("use", { text: "${secret:OPEN}" })],
    [say("Done")],
  ]);
  await startAgent(store, { model, tools: [tool] });
  const { owner, ann } = people;
  const { body: chat } = await as(owner, "POST", "/api/chats", {});
  const { body } = await as(owner, "POST", `/api/chats/${chat.id}/messages`, { text: "go" });
  // A name that nobody has set is asked about as well, and then told.
  for (const n of [1, 2]) {
    const { items } = await until("an approval", async () => {
      const list = (await as(owner, "GET", "/api/approvals")).body;
      return list.items.length > 0 && list;
    });
    expect([n, given]).toEqual([n, ["an open secret"]]);
    await as(owner, "POST", `/api/approvals/${items[0].id}`, { decision: "approve", scope: "run" });
    await until(
      "the answer's effect",
      async () => (await as(owner, "GET", "/api/approvals")).body.items[0]?.id !== items[0].id,
    );
  }
  await ended(store, body.runId);
  expect(given).toEqual(["an open secret", SECRET]);
  const { body: log } = await as(owner, "GET", `/api/chats/${chat.id}/events?type=tool_result`);
  expect(log.events[1].data.error).toContain("there is no secret called NONE");

  const { body: other } = await as(ann, "POST", "/api/chats", {});
  const { body: sent } = await as(ann, "POST", `/api/chats/${other.id}/messages`, { text: "go" });
  await ended(store, sent.runId);
  expect(given.at(-1)).toBe("${secret:OPEN}");
});
