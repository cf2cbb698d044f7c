import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import type { BulkDone } from "../../wire/bulk.ts";

const LATER = "2999-01-01T00:00:00Z";

eachEngine("the same with many", (engine) => {
  async function scene() {
    const store = await engine.store();
    const { server, as, people } = await chatServer(store);
    const { ann, bob } = people;
    const newChat = async (user: typeof ann): Promise<string> => (await as(user, "POST", "/api/chats", {})).body.id;
    const newTask = async (user: typeof ann): Promise<string> =>
      (await as(user, "POST", "/api/tasks", { instruction: "Wait", runAt: LATER })).body.id;
    const bulk = async (what: "chats" | "tasks", body: object): Promise<readonly string[]> => {
      const answer = await as(ann, "POST", `/api/${what}/bulk`, body);
      expect(answer.status).toBe(200);
      return (answer.body as BulkDone).items.map(({ id, error }) => `${id} ${error?.code ?? "done"}`);
    };
    const ids = async (path: string): Promise<string[]> =>
      (await as(ann, "GET", path)).body.items.map(({ id }: { id: string }) => id).toSorted();
    return { server, as, ann, bob, newChat, newTask, bulk, ids };
  }

  test("chats are archived, tagged, read, deleted and brought back together; what fails with one is told of it alone", async () => {
    const { as, ann, bob, newChat, bulk, ids } = await scene();
    const [one, two, other] = [await newChat(ann), await newChat(ann), await newChat(bob)];
    const all = [one, other, "nope", two];
    const became = [`${one} done`, `${other} not_found`, "nope not_found", `${two} done`];
    expect(await bulk("chats", { do: "archive", ids: all })).toEqual(became);
    expect(await ids("/api/chats?archived=true")).toEqual([one, two].toSorted());
    expect(await bulk("chats", { do: "unarchive", ids: all })).toEqual(became);
    expect(await bulk("chats", { do: "tag", ids: all, add: ["tea"] })).toEqual(became);
    expect(await ids("/api/chats?tag=tea")).toEqual([one, two].toSorted());
    const items = all.map((id) => ({ id, seq: 1 }));
    expect(await bulk("chats", { do: "seen", items })).toEqual(became);
    expect(await bulk("chats", { do: "delete", ids: all })).toEqual(became);
    expect(await ids("/api/chats")).toEqual([]);
    expect(await bulk("chats", { do: "restore", ids: all })).toEqual(became);
    expect(await ids("/api/chats")).toEqual([one, two].toSorted());
    expect((await as(bob, "GET", `/api/chats/${other}`)).body).toMatchObject({ archived: false, seen: 0 });
  });

  test("tasks are cancelled, tried again and deleted together; one that was tried again meanwhile is left alone", async () => {
    const { as, ann, bob, newTask, bulk, ids } = await scene();
    const [one, two, other] = [await newTask(ann), await newTask(ann), await newTask(bob)];
    expect(await bulk("tasks", { do: "cancel", ids: [one, two, other] })).toEqual([
      `${one} done`,
      `${two} done`,
      `${other} not_found`,
    ]);
    expect(await bulk("tasks", { do: "cancel", ids: [one] })).toEqual([`${one} conflict`]);
    const { attempts } = (await as(ann, "GET", `/api/tasks/${one}`)).body;
    const retried = await bulk("tasks", {
      do: "retry",
      items: [{ id: one, attempts }, { id: two, attempts: attempts + 1 }, { id: two }],
    });
    expect(retried).toEqual([`${one} done`, `${two} conflict`, `${two} done`]);
    expect(await bulk("tasks", { do: "delete", ids: [one, two, two, other] })).toEqual([
      `${one} done`,
      `${two} done`,
      `${two} not_found`,
      `${other} not_found`,
    ]);
    expect(await ids("/api/tasks")).toEqual([]);
    expect((await as(bob, "GET", `/api/tasks/${other}`)).body).toMatchObject({ status: "pending" });
  });

  test("a server that stops does no more of it, and says with which it was not done", async () => {
    const { server, as, ann, newChat } = await scene();
    const ids: string[] = [];
    for (let n = 0; n < 20; n += 1) ids.push(await newChat(ann));
    const asked = as(ann, "POST", "/api/chats/bulk", { do: "delete", ids });
    await server.close();
    const { items } = (await asked).body as BulkDone;
    const done = items.filter(({ error }) => error === null);
    const last = { code: "unavailable", message: "the server stopped before it came to this one", hint: "try again" };
    expect(items.map(({ id }) => id)).toEqual(ids);
    expect(items.at(-1)).toEqual({ id: ids.at(-1), error: last });
    const left = (await as(ann, "GET", "/api/chats?limit=100")).body.items;
    expect(left).toHaveLength(ids.length - done.length);
  });
});

test.each([
  { body: { do: "delete", ids: [] }, is: "ids: must be at least 1" },
  { body: { do: "delete", ids: Array.from({ length: 501 }, () => "x") }, is: "ids: must be at most 500" },
  { body: { do: "delete" }, is: "ids: is required" },
  { body: { do: "delete", ids: ["x"], add: ["tea"] }, is: 'unknown field "add"' },
])("too few, too many or something else is refused: $is", async ({ body, is }) => {
  const { as, people } = await chatServer(await sqlite.store());
  const answer = await as(people.ann, "POST", "/api/chats/bulk", body);
  expect([answer.status, answer.body.error.message]).toEqual([400, is]);
});
