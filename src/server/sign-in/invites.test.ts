import { sql } from "kysely";
import { expect, test } from "vitest";
import { chatServer, type ChatServer } from "../../../test/kit/chat-server.ts";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { sendForm } from "../../../test/kit/sign-in.ts";

const BASE = "http://127.0.0.1:8000";
const WORDS = "three small words";
const DAY = 86_400_000;

async function invited(app: ChatServer, body: object = {}): Promise<string> {
  const answer = await app.as(app.people.owner, "POST", "/api/users/cleo/invite", body);
  expect(answer.status).toBe(201);
  return new URL(answer.body.url).searchParams.get("token") ?? "";
}

const look = ({ server }: ChatServer, token: string) =>
  server.fetch(new Request(`${BASE}/invite?token=${encodeURIComponent(token)}`));

/** What the invitation's form sends. */
async function join(app: ChatServer, token: string, fields: object = {}, origin = BASE) {
  const all = { token, name: "cleo", password: WORDS, again: WORDS, ...fields };
  const sent = { headers: { origin }, remote: "10.0.0.1" };
  const response = await sendForm(app.server, `${BASE}/invite?token=${encodeURIComponent(token)}`, all, sent);
  const cookie = response.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  return { status: response.status, cookie, page: await response.text() };
}

async function me({ server }: ChatServer, cookie: string) {
  return (await server.fetch(new Request(`${BASE}/api/me`, { headers: { cookie } }))).json();
}

eachEngine("an invitation", (engine) => {
  test("makes one account with the role that was said, signs it in, and is spent by that alone", async () => {
    const app = await chatServer(await engine.store());
    const token = await invited(app, { role: "viewer" });
    for (const method of ["GET", "HEAD", "GET"]) {
      const page = await app.server.fetch(new Request(`${BASE}/invite?token=${token}`, { method }));
      expect([page.status, page.headers.get("cache-control")]).toEqual([200, "no-store"]);
    }
    expect(await (await look(app, token)).text()).toContain("<b>owner</b> invites you as a viewer");
    // Nothing is spent by what is wrong, and nothing made.
    const wrong: readonly (readonly [object, string])[] = [
      [{ name: "Cleo Smith" }, "no name for an account"],
      [{ name: "ann" }, "called ann already"],
      [{ password: "short", again: "short" }, "10 to 128 characters"],
      [{ again: "other small words" }, "not the same"],
      [{ name: "cleopatra-x", password: "Cleopatra-X", again: "Cleopatra-X" }, "The name is no password"],
    ];
    for (const [fields, words] of wrong) {
      const { status, cookie, page } = await join(app, token, fields);
      expect([status, cookie, page.includes(words)]).toEqual([400, "", true]);
    }
    expect((await join(app, token, {}, "https://evil.example")).status).toBe(403);
    const { status, cookie } = await join(app, token, { name: "cleopatra" });
    expect([status, await me(app, cookie)]).toMatchObject([303, { name: "cleopatra", role: "viewer" }]);
    const again = await join(app, token, { name: "dora" });
    expect([again.status, again.page.includes("does not work any more")]).toEqual([401, true]);
    expect((await look(app, token)).status).toBe(401);
    const names = (await app.as(app.people.owner, "GET", "/api/users")).body.items.map(
      ({ name }: { name: string }) => name,
    );
    expect(names.toSorted()).toEqual(["agent", "ann", "bob", "cleopatra", "owner"]);
  });

  test("of two who take it at once lets one in", async () => {
    const app = await chatServer(await engine.store());
    const token = await invited(app);
    const both = await Promise.all([join(app, token, { name: "cleo" }), join(app, token, { name: "dora" })]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 401]);
    expect((await app.as(app.people.owner, "GET", "/api/users")).body.total).toBe(5);
  });

  test("F17 is kept as a hash, and holds no longer than who has made it may invite", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const { body: dora } = await app.as(app.people.owner, "POST", "/api/users", { name: "dora", role: "owner" });
    const made = await app.as(dora, "POST", "/api/users/cleo/invite", {});
    const token = new URL(made.body.url).searchParams.get("token") ?? "";
    const { rows } = await sql`SELECT * FROM "verification"`.execute(store.db);
    expect(JSON.stringify([rows, app.logged])).not.toContain(token);
    expect((await look(app, token)).status).toBe(200);
    await app.as(app.people.owner, "PATCH", "/api/users/dora", { role: "member" });
    expect((await look(app, token)).status).toBe(401);
    expect((await join(app, token)).status).toBe(401);
  });
});

