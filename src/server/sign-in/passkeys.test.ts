import { sql } from "kysely";
import { expect, test } from "vitest";
import { authenticator, type Authenticator } from "../../../test/kit/authenticator.ts";
import { chatServer, SECRET, type ChatServer } from "../../../test/kit/chat-server.ts";
import { testClock } from "../../../test/kit/clock.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { selfSigned } from "../../../test/kit/self-signed.ts";
import { cookiesOf, spendLink } from "../../../test/kit/sign-in.ts";
import { socketClient } from "../../../test/kit/socket-client.ts";
import type { Store } from "../../store/database/store.ts";
import { cookiePrefix } from "./session-cookie.ts";

const HERE = "http://localhost:8000";
const WORDS = "three small words";
const PRIVATE = "this passkey lets nobody in here";

/** A request of a page at this address. */
async function ask(
  app: ChatServer,
  method: string,
  path: string,
  cookie = "",
  body?: unknown,
  base = HERE,
  remote = "10.0.0.1",
) {
  const headers = { cookie, origin: base };
  const init = { method, headers, body: body === undefined ? null : JSON.stringify(body) };
  const response = await app.server.fetch(new Request(base + path, init), { remote });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") === true;
  return { status: response.status, cookie: cookiesOf(response), body: isJson ? JSON.parse(text) : text, response };
}

async function byLink(app: ChatServer, name: "owner" | "ann" | "bob"): Promise<string> {
  const { url } = await app.server.createLoginLink(app.people[name]);
  return cookiesOf(await spendLink(app.server, url.replace("http://127.0.0.1:8000", HERE)));
}

/** Adds one in the browser of this cookie. */
async function add(app: ChatServer, cookie: string, device: Authenticator, name = "phone", base = HERE) {
  const begun = await ask(app, "POST", "/api/passkeys/begin", cookie, {}, base);
  expect(begun.status).toBe(200);
  const added = await ask(app, "POST", "/api/passkeys", cookie, { name, response: device.add(begun.body) }, base);
  expect(added.status).toBe(201);
  return added.body;
}

/** What the sign-in page's script does. */
async function signIn(
  app: ChatServer,
  device: Authenticator,
  otherwise: Parameters<Authenticator["use"]>[1] = {},
  base = HERE,
  remote = "10.0.0.1",
) {
  const begun = await ask(app, "POST", "/login/passkey/begin", "", {}, base);
  const answer = device.use(begun.body, otherwise);
  const answered = await ask(app, "POST", "/login/passkey", begun.cookie, answer, base, remote);
  return { ...answered, answer, browser: begun.cookie };
}

async function scene(store: Store, name: "owner" | "ann" = "ann") {
  const app = await chatServer(store);
  const device = authenticator(HERE);
  const cookie = await byLink(app, name);
  return { app, device, cookie, passkey: await add(app, cookie, device) };
}

