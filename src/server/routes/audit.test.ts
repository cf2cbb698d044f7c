import { sql } from "kysely";
import { expect, test } from "vitest";
import { startAgent } from "../../../test/kit/agent.ts";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { call, say, scriptedModel } from "../../../test/kit/scripted-model.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { echoTool, ended } from "../../../test/kit/worker.ts";
import type { AuditEntry } from "../../wire/audit.ts";
import type { Store } from "../../store/database/store.ts";
import { addTask } from "../../store/tasks/add.ts";
import { verifyStore } from "../../store/verify/verify.ts";

async function found(store: Store): Promise<readonly string[]> {
  const findings: string[] = [];
  for await (const { kind, what, expected, found: is } of verifyStore(store))
    findings.push(`${kind}: ${what}: ${expected}, ${is}`);
  return findings;
}

eachEngine("the audit", (engine) => {
  test("tells who did what by which credential, without gaps, and of others only to the owner", async () => {
    const store = await engine.store({ home: await tempHome() });
    const { as, people, server, token } = await chatServer(store);
    const { owner, ann } = people;
    const own = { name: "daily", when: "every(1 day)", prompt: "Time?" };
    expect((await as(ann, "POST", "/api/schedules", own)).status).toBe(201);
    expect((await as(ann, "PATCH", "/api/schedules/daily", { description: "new" })).status).toBe(200);
    expect((await as(ann, "DELETE", "/api/schedules/daily")).status).toBe(204);
    const chat = (await as(ann, "POST", "/api/chats", { title: "Plans" })).body;
    expect((await as(ann, "DELETE", `/api/chats/${chat.id}`)).status).toBe(204);
    expect((await as(ann, "POST", "/api/chats/bulk", { do: "restore", ids: [chat.id] })).status).toBe(200);
    expect((await as(owner, "POST", "/api/secrets", { name: "KEY", value: "hunter2 is long" })).status).toBe(200);
    const byToken = await server.fetch(
      new Request("http://127.0.0.1:8000/api/secrets/KEY", {
        method: "DELETE",
        headers: { authorization: `Bearer ${await token(owner)}` },
      }),
    );
    expect(byToken.status).toBe(204);
    // What does not come about is not told of.
    expect((await as(owner, "DELETE", "/api/secrets/KEY")).status).toBe(404);
    expect((await as(ann, "DELETE", "/api/schedules/daily")).status).toBe(404);

    const { items } = (await as(owner, "GET", "/api/audit")).body;
    expect(items.map(({ number, kind, by, via, thing }: AuditEntry) => [number, kind, by, via, thing])).toEqual([
      [7, "secret.removed", "owner", "token:test", "KEY"],
      [6, "secret.set", "owner", "token file", "KEY"],
      [5, "chat.restored", "ann", "token file", "Plans"],
      [4, "chat.deleted", "ann", "token file", "Plans"],
      [3, "schedule.deleted", "ann", "token file", "daily"],
      [2, "schedule.changed", "ann", "token file", "daily"],
      [1, "schedule.added", "ann", "token file", "daily"],
    ]);
    expect(JSON.stringify(items)).not.toContain("hunter2");
    const anns = (await as(ann, "GET", "/api/audit?total=true")).body;
    expect(anns.total).toBe(5);
    expect(anns.items.every(({ by }: AuditEntry) => by === "ann")).toBe(true);
    const kinds = (await as(owner, "GET", "/api/audit?kind=chat.deleted&user=ann&since=2000-01-01T00:00:00Z")).body;
    expect(kinds.items).toMatchObject([{ number: 4, chatId: chat.id }]);
    const second = (await as(owner, "GET", "/api/audit?limit=2")).body;
    const rest = (await as(owner, "GET", `/api/audit?limit=2&cursor=${second.next}`)).body;
    expect(rest.items.map(({ number }: AuditEntry) => number)).toEqual([5, 4]);
    expect((await as(owner, "GET", "/api/audit?kind=nonsense")).status).toBe(400);
    expect(await found(store)).toEqual([]);
  });

  test("has one number for each of what is done at the same time", async () => {
    const store = await engine.store({ home: await tempHome() });
    const { as, people } = await chatServer(store);
    const names = Array.from({ length: 12 }, (_, i) => `KEY_${i}`);
    const answers = await Promise.all(
      names.map((name) => as(people.owner, "POST", "/api/secrets", { name, value: `value of ${name}` })),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const { items } = (await as(people.owner, "GET", "/api/audit?kind=secret.set")).body;
    expect(items.map(({ thing }: AuditEntry) => thing).toSorted()).toEqual(names.toSorted());
    const numbers = items.map(({ number }: AuditEntry) => number);
    expect(numbers).toEqual(numbers.map((_: number, i: number) => numbers[0] - i));
    expect(await found(store)).toEqual([]);
  });

  test("tells what a run calls elsewhere, before the call", async () => {
    const store = await engine.store();
    const { as, people } = await chatServer(store);
    await startAgent(store, {
      model: scriptedModel([[call("echo", { text: "to the world" })], [say("done")]]),
      tools: [echoTool],
    });
    const { task } = await addTask(store, people.ann, { instruction: "go" });
    await ended(store, task.runId);
    const { items } = (await as(people.owner, "GET", "/api/audit?kind=tool.called")).body;
    expect(items).toMatchObject([
      { via: "run", runId: task.runId, chatId: task.chatId, thing: "echo", detail: "to the world" },
    ]);
    expect(await found(store)).toEqual([]);
  });

  test.each([
    ["a row in the middle is gone", "DELETE FROM audit WHERE number = 2", /numbers: row 2, row 3/],
    ["the last row is gone", "DELETE FROM audit WHERE number = (SELECT max(number) FROM audit)", /the audit's end/],
    ["all rows are gone", "DELETE FROM audit", /the audit's end/],
    [
      "a row says something else",
      "UPDATE audit SET by_name = 'bob' WHERE number = 2",
      /row 2 of the audit: .* changed/,
    ],
    [
      "a row was added",
      "INSERT INTO audit SELECT number + 1, at, kind, user_id, by_name, via, run_id, chat_id, thing, detail, hash FROM audit WHERE number = (SELECT max(number) FROM audit)",
      /changed since/,
    ],
    ["the end was set back", "UPDATE audit_end SET number = number - 1", /the audit's end/],
  ])("is verified: %s", async (_, damage, says) => {
    const store = await engine.store({ home: await tempHome() });
    const { as, people } = await chatServer(store);
    for (const name of ["A", "B", "C"])
      await as(people.owner, "POST", "/api/secrets", { name, value: `a value of ${name}` });
    await sql.raw(damage).execute(store.db);
    expect((await found(store)).join("\n")).toMatch(says);
  });
});
