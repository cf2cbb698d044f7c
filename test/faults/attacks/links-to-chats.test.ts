import { expect, test } from "vitest";
import { SCOPES } from "../../../src/core/scopes.ts";
import { addAccount, changeAccount } from "../../../src/store/people/accounts.ts";
import { createToken } from "../../../src/store/people/tokens.ts";
import type { User } from "../../../src/store/people/user.ts";
import { chatServer } from "../../kit/chat-server.ts";
import { testClock } from "../../kit/clock.ts";
import { eachEngine } from "../../kit/databases.ts";

// A capability in a link: whoever finds one, keeps one, or guesses. Ann shares, Bob and others have what she gave away.

const ENDED = { status: 409, code: "conflict", message: "this link has ended" };

eachEngine("a link to a chat lets in nobody", (engine) => {
  async function scene() {
    const clock = testClock(Date.parse("2026-03-01T09:00:00Z"));
    const store = await engine.store({ clock });
    const app = await chatServer(store);
    const { ann } = app.people;
    const chatOf = async (user: User): Promise<string> =>
      (await app.as(user, "POST", "/api/chats", { title: "Private matters" })).body.id;
    const make = async (maker: User, chat: string, body: object = { write: true }) => {
      const { status, body: made } = await app.as(maker, "POST", `/api/chats/${chat}/links`, body);
      expect(status).toBe(201);
      return { id: made.id as string, token: new URL(made.url).hash.slice(1) };
    };
    const outcome = (status: number, body: { error?: { code: string; message: string } }) =>
      body.error === undefined ? { status } : { status, code: body.error.code, message: body.error.message };
    const take = async (who: User, token: string) => {
      const answer = await app.as(who, "POST", "/api/shared", { token });
      return outcome(answer.status, answer.body);
    };
    /** As a program does it. */
    const takeBy = async (bearer: string, token: string) => {
      const init = {
        method: "POST",
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
        body: JSON.stringify({ token }),
      };
      const response = await app.server.fetch(new Request("http://127.0.0.1:8000/api/shared", init));
      return outcome(response.status, (await response.json()) as { error?: { code: string; message: string } });
    };
    const sharesIn = async (chat: string) =>
      store.db.selectFrom("chat_shares").select(["user_id", "can_write"]).where("chat_id", "=", chat).execute();
    const chat = await chatOf(ann);
    return { ...app, ...app.people, store, clock, chat, chatOf, make, take, takeBy, sharesIn };
  }

  test("by a token for less than everything, nor who is disabled, nor who is not signed in", async () => {
    const { as, bob, store, server, chat, make, takeBy, sharesIn, people } = await scene();
    const { token } = await make(people.ann, chat);
    for (const scope of SCOPES.filter((each) => each !== "admin")) {
      const mine = (await as(bob, "POST", "/api/tokens", { name: scope, scopes: [scope] })).body.token;
      expect(await takeBy(mine, token)).toMatchObject({ status: 403, code: "forbidden" });
    }
    const whole = await createToken(store, bob.id, "all");
    await changeAccount(store, "bob", { disabled: true });
    expect(await takeBy(whole, token)).toMatchObject({ status: 401, code: "unauthenticated" });
    // What lets in here is no sign-in, wherever it is put.
    expect(await takeBy(token, token)).toMatchObject({ status: 401 });
    for (const path of ["/api/me", "/api/shared", `/api/chats/${chat}`, `/api/chats/${chat}/events`]) {
      const response = await server.fetch(new Request(`http://127.0.0.1:8000${path}?token=${token}`));
      expect([path, response.status]).toEqual([path, path === "/api/shared" ? 404 : 401]);
    }
    expect(await sharesIn(chat)).toEqual([]);
  });

  test("who may only look to write, nor its taker to more than it says", async () => {
    const { as, bob, people, store, chat, make, take, sharesIn } = await scene();
    const vera = { ...(await addAccount(store, "vera", "viewer")), role: "viewer" } as const;
    expect(await take(vera, (await make(people.ann, chat)).token)).toEqual({ status: 201 });
    expect(await sharesIn(chat)).toEqual([{ user_id: vera.id, can_write: 0 }]);
    const { token } = await make(people.ann, chat, {});
    const raised = await as(bob, "POST", "/api/shared", { token, write: true });
    expect(raised).toMatchObject({ status: 400 });
    expect(await take(bob, token)).toEqual({ status: 201 });
    for (const who of [bob, vera]) {
      for (const [method, path, body] of [
        ["POST", "links", {}],
        ["GET", "links", undefined],
        ["POST", "messages", { text: "x" }],
      ] as const)
        expect([path, (await as(who, method, `/api/chats/${chat}/${path}`, body)).status]).toEqual([path, 403]);
    }
  });

  test("after it was revoked, were it in the same tick", async () => {
    const { as, bob, people, chat, make, take, sharesIn } = await scene();
    const link = await make(people.ann, chat);
    const path = `/api/chats/${chat}/links/${link.id}?unshare=true`;
    const [revoked, taken] = await Promise.all([as(people.ann, "DELETE", path), take(bob, link.token)]);
    expect(revoked.status).toBe(204);
    expect([201, 409]).toContain(taken.status);
    // Whichever came first: he has it no more.
    expect(await sharesIn(chat)).toEqual([]);
    expect(await take(bob, link.token)).toEqual(ENDED);
  });

  test("from whom its owner has taken the chat since, nor to write whom she lets watch since; a newer one does", async () => {
    const { as, bob, people, clock, chat, make, take, sharesIn } = await scene();
    const { token } = await make(people.ann, chat);
    expect(await take(bob, token)).toEqual({ status: 201 });
    await clock.advance(1000);
    await as(people.ann, "POST", `/api/chats/${chat}/shares`, { user: "bob", write: false });
    expect(await take(bob, token)).toEqual({ status: 200 });
    expect(await sharesIn(chat)).toEqual([{ user_id: "bob", can_write: 0 }]);
    await as(people.ann, "DELETE", `/api/chats/${chat}/shares/bob`);
    expect(await take(bob, token)).toEqual(ENDED);
    expect(await take(people.owner, token)).toEqual({ status: 201 });
    await clock.advance(1000);
    const newer = await make(people.ann, chat);
    expect(await take(bob, newer.token)).toEqual({ status: 201 });
    // Also where it went with another link.
    const other = await make(people.ann, chat);
    await clock.advance(1000);
    await as(people.ann, "DELETE", `/api/chats/${chat}/links/${newer.id}?unshare=true`);
    expect(await take(bob, other.token)).toEqual(ENDED);
    // No words of hers are taken for it.
    await as(people.ann, "PATCH", `/api/chats/${chat}`, { title: '"userId":"bob"' });
    await clock.advance(1000);
    const last = await make(people.ann, chat);
    await as(people.ann, "PATCH", `/api/chats/${chat}`, { title: '"userId":"bob", and more' });
    expect(await take(bob, last.token)).toEqual({ status: 201 });
  });

  test("twice: who takes it up two times at once has one share, and comes once", async () => {
    const { bob, people, store, chat, make, take, sharesIn } = await scene();
    const { token } = await make(people.ann, chat);
    const taken = await Promise.all([take(bob, token), take(bob, token)]);
    expect(taken.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 201]);
    expect(await sharesIn(chat)).toEqual([{ user_id: "bob", can_write: 1 }]);
    const told = await store.db.selectFrom("audit").select("kind").where("kind", "=", "chat.shared").execute();
    expect(told).toHaveLength(1);
  });

  test("whose maker may not share the chat any more, nor when they may again", async () => {
    const { bob, people, store, as, chat, chatOf, make, take, sharesIn } = await scene();
    const { owner, ann } = people;
    for (const lose of [{ disabled: true }, { role: "viewer" }] as const) {
      const { token } = await make(ann, chat);
      await changeAccount(store, "ann", lose);
      expect(await take(bob, token)).toEqual(ENDED);
      await changeAccount(store, "ann", { disabled: false, role: "member" });
      expect(await take(bob, token)).toEqual(ENDED);
    }
    expect(await sharesIn(chat)).toEqual([]);
    // An owner's of a chat of the agent's, who is none any more; and one of somebody's who has more rights than before.
    const cleo = { ...(await addAccount(store, "cleo", "owner")), role: "owner" } as const satisfies User;
    const { chatId } = (await as(owner, "POST", "/api/tasks", { instruction: "look" })).body;
    const [agents, still] = [await make(cleo, chatId), await make(ann, await chatOf(ann), {})];
    await changeAccount(store, "cleo", { role: "admin" });
    expect(await take(bob, agents.token)).toEqual(ENDED);
    await changeAccount(store, "ann", { role: "admin" });
    expect(await take(bob, still.token)).toEqual({ status: 201 });
  });

  test("who guesses: many tries are slowed down for who makes them alone, and no good link helps them on", async () => {
    const { bob, people, clock, chat, make, take } = await scene();
    const { token } = await make(people.ann, chat);
    const NONE = { status: 404, code: "not_found", message: "there is no such link" };
    for (let n = 0; n < 19; n++) expect(await take(bob, "A".repeat(43))).toEqual(NONE);
    expect(await take(bob, token)).toEqual({ status: 201 });
    expect(await take(bob, "A".repeat(43))).toMatchObject({ status: 429, code: "rate_limited" });
    expect((await take(people.owner, token)).status).toBe(201);
    await clock.advance(1000);
    expect(await take(bob, "A".repeat(43))).toEqual(NONE);
    expect(await take(bob, token)).toMatchObject({ status: 429 });
  });

  test("of another home, nor its agent", async () => {
    const [here, there] = [await scene(), await scene()];
    const { token } = await here.make(here.people.ann, here.chat);
    expect(await there.take(there.people.bob, token)).toMatchObject({ status: 404 });
    expect(await here.take(here.people.agent, token)).toMatchObject({ status: 409 });
    expect(await here.sharesIn(here.chat)).toEqual([]);
  });
});