eachEngine("a passkey", (engine) => {
  test("is added in the browser, lets in without a password, and is told of without what it is checked by", async () => {
    const { app, device, cookie, passkey } = await scene(await engine.store());
    expect(passkey).toMatchObject({ name: "phone", user: "ann", address: "localhost", usedAt: null });
    const { status, cookie: hers, response } = await signIn(app, device);
    expect([status, (await ask(app, "GET", "/api/me", hers)).body.name]).toEqual([204, "ann"]);
    expect(response.headers.getSetCookie()[0]).toMatch(/^sparky-\w+\.session_token=.*HttpOnly; SameSite=Lax/);
    const [listed] = (await ask(app, "GET", "/api/passkeys", hers)).body.items;
    expect(Object.keys(listed)).toEqual(Object.keys(passkey));
    expect(listed.usedAt).toMatch(/Z$/);
    // Nobody was signed out by it.
    expect((await ask(app, "GET", "/api/me", cookie)).status).toBe(200);
    const { items } = (await ask(app, "GET", "/api/audit", hers)).body;
    expect(items.slice(0, 2).map(({ kind, via, thing }: Record<string, string>) => [kind, via, thing])).toEqual([
      ["sign_in", "passkey", "10.0.0.1"],
      ["passkey.added", "session", "phone"],
    ]);
    // What is done in a session that it has begun says so.
    expect((await ask(app, "PATCH", `/api/passkeys/${passkey.id}`, hers, { name: "tablet" })).status).toBe(200);
    const [renamed] = (await ask(app, "GET", "/api/audit", hers)).body.items;
    expect(renamed).toMatchObject({ kind: "passkey.renamed", via: "passkey", thing: "tablet" });
  });

  test("an answer is refused that is of another page, name, browser or device, unverified, or somebody else’s", async () => {
    const store = await engine.store();
    const { app, device } = await scene(store);
    const other = authenticator(HERE);
    await add(app, await byLink(app, "bob"), other, "bob’s");
    const handle = (name: string): string => Buffer.from(name).toString("base64url");
    const tries: readonly (readonly [string, Authenticator, Parameters<Authenticator["use"]>[1]])[] = [
      ["of another site's page", device, { origin: "https://evil.example" }],
      ["of another port's page", device, { origin: "http://localhost:9000" }],
      ["for another name", device, { rpId: "evil.example" }],
      ["by whoever only touches it", device, { verified: false }],
      ["with a made-up challenge", device, { challenge: handle("guess".repeat(11)) }],
      ["of one that another home knows", authenticator(HERE), { userHandle: handle("ann") }],
      ["that calls itself another's", other, { userHandle: handle("ann") }],
      ["under another's credential", other, { id: device.id, userHandle: handle("ann") }],
      ["without saying whose it is", device, { userHandle: "" }],
    ];
    // Each as from elsewhere: nobody is slowed down.
    for (const [at, [what, by, otherwise]] of tries.entries()) {
      const { status, body, cookie } = await signIn(app, by, otherwise, HERE, `10.0.1.${at}`);
      expect([what, status, body.error.message, cookie]).toEqual([what, 401, PRIVATE, ""]);
    }
    // Of another browser, and of one that was asked for nothing.
    const begun = await ask(app, "POST", "/login/passkey/begin", "", {});
    const another = await ask(app, "POST", "/login/passkey/begin", "", {});
    for (const cookie of [another.cookie, ""]) {
      expect((await ask(app, "POST", "/login/passkey", cookie, device.use(begun.body))).status).toBe(401);
    }
    const { rows } = await sql`SELECT 1 FROM "session" WHERE passkey_id IS NOT NULL`.execute(store.db);
    expect(rows).toEqual([]);
  });

  test("an answer counts once, also when it is given many times at once, and no other way than the one it was asked for", async () => {
    const { app, device, cookie } = await scene(await engine.store());
    const { status, answer, browser } = await signIn(app, device);
    expect(status).toBe(204);
    expect((await ask(app, "POST", "/login/passkey", browser, answer)).status).toBe(401);
    const begun = await ask(app, "POST", "/login/passkey/begin", "", {});
    const once = device.use(begun.body);
    const all = await Promise.all([1, 2, 3].map(() => ask(app, "POST", "/login/passkey", begun.cookie, once)));
    expect(all.map((each) => `${each.status}`).toSorted()).toEqual(["204", "401", "401"]);
    // One for adding does not sign in, nor one for signing in add; one that was added with is spent.
    const toAdd = await ask(app, "POST", "/api/passkeys/begin", cookie, {});
    expect((await signIn(app, device, { challenge: toAdd.body.challenge })).status).toBe(401);
    const second = authenticator(HERE);
    const wrong = { name: "x", response: second.add(toAdd.body, { challenge: begun.body.challenge }) };
    expect((await ask(app, "POST", "/api/passkeys", cookie, wrong)).status).toBe(400);
    const right = { name: "x", response: second.add(toAdd.body) };
    expect((await ask(app, "POST", "/api/passkeys", cookie, right)).status).toBe(201);
    const third = { name: "y", response: authenticator(HERE).add(toAdd.body) };
    expect((await ask(app, "POST", "/api/passkeys", cookie, third)).body.error.message).toBe(
      "this answer was given before",
    );
  });

  test("is added without a certificate of its device’s maker: nothing is fetched to check one", async () => {
    const { app, cookie } = await scene(await engine.store());
    const begun = await ask(app, "POST", "/api/passkeys/begin", cookie, {});
    const add = (response: unknown) => ask(app, "POST", "/api/passkeys", cookie, { name: "x", response });
    expect(await add(authenticator(HERE).add(begun.body, { maker: selfSigned }))).toMatchObject({
      status: 400,
      body: { error: { message: "this is no answer to what was asked of the browser" } },
    });
    // Its challenge is not spent by it.
    expect((await add(authenticator(HERE).add(begun.body))).status).toBe(201);
  });

  test("one whose uses count backwards is refused, as a copy of it would be", async () => {
    const { app, device } = await scene(await engine.store());
    const used = async (uses: number) => (await signIn(app, device, { uses })).status;
    expect([await used(5), await used(5), await used(4), await used(0), await used(6)]).toEqual([
      204, 401, 401, 401, 204,
    ]);
  });

  test("who is disabled is told what all are told, and is let in again by the same one when enabled", async () => {
    const { app, device } = await scene(await engine.store());
    const { owner } = app.people;
    expect((await app.as(owner, "PATCH", "/api/users/ann", { disabled: true })).status).toBe(200);
    const { status, body, cookie } = await signIn(app, device);
    expect([status, body.error.message, cookie]).toEqual([401, PRIVATE, ""]);
    expect((await app.as(owner, "PATCH", "/api/users/ann", { disabled: false })).status).toBe(200);
    expect((await signIn(app, device)).status).toBe(204);
  });

  test("that is removed lets nobody in, ends at once what it has begun, and says which ways are left", async () => {
    const store = await engine.store();
    const { app, device, cookie, passkey } = await scene(store);
    const url = await app.listen();
    const { cookie: there } = await signIn(app, device);
    const client = await socketClient(url, { headers: { cookie: there } });
    client.send({ type: "hello", v: 1 });
    await client.first("welcome");
    // Somebody else's is not there, but for whoever looks after them.
    const path = `/api/passkeys/${passkey.id}`;
    expect((await app.as(app.people.bob, "DELETE", path)).status).toBe(404);
    expect((await app.as(app.people.bob, "GET", "/api/passkeys?user=ann")).status).toBe(404);
    expect((await app.as(app.people.owner, "GET", "/api/passkeys?user=ann")).body.items).toHaveLength(1);
    expect((await app.as(app.people.owner, "PATCH", path, { name: "mine" })).status).toBe(404);
    const removed = await app.as(app.people.owner, "DELETE", path);
    expect(removed).toMatchObject({ status: 200, body: { user: "ann", left: 0, password: false, ended: 1 } });
    expect(await client.closed).toBe(4401);
    expect((await ask(app, "GET", "/api/me", there)).status).toBe(401);
    expect((await ask(app, "GET", "/api/me", cookie)).status).toBe(200);
    expect((await signIn(app, device)).body.error.message).toBe(PRIVATE);
    // Whoever removes the one that they are signed in by stays so.
    const again = await add(app, cookie, authenticator(HERE));
    await app.as(app.people.owner, "POST", "/api/users/ann/password", { password: WORDS });
    await sql`UPDATE "session" SET passkey_id = ${again.id} WHERE user_id = 'ann'`.execute(store.db);
    const mine = await ask(app, "DELETE", `/api/passkeys/${again.id}`, cookie);
    expect(mine.body).toMatchObject({ left: 0, password: true, ended: 0 });
    expect((await ask(app, "GET", "/api/me", cookie)).status).toBe(200);
    // With an account all of it goes.
    await add(app, await byLink(app, "bob"), authenticator(HERE));
    await sql`DELETE FROM "user" WHERE id = 'bob'`.execute(store.db);
    expect(await store.db.selectFrom("passkeys").select("id").execute()).toEqual([]);
  });

  test("is added only by who proves once more who they are: by the password, or a sign-in of just now", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const cookie = await byLink(app, "ann");
    const begin = (body: object) => ask(app, "POST", "/api/passkeys/begin", cookie, body);
    expect((await begin({})).status).toBe(200);
    // Also where a clock that was set back since has it in the future.
    for (const passed of [601_000, -700_000]) {
      const long = new Date(Date.now() - passed).toISOString();
      await sql`UPDATE "session" SET created_at = ${long}`.execute(store.db);
      expect((await begin({})).body.error.message).toBe("it is a while ago that you have signed in here");
    }
    await app.as(app.people.owner, "POST", "/api/users/ann/password", { password: WORDS });
    await sql`UPDATE "session" SET created_at = ${new Date().toISOString()}`.execute(store.db);
    for (const body of [{}, { current: "a guess" }]) {
      expect((await begin(body)).body.error.message).toBe("current: is not your password");
    }
    const begun = await begin({ current: WORDS });
    expect(begun.status).toBe(200);
    // What one browser was asked, another does not answer: of the same person, or of somebody else.
    const response = authenticator(HERE).add(begun.body);
    for (const name of ["ann", "bob"] as const) {
      const elsewhere = await ask(app, "POST", "/api/passkeys", await byLink(app, name), { name: "x", response });
      expect([elsewhere.status, elsewhere.body.error.code]).toEqual([400, "invalid_input"]);
    }
    const wrong = [{ verified: false }, { origin: "https://evil.example" }, { rpId: "evil.example" }];
    for (const otherwise of wrong) {
      const forged = { name: "x", response: authenticator(HERE).add(begun.body, otherwise) };
      expect((await ask(app, "POST", "/api/passkeys", cookie, forged)).status).toBe(400);
    }
    expect((await ask(app, "POST", "/api/passkeys", cookie, { name: "x", response })).status).toBe(201);
    const again = { name: "x", response: { ...response } };
    expect((await ask(app, "POST", "/api/passkeys", cookie, again)).status).toBe(409);
    // No token adds one, and the agent has none.
    const { owner, agent } = app.people;
    expect((await app.as(owner, "POST", "/api/passkeys/begin", {})).status).toBe(409);
    expect((await app.as(agent, "POST", "/api/passkeys/begin", {})).status).toBe(409);
  });
});

