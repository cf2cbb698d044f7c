import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { descendFrom } from "../../store/runs/descent.ts";
import { addTaskIn } from "../../store/tasks/add.ts";
import type { User } from "../../wire/api.ts";

const DAY_MS = 86_400_000;
const START = Date.parse("2026-03-01T09:00:00Z");

eachEngine("a link to a chat", (engine) => {
  /** A chat of Ann's, and what she and others do with links to it. */
  async function scene() {
    const clock = testClock(START);
    const store = await engine.store({ clock });
    const app = await chatServer(store);
    const { ann } = app.people;
    const chat: string = (await app.as(ann, "POST", "/api/chats", { title: "The garden" })).body.id;
    const links = `/api/chats/${chat}/links`;
    const make = async (body: object = {}, by: User = ann) => {
      const answer = await app.as(by, "POST", links, body);
      const { pathname, search, hash } = new URL(answer.body.url ?? "http://none");
      return { ...answer, id: answer.body.id as string, token: hash.slice(1), place: pathname + search };
    };
    const take = (who: User, token: string) => app.as(who, "POST", "/api/shared", { token });
    const shares = async () => (await app.as(ann, "GET", `/api/chats/${chat}/shares`)).body.items;
    const list = async () => (await app.as(ann, "GET", links)).body;
    return { ...app, ...app.people, store, clock, chat, links, make, take, shares, list };
  }

  test("is told once, behind the # of its address, and gives whoever takes it up a share as by hand", async () => {
    const { as, store, ann, bob, chat, make, take, shares, list } = await scene();
    const made = await make();
    const shown = {
      ...{ id: made.id, write: false, by: "ann", people: [] as string[] },
      ...{ createdAt: "2026-03-01T09:00:00.000Z", expiresAt: "2026-03-08T09:00:00.000Z" },
    };
    expect(made).toMatchObject({ status: 201, place: "/shared", token: expect.stringMatching(/^[\w-]{43}$/) });
    expect(made.body).toEqual({ ...shown, url: `http://127.0.0.1:8000/shared#${made.token}` });
    expect(await list()).toEqual({ items: [shown], next: null, total: 1 });
    expect((await as(bob, "GET", `/api/chats/${chat}`)).status).toBe(404);

    expect(await take(bob, made.token)).toEqual({ status: 201, body: { chatId: chat, write: false } });
    expect(await take(bob, made.token)).toEqual({ status: 200, body: { chatId: chat, write: false } });
    expect(await shares()).toEqual([{ user: "bob", write: false }]);
    expect((await list()).items).toEqual([{ ...shown, people: ["bob"] }]);
    expect((await as(bob, "GET", `/api/chats/${chat}`)).body).toMatchObject({ canWrite: false, owner: "ann" });
    const { events } = (await as(ann, "GET", `/api/chats/${chat}/events`)).body;
    expect(events.at(-1)).toMatchObject({
      actor: { name: "bob" },
      data: { change: "shared", userId: "bob", name: "bob", write: false, link: true },
    });
    const called = `link ${made.id.slice(0, 8)}`;
    const told = await store.db.selectFrom("audit").select(["kind", "by_name", "thing", "detail"]).execute();
    expect(told.filter(({ kind }) => kind.startsWith("chat."))).toEqual([
      {
        ...{ kind: "chat.link_made", by_name: "ann", thing: "The garden" },
        detail: `${called}, to watch, until 2026-03-08T09:00:00.000Z`,
      },
      { kind: "chat.shared", by_name: "bob", thing: "The garden", detail: `bob, to watch, by ann’s ${called}` },
    ]);
    // Nothing that is kept has it.
    const kept = await store.db.selectFrom("chat_links").selectAll().execute();
    expect(JSON.stringify([kept, told, events])).not.toContain(made.token);
  });

  test("gives more where it gives more, and never less than one has", async () => {
    const { as, ann, bob, owner, chat, make, take, shares, list } = await scene();
    const [toWatch, toWrite] = [await make(), await make({ write: true })];
    expect((await take(bob, toWatch.token)).status).toBe(201);
    expect(await take(bob, toWrite.token)).toEqual({ status: 200, body: { chatId: chat, write: true } });
    expect(await take(bob, toWatch.token)).toEqual({ status: 200, body: { chatId: chat, write: true } });
    expect(await shares()).toEqual([{ user: "bob", write: true }]);
    const by = (await list()).items.filter(({ people }: { people: string[] }) => people.includes("bob"));
    expect(by).toMatchObject([{ id: toWrite.id }]);
    // It is hers; she gets no share of it.
    expect(await take(ann, toWatch.token)).toEqual({ status: 200, body: { chatId: chat, write: true } });
    await as(ann, "POST", `/api/chats/${chat}/shares`, { user: "owner", write: true });
    expect(await take(owner, toWatch.token)).toEqual({ status: 200, body: { chatId: chat, write: true } });
    expect(await shares()).toHaveLength(2);
  });

  test("that is revoked leaves the chat to who came by it, or takes it from them, as is asked", async () => {
    const { as, ann, bob, owner, chat, links, make, take, shares, list } = await scene();
    const [first, second] = [await make(), await make()];
    await take(bob, first.token);
    await take(owner, second.token);
    await as(ann, "POST", `/api/chats/${chat}/seen`, { seq: 3 });
    expect((await as(ann, "DELETE", `${links}/${first.id}`)).status).toBe(204);
    expect((await as(ann, "DELETE", `${links}/${first.id}`)).status).toBe(404);
    expect(await take(bob, first.token)).toMatchObject({
      status: 409,
      body: { error: { message: "this link has ended" } },
    });
    expect(await shares()).toEqual([
      { user: "bob", write: false },
      { user: "owner", write: false },
    ]);
    expect((await as(ann, "DELETE", `${links}/${second.id}?unshare=true`)).status).toBe(204);
    expect(await shares()).toEqual([{ user: "bob", write: false }]);
    expect((await as(owner, "GET", `/api/chats/${chat}`)).status).toBe(404);
    expect(await list()).toMatchObject({ items: [] });
    // It is no news to who did it.
    expect((await as(ann, "GET", `/api/chats/${chat}`)).body).toMatchObject({ seen: 4, head: 4 });
  });

  test("takes what was delegated from the chat, however deep, along with it, and writing there with writing here", async () => {
    const { as, store, ann, bob, chat, links, make, take } = await scene();
    const made = await make({ write: true });
    await take(bob, made.token);
    const delegate = async (from: string): Promise<string> => {
      const { runId = "" } = (await as(ann, "POST", `/api/chats/${from}/messages`, { text: "Go on" })).body;
      return store.transact(async (tx) => {
        const { descent } = await descendFrom(tx, runId, "call");
        const delegated = { callId: "call", parentChat: from, tools: undefined, model: undefined };
        const { chatId } = await addTaskIn(
          tx,
          bob,
          { instruction: "a part" },
          { from: { descent, owner: ann }, delegated },
        );
        return chatId;
      });
    };
    const part = await delegate(chat);
    const all = [chat, part, await delegate(part)];
    const rights = () =>
      Promise.all(
        all.map(async (id) => (await as(bob, "GET", `/api/chats/${id}`)).body.canWrite as boolean | undefined),
      );
    expect(await rights()).toEqual([true, true, true]);
    expect((await as(ann, "DELETE", `${links}/${made.id}?unshare=true`)).status).toBe(204);
    expect(await rights()).toEqual([undefined, undefined, undefined]);

    for (const id of all) await as(ann, "POST", `/api/chats/${id}/shares`, { user: "bob", write: true });
    expect(await rights()).toEqual([true, true, true]);
    await as(ann, "POST", `/api/chats/${chat}/shares`, { user: "bob" });
    expect(await rights()).toEqual([false, false, false]);
    expect((await as(ann, "DELETE", `/api/chats/${chat}/shares/bob`)).status).toBe(204);
    expect(await rights()).toEqual([undefined, undefined, undefined]);
    // What each chat says of it is said once.
    const { events } = (await as(ann, "GET", `/api/chats/${part}/events`)).body;
    expect(events.filter(({ data }: { data: { change?: string } }) => data.change === "unshared")).toHaveLength(2);

    // Also in what is deleted by then: it may be restored.
    for (const id of all) await as(ann, "POST", `/api/chats/${id}/shares`, { user: "bob", write: true });
    const whileDeleted = async (act: () => Promise<{ readonly status: number }>) => {
      await as(ann, "DELETE", `/api/chats/${part}`);
      const { status } = await act();
      await as(ann, "POST", `/api/chats/${part}/restore`);
      return [status, await rights()];
    };
    const watch = () => as(ann, "POST", `/api/chats/${chat}/shares`, { user: "bob" });
    expect(await whileDeleted(watch)).toEqual([200, [false, false, false]]);
    const none = [undefined, undefined, undefined];
    expect(await whileDeleted(() => as(ann, "DELETE", `/api/chats/${chat}/shares/bob`))).toEqual([204, none]);
  });

  test("takes nothing from whom she has shared it with by hand since", async () => {
    const { as, ann, bob, chat, links, make, take, shares } = await scene();
    const made = await make();
    await take(bob, made.token);
    await as(ann, "POST", `/api/chats/${chat}/shares`, { user: "bob" });
    await as(ann, "DELETE", `${links}/${made.id}?unshare=true`);
    expect(await shares()).toEqual([{ user: "bob", write: false }]);
  });

  test("brings nobody back from whom she has taken the chat since, also by a clock that was set back", async () => {
    const { as, ann, bob, clock, chat, make, take, shares } = await scene();
    const made = await make({ write: true });
    await take(bob, made.token);
    clock.step(-3_600_000);
    await as(ann, "POST", `/api/chats/${chat}/shares`, { user: "bob" });
    expect(await take(bob, made.token)).toEqual({ status: 200, body: { chatId: chat, write: false } });
    await as(ann, "DELETE", `/api/chats/${chat}/shares/bob`);
    expect((await take(bob, made.token)).status).toBe(409);
    expect(await shares()).toEqual([]);
  });

  test("ends when it was said, and says so to whoever has it, and the same for a chat that is deleted", async () => {
    const { as, ann, bob, clock, chat, make, take } = await scene();
    const ends = (after: number) => ({ expiresAt: new Date(clock.now() + after).toISOString() });
    const [short, usual] = [await make(ends(DAY_MS)), await make()];
    const none = { status: 404, body: { error: { message: "there is no such link" } } };
    expect(await take(bob, "no-such-link")).toMatchObject(none);
    await clock.advance(DAY_MS);
    const ended = { status: 409, body: { error: { code: "conflict", message: "this link has ended" } } };
    expect(await take(bob, short.token)).toMatchObject(ended);
    await as(ann, "DELETE", `/api/chats/${chat}`);
    expect(await take(bob, usual.token)).toMatchObject(ended);
    await as(ann, "POST", `/api/chats/${chat}/restore`);
    expect((await take(bob, usual.token)).status).toBe(201);
    for (const wrong of [ends(0), ends(367 * DAY_MS), { expiresAt: "soon" }, { write: "yes" }, { token: "mine" }])
      expect([wrong, (await make(wrong)).status]).toEqual([wrong, 400]);
  });

  test("is one of twenty at most, and goes with its chat", async () => {
    const { store, ann, make, as, links, list } = await scene();
    const made = await make();
    for (let n = 1; n < 20; n++) await make();
    expect(await make()).toMatchObject({ status: 409, body: { error: { hint: "revoke one" } } });
    await as(ann, "DELETE", `${links}/${made.id}`);
    expect((await make()).status).toBe(201);
    expect((await list()).total).toBe(20);
    await store.db.deleteFrom("chats").execute();
    expect(await store.db.selectFrom("chat_links").selectAll().execute()).toEqual([]);
  });
});
