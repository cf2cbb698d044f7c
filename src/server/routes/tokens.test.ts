import { expect, test } from "vitest";
import { chatServer, type ChatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { until } from "../../../test/kit/worker.ts";
import type { Scope } from "../../core/scopes.ts";
import type { User } from "../../wire/api.ts";
import type { AuditEntry } from "../../wire/audit.ts";
import { setToken } from "../../store/people/tokens.ts";
import { TOKEN_FILE } from "../../store/audit/via.ts";

type Made = { readonly id: string; readonly token: string };

async function asToken({ server }: ChatServer, token: string, method: string, path: string, body?: object) {
  const response = await server.fetch(
    new Request(`http://127.0.0.1:8000${path}`, {
      method,
      body: body === undefined ? null : JSON.stringify(body),
      headers: { authorization: `Bearer ${token}` },
    }),
  );
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

eachEngine("API tokens", (engine) => {
  test("are made with scopes, told once, listed without their words, and revoked", async () => {
    const store = await engine.store({ home: await tempHome() });
    const chat = await chatServer(store);
    const { as, people } = chat;
    const { body: made } = await as(people.ann, "POST", "/api/tokens", { name: "backup", scopes: ["read"] });
    expect(made).toMatchObject({ name: "backup", scopes: ["read"], expiresAt: null, isFile: false });
    expect(made.token).toMatch(/^sparky_[\w-]{40,}$/);
    expect((await asToken(chat, made.token, "GET", "/api/me")).body).toMatchObject({ name: "ann" });
    const { body: list } = await as(people.ann, "GET", "/api/tokens");
    expect(list.items).toMatchObject([{ id: made.id, name: "backup" }]);
    expect(JSON.stringify(list)).not.toContain(made.token.slice(7));
    await until("its use is told", async () => {
      const { items } = (await as(people.ann, "GET", "/api/tokens")).body;
      return items[0].lastUsedAt !== null;
    });
    // Another's is not there.
    expect((await as(people.bob, "GET", "/api/tokens")).body.items).toEqual([]);
    expect((await as(people.bob, "DELETE", `/api/tokens/${made.id}`)).status).toBe(404);
    expect((await as(people.ann, "DELETE", "/api/tokens/backup")).status).toBe(204);
    expect((await asToken(chat, made.token, "GET", "/api/me")).status).toBe(401);
    const { items } = (await as(people.owner, "GET", "/api/audit?user=ann")).body;
    expect(items.map(({ kind, thing, detail }: AuditEntry) => [kind, thing, detail])).toEqual([
      ["token.revoked", "backup", undefined],
      ["token.made", "backup", "read"],
    ]);
  });

  test.each([
    { what: "no name", body: { scopes: ["read"] }, status: 400, says: /name/ },
    { what: "an unknown scope", body: { name: "x", scopes: ["root"] }, status: 400, says: /read, tasks, write, admin/ },
    { what: "no scope", body: { name: "x", scopes: [] }, status: 400, says: /scopes/ },
    { what: "a field of its own", body: { name: "x", scopes: ["read"], user: "owner" }, status: 400, says: /user/ },
    {
      what: "an end that is over",
      body: { name: "x", scopes: ["read"], expiresAt: "2001-01-01T00:00:00Z" },
      status: 400,
      says: /past/,
    },
    {
      what: "the name of the home's own",
      body: { name: "token file of /x", scopes: ["read"] },
      status: 400,
      says: /home/,
    },
    {
      what: "a name that looks like another",
      body: { name: "tak\u200ben", scopes: ["read"] },
      status: 400,
      says: /seen/,
    },
    { what: "a name that turns a line", body: { name: "x\u202eetirw", scopes: ["read"] }, status: 400, says: /seen/ },
    { what: "a name of two lines", body: { name: "x\ny", scopes: ["read"] }, status: 400, says: /seen/ },
    { what: "a name that is there", body: { name: "taken", scopes: ["read"] }, status: 409, says: /already/ },
  ])("are not made of $what", async ({ body, status, says }) => {
    const { as, people } = await chatServer(await engine.store());
    await as(people.ann, "POST", "/api/tokens", { name: "taken", scopes: ["read"] });
    const answer = await as(people.ann, "POST", "/api/tokens", body);
    expect(answer.status).toBe(status);
    expect(`${answer.body.error.message} ${answer.body.error.hint}`).toMatch(says);
    expect((await as(people.ann, "GET", "/api/tokens")).body.items).toHaveLength(1);
  });

  test("do not become a session where only one may answer the agent: not by a link, a password or an invitation", async () => {
    for (const approveBy of ["any", "session"] as const) {
      const chat = await chatServer(await engine.store({ home: await tempHome() }), { approveBy });
      const { as, people } = chat;
      const make = async (user: User): Promise<string> =>
        (await as(user, "POST", "/api/tokens", { name: "all", scopes: ["admin"] })).body.token;
      const [anns, owners] = [await make(people.ann), await make(people.owner)];
      const password = { password: "three small words" };
      const statuses = [
        await asToken(chat, anns, "POST", "/api/users/ann/login-link"),
        await asToken(chat, anns, "POST", "/api/users/ann/password", password),
        await asToken(chat, owners, "POST", "/api/users/bob/password", password),
        await asToken(chat, owners, "POST", "/api/users/dora/invite", {}),
        // That of the home's file may: it has no scopes.
        await asToken(chat, await chat.token(people.ann), "POST", "/api/users/ann/login-link"),
      ].map(({ status }) => status);
      expect(statuses).toEqual(approveBy === "any" ? [201, 200, 200, 201, 201] : [403, 403, 403, 403, 201]);
    }
  });

  test("are revoked also by who may only look now", async () => {
    const chat = await chatServer(await engine.store({ home: await tempHome() }));
    const { as, people } = chat;
    const { body: made } = await as(people.ann, "POST", "/api/tokens", { name: "lost", scopes: ["read"] });
    const { body: viewer } = await as(people.owner, "PATCH", "/api/users/ann", { role: "viewer" });
    expect((await asToken(chat, made.token, "GET", "/api/me")).body).toMatchObject({ role: "viewer" });
    expect((await as(viewer, "POST", "/api/tokens", { name: "more", scopes: ["read"] })).status).toBe(403);
    expect((await as(viewer, "DELETE", "/api/tokens/lost")).status).toBe(204);
    expect((await asToken(chat, made.token, "GET", "/api/me")).status).toBe(401);
  });

  test("may do what their scopes say, by HTTP and by the socket, and no token gives itself more", async () => {
    const chat = await chatServer(await engine.store({ home: await tempHome() }));
    const { as, people, listen } = chat;
    const make = async (...scopes: readonly Scope[]): Promise<Made> =>
      (await as(people.owner, "POST", "/api/tokens", { name: scopes.join(), scopes })).body;
    const { id: chatId } = (await as(people.owner, "POST", "/api/chats", { title: "Here" })).body;
    const acts: readonly (readonly [string, string, object | undefined, readonly Scope[]])[] = [
      ["GET", "/api/chats", undefined, ["read"]],
      ["GET", `/api/chats/${chatId}/events`, undefined, ["read"]],
      ["GET", "/api/tasks", undefined, ["read", "tasks"]],
      ["POST", "/api/tasks", { instruction: "wait", runAt: "2999-01-01T00:00:00Z" }, ["tasks", "write"]],
      ["POST", `/api/chats/${chatId}/messages`, { text: "hello" }, ["write"]],
      ["PATCH", `/api/chats/${chatId}`, { title: "There" }, ["write"]],
      ["POST", "/api/secrets", { name: "KEY", value: "a value" }, []],
      ["PATCH", "/api/models", { model: null }, []],
      ["POST", "/api/tokens", { name: "more", scopes: ["admin"] }, []],
      ["POST", "/api/users/owner/login-link", {}, []],
    ];
    for (const scope of ["read", "tasks", "write"] as const) {
      const { token } = await make(scope);
      for (const [method, path, body, enough] of acts) {
        const { status } = await asToken(chat, token, method, path, body);
        if (enough.includes(scope)) expect(status, `${scope}: ${method} ${path}`).toBeLessThan(300);
        else expect(status, `${scope}: ${method} ${path}`).toBe(403);
      }
    }
    const { token: all } = await make("admin");
    for (const [method, path, body] of acts)
      expect((await asToken(chat, all, method, path, body)).status, `admin: ${method} ${path}`).toBeLessThan(300);

    const url = await listen();
    const { token: reads } = await make("read", "tasks");
    const socket = await socketClient(url);
    socket.send({ type: "hello", v: 1, token: reads });
    await socket.first("welcome");
    socket.send({ type: "subscribe", sub: "s", chatId, after: 0 });
    await socket.first("events");
    socket.send({ type: "message", ref: "m", chatId, text: "not mine to say", key: "k" });
    expect(await socket.first("error", ({ ref }) => ref === "m")).toMatchObject({ code: "forbidden" });
    socket.send({ type: "decide", ref: "d", approvalId: "x", decision: "approve" });
    expect(await socket.first("error", ({ ref }) => ref === "d")).toMatchObject({ code: "forbidden" });
    expect((await as(people.owner, "DELETE", "/api/tokens/read,tasks")).status).toBe(204);
    expect(await socket.closed).toBe(4401);
  });

  test("end when their time is over, and that of the home's file is not revoked here", async () => {
    const store = await engine.store();
    const chat = await chatServer(store);
    const { as, people } = chat;
    const { body: made } = await as(people.owner, "POST", "/api/tokens", {
      name: "short",
      scopes: ["read"],
      expiresAt: "2999-01-01T00:00:00Z",
    });
    await store.db
      .updateTable("tokens")
      .set({ expires_at: store.clock.now() - 1 })
      .where("id", "=", made.id)
      .execute();
    expect((await asToken(chat, made.token, "GET", "/api/me")).status).toBe(401);
    await setToken(store, people.owner.id, `${TOKEN_FILE}/home`, "sparky_of_the_file");
    const { items } = (await as(people.owner, "GET", "/api/tokens")).body;
    expect(items).toMatchObject([{ isFile: true, scopes: null }, { isFile: false }]);
    expect((await as(people.owner, "DELETE", `/api/tokens/${items[0].id}`)).status).toBe(409);
  });
});