test("a challenge is over after five minutes", async () => {
  const clock = testClock(Date.now());
  const app = await chatServer(await sqlite.store({ clock }));
  const device = authenticator(HERE);
  await add(app, await byLink(app, "ann"), device);
  const begun = await ask(app, "POST", "/login/passkey/begin", "", {});
  await clock.advance(300_000);
  expect((await ask(app, "POST", "/login/passkey", begun.cookie, device.use(begun.body))).status).toBe(401);
  expect((await signIn(app, device)).status).toBe(204);
});

test("wrong tries of one from an address slow down the next, and a right one elsewhere is let in", async () => {
  const clock = testClock(Date.now());
  const app = await chatServer(await sqlite.store({ clock }));
  const device = authenticator(HERE);
  await add(app, await byLink(app, "ann"), device);
  for (let tried = 0; tried < 5; tried++) expect((await signIn(app, device, { verified: false })).status).toBe(401);
  const slow = await signIn(app, device);
  expect([slow.status, slow.body.error.message, slow.body.error.hint]).toEqual([
    429,
    "too many wrong passkeys",
    "try again in 1 s",
  ]);
  await clock.advance(1000);
  expect((await signIn(app, device)).status).toBe(204);
});

test.each([
  { what: "a number", base: "http://127.0.0.1:8000", options: {} },
  { what: "a number with TLS", base: "https://127.0.0.1:8000", options: {} },
  { what: "a name without TLS", base: "http://sparky.example", options: { allowedHosts: ["sparky.example"] } },
])("at $what browsers have none, and the door says why", async ({ base, options }) => {
  const app = await chatServer(await sqlite.store(), options);
  expect((await ask(app, "POST", "/login/passkey/begin", "", {}, base)).status).toBe(409);
  const { url } = await app.server.createLoginLink(app.people.ann);
  const cookie = cookiesOf(await spendLink(app.server, url.replace("http://127.0.0.1:8000", base)));
  const begun = await ask(app, "POST", "/api/passkeys/begin", cookie, {}, base);
  expect([begun.status, begun.body.error.message]).toEqual([409, `browsers have no passkeys for ${base}`]);
});

