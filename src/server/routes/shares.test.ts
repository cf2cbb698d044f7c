import { expect, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import type { User } from "../../wire/api.ts";

eachEngine("sharing a chat", (engine) => {
  /** A chat of Ann's, and what she and others ask of its shares. */
  async function scene() {
    const store = await engine.store();
    const app = await chatServer(store);
    const { ann, bob } = app.people;
    const chat: string = (await app.as(ann, "POST", "/api/chats", { title: "The garden" })).body.id;
    const share = (viewer: User, user: string, write?: boolean) =>
      app.as(viewer, "POST", `/api/chats/${chat}/shares`, { user, ...(write !== undefined && { write }) });
    const unshare = (viewer: User, user: string) => app.as(viewer, "DELETE", `/api/chats/${chat}/shares/${user}`);
    return { ...app, store, ann, bob, chat, share, unshare };
  }

  test("answers 201, and 200 where it is changed, and tells who has it", async () => {
    const { as, ann, bob, chat, share, unshare } = await scene();
    expect(await share(ann, "bob")).toMatchObject({ status: 201, body: { user: "bob", write: false } });
    expect(await share(ann, "bob", true)).toMatchObject({ status: 200, body: { user: "bob", write: true } });
    const told = { items: [{ user: "bob", write: true }], next: null, total: 1, owner: "ann" };
    expect((await as(ann, "GET", `/api/chats/${chat}/shares`)).body).toEqual({ ...told, mayShare: true });
    expect((await as(bob, "GET", `/api/chats/${chat}/shares`)).body).toEqual({ ...told, mayShare: false });
    expect((await as(ann, "GET", "/api/people")).body.items).toEqual([{ name: "bob" }, { name: "owner" }]);
    expect((await unshare(ann, "bob")).status).toBe(204);
    expect(await unshare(ann, "bob")).toMatchObject({ status: 404, body: { error: { code: "not_found" } } });
    expect((await as(bob, "GET", `/api/chats/${chat}/shares`)).status).toBe(404);
  });

  test("by a token needs one for everything", async () => {
    const { server, as, ann, chat } = await scene();
    const status = async (scope: string): Promise<number> => {
      const { token } = (await as(ann, "POST", "/api/tokens", { name: scope, scopes: [scope] })).body;
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const body = JSON.stringify({ user: "bob" });
      const url = `http://127.0.0.1:8000/api/chats/${chat}/shares`;
      return (await server.fetch(new Request(url, { method: "POST", headers, body }))).status;
    };
    expect([await status("write"), await status("admin")]).toEqual([403, 201]);
  });

  test("F16 that ends in the middle of a run ends sockets before anything more goes out; others watch on", async () => {
    const { listen, token, store, ann, bob, chat, share, unshare } = await scene();
    await share(ann, "bob");
    const url = await listen();
    const watching = async (user: User) => {
      const client = await socketClient(url);
      client.send({ type: "hello", v: 1, token: await token(user) });
      await client.first("welcome");
      client.send({ type: "subscribe", sub: "s", chatId: chat, after: 0 });
      await client.first("live");
      return client;
    };
    const [hers, his] = [await watching(ann), await watching(bob)];
    const event = {
      runId: null,
      taskId: null,
      step: null,
      actor: { kind: "system", id: "s", name: "Sparky" },
    } as const;
    const say = (text: string) =>
      store.append({ chatId: chat, events: [{ ...event, type: "thought", data: { text } }] });
    await say("for both");
    await his.first("events", ({ events }) => events.some(({ seq }) => seq === 3));
    await unshare(ann, "bob");
    await say("for her alone");
    expect(await his.first("error")).toMatchObject({ sub: "s", code: "not_found" });
    await hers.first("events", ({ events }) => events.some(({ seq }) => seq === 5));
    expect(hers.seqs(chat)).toEqual([1, 2, 3, 4, 5]);
    expect(his.seqs(chat)).toEqual([1, 2, 3]);
    // His list is told to be fetched again, and the chat is nothing that he could watch.
    await his.first("changed", ({ topic, id }) => topic === "chats" && id === chat);
    his.send({ type: "subscribe", sub: "again", chatId: chat, after: 0 });
    expect(await his.first("error", ({ sub }) => sub === "again")).toMatchObject({ code: "not_found" });
  });

  test("F16 tells those who watch of each other, and nobody who may not, from when until the right is there", async () => {
    const { listen, token, people, ann, bob, chat, share, unshare } = await scene();
    await share(ann, "bob");
    const url = await listen();
    const watching = async (user: User, watchers: boolean) => {
      const client = await socketClient(url);
      client.send({ type: "hello", v: 1, token: await token(user) });
      await client.first("welcome");
      client.send({ type: "subscribe", sub: "s", chatId: chat, after: 0, watchers });
      return client;
    };
    const hers = await watching(ann, true);
    await hers.first("watching", ({ names }) => names.join() === "ann");
    const stranger = await watching(people.owner, true);
    await stranger.first("error");
    const his = await watching(bob, true);
    await his.first("watching", ({ names }) => names.join() === "ann,bob");
    // Who does not ask is not told, nor told of.
    const quiet = await watching(ann, false);
    await quiet.first("live");
    await unshare(ann, "bob");
    await his.first("error");
    await hers.first("events", ({ events }) => events.some(({ seq }) => seq === 3));
    const told = () => hers.frames.flatMap((frame) => (frame.type === "watching" ? [frame.names.join()] : []));
    await expect.poll(told).toEqual(["ann", "ann,bob", "ann"]);
    expect([stranger, quiet].flatMap(({ frames }) => frames).filter(({ type }) => type === "watching")).toEqual([]);
  });

  test("to watch lets nothing be changed, and what may be is lost at once when it is changed to that", async () => {
    const { as, ann, bob, chat, share } = await scene();
    await share(ann, "bob", true);
    const changes = () =>
      Promise.all([
        as(bob, "POST", `/api/chats/${chat}/messages`, { text: "hello" }),
        as(bob, "POST", `/api/chats/${chat}/stop`),
        as(bob, "PATCH", `/api/chats/${chat}`, { title: "His" }),
        as(bob, "POST", "/api/tasks", { instruction: "look", chatId: chat }),
      ]);
    expect((await changes()).map(({ status }) => status)).toEqual([202, 200, 200, 201]);
    await share(ann, "bob", false);
    expect((await changes()).map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect((await as(bob, "DELETE", `/api/chats/${chat}`)).status).toBe(403);
    expect((await as(bob, "GET", `/api/chats/${chat}`)).body).toMatchObject({ canWrite: false, owner: "ann" });
  });
});