eachEngine("invitations that hold still", (engine) => {
  test("are listed for owners without their links, and none works once it is withdrawn", async () => {
    const app = await chatServer(await engine.store());
    const { as, people } = app;
    const list = async () => (await as(people.owner, "GET", "/api/invites")).body;
    expect(await list()).toEqual({ items: [], next: null, total: 0 });
    const spent = await invited(app, { role: "viewer" });
    const [first] = (await list()).items;
    expect(first).toMatchObject({ name: "cleo", role: "viewer", by: "owner" });
    expect(Date.parse(first.expiresAt) - Date.parse(first.createdAt)).toBe(7 * DAY);
    const token = await invited(app, { role: "admin" });
    expect((await list()).total).toBe(2);
    const told = JSON.stringify(await list());
    expect([spent, token].filter((each) => told.includes(each))).toEqual([]);
    expect((await join(app, spent)).status).toBe(303);
    const { items } = await list();
    expect(items).toMatchObject([{ name: "cleo", role: "admin" }]);
    const [made] = items;
    expect((await as(people.owner, "GET", `/api/invites?prefix=${made.id.slice(0, 8)}`)).body.items).toEqual(items);
    expect((await as(people.ann, "GET", "/api/invites")).status).toBe(403);
    expect((await as(people.ann, "DELETE", `/api/invites/${made.id}`)).status).toBe(403);
    expect((await look(app, token)).status).toBe(200);
    expect((await as(people.owner, "DELETE", `/api/invites/${made.id}`)).status).toBe(204);
    expect((await as(people.owner, "DELETE", `/api/invites/${made.id}`)).status).toBe(404);
    expect((await look(app, token)).status).toBe(401);
    expect((await join(app, token, { name: "dora" })).status).toBe(401);
    expect((await list()).items).toEqual([]);
    const { items: deeds } = (await as(people.owner, "GET", "/api/audit?kind=user.uninvited")).body;
    expect(deeds).toMatchObject([{ by: "owner", thing: "cleo" }]);
  });
});

test("an invitation ends after seven days", async () => {
  const clock = testClock(Date.now());
  const app = await chatServer(await sqlite.store({ clock }));
  const token = await invited(app);
  clock.step(7 * DAY - 1000);
  expect((await look(app, token)).status).toBe(200);
  clock.step(2000);
  expect((await look(app, token)).status).toBe(401);
  expect((await join(app, token)).status).toBe(401);
  expect((await app.as(app.people.owner, "GET", "/api/invites")).body.total).toBe(0);
});

test("only owners invite, with a name that may be one and a role that there is", async () => {
  const { as, people } = await chatServer(await sqlite.store());
  expect((await as(people.ann, "POST", "/api/users/cleo/invite", {})).status).toBe(403);
  expect((await as(people.ann, "POST", "/api/users/ann/invite", {})).status).toBe(403);
  expect((await as(people.owner, "POST", "/api/users/ann/invite", {})).status).toBe(409);
  expect((await as(people.owner, "POST", "/api/users/Cleo/invite", {})).status).toBe(400);
  expect((await as(people.owner, "POST", "/api/users/cleo/invite", { role: "agent" })).status).toBe(400);
});

test("guessed invitations are slowed down as links are", async () => {
  const app = await chatServer(await sqlite.store());
  for (let tried = 0; tried < 20; tried++) expect((await join(app, "guess")).status).toBe(401);
  expect((await join(app, "guess")).status).toBe(429);
  expect((await join(app, await invited(app))).status).toBe(303);
});