test("by TLS it is of the host's name, in cookies that no other way could have set; a name of nobody's is none", async () => {
  const base = "https://sparky.example";
  const app = await chatServer(await sqlite.store(), { allowedHosts: ["sparky.example", "other.example"] });
  const device = authenticator(base);
  const { url } = await app.server.createLoginLink(app.people.ann);
  const cookie = cookiesOf(await spendLink(app.server, url.replace("http://127.0.0.1:8000", base)));
  expect((await add(app, cookie, device, "phone", base)).address).toBe("sparky.example");
  const { status, response, browser } = await signIn(app, device, {}, base);
  expect([status, browser]).toEqual([204, expect.stringMatching(/^__Host-sparky-\w+\.passkey=/)]);
  expect(response.headers.getSetCookie()[0]).toMatch(
    new RegExp(`^__Host-${cookiePrefix(SECRET)}\\.session_token=.*; Path=/; Secure$`),
  );
  // At another name of this server it is another's, and a name that nobody has allowed is asked nothing.
  const elsewhere = "https://other.example";
  const there = await signIn(app, device, { origin: elsewhere, rpId: "sparky.example" }, elsewhere);
  expect([there.status, there.body.error.message]).toEqual([401, PRIVATE]);
  expect((await ask(app, "POST", "/login/passkey/begin", "", {}, "https://evil.example")).status).toBe(403);
});

test("the sign-in page offers it by a script of ours alone, hidden until the browser can", async () => {
  const app = await chatServer(await sqlite.store());
  const page = (await ask(app, "GET", "/login")).body;
  expect(page).toMatch(/<section id="passkey"[^>]* hidden>/);
  expect(page).toContain(`<script src="/passkey.js" defer></script>`);
  const numbered = (await ask(app, "GET", "/login", "", undefined, "http://127.0.0.1:8000")).body;
  expect(numbered).not.toContain("<script");
  expect(numbered).toContain("Passkeys belong to a name");
});

test("a wrong answer is refused before anything of it is looked at", async () => {
  const app = await chatServer(await sqlite.store());
  const begun = await ask(app, "POST", "/login/passkey/begin", "", {});
  const fine = authenticator(HERE).use(begun.body);
  for (const body of [
    {},
    { ...fine, type: "password" },
    { ...fine, id: "a b" },
    { ...fine, id: "a".repeat(1365) },
    { ...fine, response: {} },
  ]) {
    expect((await ask(app, "POST", "/login/passkey", begun.cookie, body)).status).toBe(400);
  }
});
