import { sql } from "kysely";
import { expect, test } from "vitest";
import { chatServer, type ChatServer } from "../../../test/kit/chat-server.ts";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { sendForm, spendLink } from "../../../test/kit/sign-in.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { keepPassword, passwordHash } from "../../store/people/passwords.ts";
import type { OpenSession } from "../../wire/people.ts";

const BASE = "http://127.0.0.1:8000";
const WORDS = "three small words";

/** What the sign-in page's form sends. */
async function signIn({ server }: ChatServer, name: string, password: string, remote = "10.0.0.1") {
  const headers = { origin: BASE, "user-agent": "Netscape 4" };
  const response = await sendForm(server, `${BASE}/login`, { name, password }, { headers, remote });
  return { status: response.status, cookie: cookieOf(response), page: await response.text() };
}

const cookieOf = (response: Response): string => response.headers.getSetCookie()[0]?.split(";")[0] ?? "";

async function ask({ server }: ChatServer, method: string, path: string, cookie: string, body?: object) {
  const init = { method, headers: { cookie }, body: body === undefined ? null : JSON.stringify(body) };
  const response = await server.fetch(new Request(BASE + path, init));
  const text = await response.text();
  return { status: response.status, body: text === "" ? null : JSON.parse(text) };
}

const setPassword = (app: ChatServer, name: string, password: string) =>
  app.as(app.people.owner, "POST", `/api/users/${name}/password`, { password });

eachEngine("a password", (engine) => {
  test("lets in with its name, in capitals too; not with another one, nor who has none, is disabled or unknown", async () => {
    const app = await chatServer(await engine.store());
    expect((await app.as(app.people.owner, "POST", "/api/users", { name: "cleo" })).status).toBe(201);
    // Nobody has one before it is set, an empty one neither.
    for (const tried of ["", WORDS]) expect((await signIn(app, "cleo", tried)).status).toBe(401);
    expect((await setPassword(app, "cleo", WORDS)).body).toEqual({ name: "cleo", ended: 0 });
    for (const name of ["cleo", "Cleo", " cleo "]) {
      const { status, cookie } = await signIn(app, name, WORDS);
      expect([status, (await ask(app, "GET", "/api/me", cookie)).body.name]).toEqual([303, "cleo"]);
    }
    const refused = [
      await signIn(app, "cleo", `${WORDS}!`),
      await signIn(app, "owner", WORDS),
      await signIn(app, "agent", WORDS),
      await signIn(app, "nobody", WORDS),
      await signIn(app, "cl\0eo", WORDS),
      await signIn(app, "cleo", "x".repeat(5000)),
    ];
    for (const { status, cookie, page } of refused) {
      expect([status, cookie]).toEqual([401, ""]);
      expect(page).toContain("do not go together");
    }
    expect((await app.as(app.people.owner, "PATCH", "/api/users/cleo", { disabled: true })).status).toBe(200);
    expect((await signIn(app, "cleo", WORDS)).status).toBe(401);
    // By a link she is let in as before, once she is enabled again.
    expect((await app.as(app.people.owner, "PATCH", "/api/users/cleo", { disabled: false })).status).toBe(200);
    expect((await signIn(app, "cleo", WORDS)).status).toBe(303);
  });

  test("F17 is nowhere as it is: not in the database, the log, or the page that says that it was wrong", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    await setPassword(app, "ann", WORDS);
    const { page } = await signIn(app, `<b>"ann`, WORDS);
    expect(page).not.toContain(WORDS);
    expect(page).not.toContain(`<b>"ann`);
    const { rows } = await sql`SELECT * FROM "account"`.execute(store.db);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify([rows, app.logged])).not.toContain(WORDS);
  });

  test("that is set anew ends what the one before let in, at once, but for the browser that asks", async () => {
    const app = await chatServer(await engine.store());
    const url = await app.listen();
    await app.as(app.people.owner, "POST", "/api/users", { name: "cleo" });
    await setPassword(app, "cleo", WORDS);
    const [here, there] = [await signIn(app, "cleo", WORDS), await signIn(app, "cleo", WORDS)];
    const client = await socketClient(url, { headers: { cookie: there.cookie } });
    client.send({ type: "hello", v: 1 });
    await client.first("welcome");
    const path = "/api/users/cleo/password";
    const wrong = await ask(app, "POST", path, here.cookie, { password: "others to remember", current: "guess" });
    expect([wrong.status, wrong.body.error.message]).toEqual([403, "current: is not your password"]);
    expect((await ask(app, "POST", path, here.cookie, { password: "others to remember" })).status).toBe(403);
    const done = await ask(app, "POST", path, here.cookie, { password: "others to remember", current: WORDS });
    expect([done.status, done.body]).toEqual([200, { name: "cleo", ended: 1 }]);
    expect(await client.closed).toBe(4401);
    expect((await ask(app, "GET", "/api/me", here.cookie)).status).toBe(200);
    expect((await ask(app, "GET", "/api/me", there.cookie)).status).toBe(401);
    expect((await signIn(app, "cleo", WORDS)).status).toBe(401);
    expect((await signIn(app, "cleo", "others to remember")).status).toBe(303);
  });

  test("of two that are set at once one is kept, and whoever set the other is told", async () => {
    const store = await engine.store();
    const { people } = await chatServer(store);
    const keep = (hash: string, before: string | null) =>
      store.transact((tx) => keepPassword(tx, { userId: people.ann.id, hash, before }));
    const first = await Promise.all([keep("one", null), keep("other", null)]);
    expect(first.toSorted()).toEqual([[], null]);
    const before = (await passwordHash(store.db, people.ann.id)) ?? "";
    const second = await Promise.all([keep("third", before), keep("fourth", before)]);
    expect(second.toSorted()).toEqual([[], null]);
    expect(["third", "fourth"]).toContain(await passwordHash(store.db, people.ann.id));
  });

  test("sessions are listed and ended by whose they are, and by an owner", async () => {
    const app = await chatServer(await engine.store());
    for (const name of ["cleo", "dora"]) {
      await app.as(app.people.owner, "POST", "/api/users", { name });
      await setPassword(app, name, WORDS);
    }
    const [one, two, other] = [
      await signIn(app, "cleo", WORDS),
      await signIn(app, "cleo", WORDS),
      await signIn(app, "dora", WORDS),
    ];
    const mine: readonly OpenSession[] = (await ask(app, "GET", "/api/sessions", one.cookie)).body.items;
    expect(mine.map(({ user, browser }) => [user, browser])).toEqual(mine.map(() => ["cleo", "Netscape 4"]));
    expect(mine.filter(({ current }) => current)).toHaveLength(1);
    expect((await ask(app, "GET", "/api/sessions?user=dora", one.cookie)).status).toBe(404);
    const second = mine.find(({ current }) => !current)?.id ?? "";
    expect((await ask(app, "DELETE", `/api/sessions/${second}`, other.cookie)).status).toBe(404);
    expect((await ask(app, "DELETE", `/api/sessions/${second}`, one.cookie)).status).toBe(204);
    expect((await ask(app, "GET", "/api/me", two.cookie)).status).toBe(401);
    const hers = (await app.as(app.people.owner, "GET", "/api/sessions?user=dora")).body.items;
    expect((await app.as(app.people.owner, "DELETE", `/api/sessions/${hers[0].id}`)).status).toBe(204);
    expect((await ask(app, "GET", "/api/me", other.cookie)).status).toBe(401);
  });
});

