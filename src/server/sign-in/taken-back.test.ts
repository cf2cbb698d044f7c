import { expect, test } from "vitest";
import { chatServer, type ChatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine } from "../../../test/kit/databases.ts";
import { spendLink } from "../../../test/kit/sign-in.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import type { AuditEntry } from "../../wire/audit.ts";
import type { User } from "../../wire/api.ts";

const BASE = "http://127.0.0.1:8000";
const WORDS = "three small words";

async function cookieOf({ server }: ChatServer, user: User): Promise<string> {
  const answer = await spendLink(server, (await server.createLoginLink(user)).url);
  return answer.headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

const send = ({ server }: ChatServer, method: string, path: string, headers: Record<string, string>) =>
  server.fetch(new Request(BASE + path, { method, headers }));

const setPassword = ({ as, people }: ChatServer, password: string) =>
  as(people.owner, "POST", "/api/users/ann/password", { password });

async function told({ as, people }: ChatServer): Promise<readonly string[]> {
  const { items } = (await as(people.owner, "GET", "/api/audit")).body;
  return items.map(({ kind, by, thing }: AuditEntry) => `${by} ${kind} ${thing}`);
}

eachEngine("what is taken back", (engine) => {
  test("stays so: a new password leaves no sign-in link that was made by the one before", async () => {
    const app = await chatServer(await engine.store());
    await setPassword(app, WORDS);
    const anns = (await app.server.createLoginLink(app.people.ann)).url;
    const bobs = (await app.server.createLoginLink(app.people.bob)).url;
    expect((await setPassword(app, `${WORDS} more`)).status).toBe(200);
    expect((await spendLink(app.server, anns)).status).toBe(401);
    expect((await spendLink(app.server, bobs)).status).toBe(303);
  });

  test.each([
    ["is disabled", { disabled: true }, { disabled: false }],
    ["is an owner no more", { role: "member" }, { role: "owner" }],
  ])("stays so: an invitation of who %s does not come to life with their rights", async (_, off, on) => {
    const app = await chatServer(await engine.store());
    const { as, people, server } = app;
    const { body: cleo } = await as(people.owner, "POST", "/api/users", { name: "cleo", role: "owner" });
    const invite = async (who: User, name: string): Promise<string> =>
      (await as(who, "POST", `/api/users/${name}/invite`, { role: "owner" })).body.url;
    const look = async (url: string): Promise<number> => (await server.fetch(new Request(url))).status;
    const [hers, anothers] = [await invite(cleo, "dora"), await invite(people.owner, "emil")];
    expect(await look(hers)).toBe(200);
    for (const change of [off, on])
      expect((await as(people.owner, "PATCH", "/api/users/cleo", change)).status).toBe(200);
    expect([await look(hers), await look(anothers)]).toEqual([401, 200]);
  });

  test("is what was asked for, and nothing beside: who is in already is not signed out by being let in, nor told of", async () => {
    const app = await chatServer(await engine.store());
    const cookie = await cookieOf(app, app.people.ann);
    const before = await told(app);
    for (const same of [{ disabled: false }, { role: "member" }]) {
      expect((await app.as(app.people.owner, "PATCH", "/api/users/ann", same)).status).toBe(200);
    }
    expect((await send(app, "GET", "/api/me", { cookie })).status).toBe(200);
    expect(await told(app)).toEqual(before);
  });

  test("is one's own session: a token ends none, whose cookie ever comes with it, and none is told of", async () => {
    const app = await chatServer(await engine.store({ home: await tempHome() }));
    const cookie = await cookieOf(app, app.people.ann);
    const authorization = `Bearer ${await app.token(app.people.bob)}`;
    for (const headers of [{ authorization }, { authorization, cookie }]) {
      expect((await send(app, "POST", "/api/sign-out", headers)).status).toBe(204);
    }
    expect((await send(app, "GET", "/api/me", { cookie })).status).toBe(200);
    expect((await told(app)).filter((each) => each.includes("sign_out"))).toEqual([]);
    expect((await send(app, "POST", "/api/sign-out", { cookie })).status).toBe(204);
    expect((await send(app, "GET", "/api/me", { cookie })).status).toBe(401);
    expect((await told(app)).filter((each) => each.includes("sign_out"))).toEqual(["ann sign_out ann"]);
  });
});