test("wrong passwords for a name from an address slow down each further one; others, and links, are let in meanwhile", async () => {
  const clock = testClock(Date.now());
  const app = await chatServer(await sqlite.store({ clock }));
  await setPassword(app, "ann", WORDS);
  for (let tried = 0; tried < 5; tried++) expect((await signIn(app, "ann", "a guess")).status).toBe(401);
  const slow = await signIn(app, "ann", WORDS);
  expect([slow.status, slow.page.includes("try again in 1 s")]).toEqual([429, true]);
  expect((await signIn(app, "ann", WORDS, "10.0.0.2")).status).toBe(303);
  expect((await spendLink(app.server, (await app.server.createLoginLink(app.people.ann)).url, "10.0.0.1")).status).toBe(
    303,
  );
  await clock.advance(1000);
  expect((await signIn(app, "ann", "a guess")).status).toBe(401);
  await clock.advance(1000);
  expect((await signIn(app, "ann", WORDS)).page).toContain("try again in 1 s");
  await clock.advance(1000);
  // A right one makes all well again.
  expect((await signIn(app, "ann", WORDS)).status).toBe(303);
  for (let tried = 0; tried < 5; tried++) expect((await signIn(app, "ann", "a guess")).status).toBe(401);
});

test("many guesses at once are many", async () => {
  const app = await chatServer(await sqlite.store());
  await setPassword(app, "ann", WORDS);
  const statuses = (await Promise.all(Array.from({ length: 12 }, () => signIn(app, "ann", "a guess")))).map(
    ({ status }) => status,
  );
  expect(statuses.filter((status) => status === 401)).toHaveLength(5);
  expect(statuses.filter((status) => status === 429)).toHaveLength(7);
});

test("what is turned away because too many are tried counts against nobody", async () => {
  const clock = testClock(Date.now());
  const app = await chatServer(await sqlite.store({ clock }));
  await setPassword(app, "ann", WORDS);
  const others = Array.from({ length: 30 }, (_, i) => signIn(app, `nobody${i}`, "a guess"));
  const anns = Array.from({ length: 10 }, () => signIn(app, "ann", WORDS));
  for (const { status, page } of await Promise.all(anns)) {
    expect([status, page.includes("too many passwords are being tried")]).toEqual([429, true]);
  }
  expect((await Promise.all(others)).filter(({ status }) => status === 401)).toHaveLength(20);
  expect((await signIn(app, "ann", WORDS)).status).toBe(303);
});

test.each([
  { what: "too short", password: "short", status: 400 },
  { what: "too long", password: "x".repeat(129), status: 400 },
  { what: "only spaces", password: " ".repeat(12), status: 400 },
  { what: "no text", password: 1234567890, status: 400 },
])("a password that is $what is refused", async ({ password, status }) => {
  const { as, people } = await chatServer(await sqlite.store());
  expect((await as(people.owner, "POST", "/api/users/ann/password", { password })).status).toBe(status);
});

test("a password that is the name, the agent's or somebody else's is refused, and one that looks like a secret is kept as it is", async () => {
  const store = await sqlite.store({ home: await tempHome() });
  const app = await chatServer(store);
  const { as, people } = app;
  await as(people.owner, "POST", "/api/users", { name: "bartholomew" });
  expect((await setPassword(app, "bartholomew", "Bartholomew")).status).toBe(400);
  expect((await setPassword(app, "agent", WORDS)).status).toBe(409);
  expect((await as(people.ann, "POST", "/api/users/bob/password", { password: WORDS })).status).toBe(404);
  expect((await as(people.ann, "POST", "/api/users/ann/password", { password: WORDS })).status).toBe(200);
  await as(people.owner, "POST", "/api/secrets", { name: "KEY", value: "an-old-secret-1" });
  await setPassword(app, "bartholomew", "an-old-secret-1");
  expect((await signIn(app, "bartholomew", "an-old-secret-1")).status).toBe(303);
});
