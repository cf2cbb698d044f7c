import { getMigrations } from "better-auth/db/migration";
import { sql } from "kysely";
import { expect, test } from "vitest";
import { chatServer, SECRET, type ChatServer } from "../../../test/kit/chat-server.ts";
import { eachEngine, sqlite } from "../../../test/kit/databases.ts";
import { sendForm, spendLink } from "../../../test/kit/sign-in.ts";
import { cookiePrefix } from "./session-cookie.ts";
import { authOptions } from "./sessions.ts";

const BASE = "http://127.0.0.1:8000";

function send({ server }: ChatServer, path: string, headers: Record<string, string> = {}, method = "GET") {
  return server.fetch(new Request(`${BASE}${path}`, { method, headers }));
}

/** Opens a link as a browser does; the cookie header for what follows. */
async function open(app: ChatServer, url: string): Promise<string> {
  const response = await spendLink(app.server, url);
  expect([response.status, response.headers.get("location")]).toEqual([303, "/"]);
  const [cookie = ""] = response.headers.getSetCookie();
  expect(cookie).toMatch(/^sparky-[0-9a-f]{8}\.session_token=.*HttpOnly.*SameSite=Lax/i);
  return cookie.split(";")[0] ?? "";
}

eachEngine("sign-in", (engine) => {
  test("the migrations leave nothing for better-auth to create", async () => {
    const store = await engine.store();
    const plan = await getMigrations({ ...authOptions(store, "secret"), logger: { disabled: true } });
    expect([plan.toBeCreated, plan.toBeAdded, plan.toBeAddedIndexes, plan.schemaProblems]).toEqual([[], [], [], []]);
  });

  test("a link signs in once, its cookie is the user, and signing out ends it", async () => {
    const app = await chatServer(await engine.store());
    const { url, expiresAt } = await app.server.createLoginLink(app.people.owner);
    expect(Date.parse(expiresAt) - Date.now()).toBeGreaterThan(590_000);
    const cookie = await open(app, url);
    expect(await (await send(app, "/api/me", { cookie })).json()).toEqual({ ...app.people.owner, welcome: "model" });
    for (const again of [await send(app, url.slice(BASE.length)), await spendLink(app.server, url)]) {
      expect(again.status).toBe(401);
      expect(await again.text()).toContain("sparky open");
    }
    expect((await send(app, "/api/sign-out", { cookie }, "POST")).status).toBe(204);
    expect((await send(app, "/api/me", { cookie })).status).toBe(401);
  });

  test("F17 no link's token is stored, nor logged", async () => {
    const store = await engine.store();
    const app = await chatServer(store);
    const { url } = await app.server.createLoginLink(app.people.owner);
    const token = new URL(url).searchParams.get("token") ?? "";
    const { rows } = await sql`SELECT * FROM "verification"`.execute(store.db);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(token);
    await open(app, url);
    expect(JSON.stringify(app.logged)).not.toContain(token);
  });
});

/** What fetches a link that a person has not opened. */
const LOOKS: readonly (readonly [what: string, method: string, headers: Record<string, string>])[] = [
  ["a preview of a chat program", "GET", { "user-agent": "Slackbot-LinkExpanding 1.0" }],
  ["a scanner's HEAD", "HEAD", {}],
  ["a prefetch", "GET", { "sec-purpose": "prefetch;prerender", purpose: "prefetch" }],
  ["another site's image", "GET", { "sec-fetch-dest": "image", "sec-fetch-site": "cross-site" }],
  ["another site's form", "POST", { origin: "https://evil.example" }],
  ["a sandboxed frame's form", "POST", { origin: "null" }],
];

eachEngine("a sign-in link", (engine) => {
  test("F101 is not spent by whoever only fetches it, and its page works without scripts", async () => {
    const app = await chatServer(await engine.store());
    const { url } = await app.server.createLoginLink(app.people.owner);
    const token = new URL(url).searchParams.get("token") ?? "";
    for (const [what, method, headers] of LOOKS) {
      const body = method === "POST" ? new URLSearchParams({ token }) : null;
      const response = await app.server.fetch(new Request(url, { method, headers, body }));
      // At most what says for which browser the page was made, which lets nobody in.
      const cookies = response.headers.getSetCookie().filter((each) => !/^sparky-[0-9a-f]{8}\.form=/.test(each));
      expect(cookies, what).toEqual([]);
      expect(response.status, what).toBe(method === "POST" ? 403 : 200);
    }
    const page = await send(app, url.slice(BASE.length));
    const html = await page.text();
    expect(html).toContain(`<form method="post" action="/login">`);
    expect(html).toContain(`<input type="hidden" name="token" value="${token}">`);
    expect(html).toContain("Sign in as owner");
    expect(html).not.toContain("<script");
    expect(page.headers.get("cache-control")).toBe("no-store");
    // Else a browser would send the form as from no site at all.
    expect(page.headers.get("referrer-policy")).toBe("same-origin");
    await open(app, url);
  });

  test("F101 nobody is locked out of it: neither by other sites' images, nor by wrong tries from the same address", async () => {
    const app = await chatServer(await engine.store());
    const remote = "10.0.0.1";
    for (let at = 0; at < 100; at++) {
      const image = new Request(`${BASE}/login?token=x${at}`, { headers: { "sec-fetch-site": "cross-site" } });
      expect((await app.server.fetch(image, { remote })).status).toBe(401);
    }
    const form = { method: "POST", headers: { origin: "https://evil.example" }, body: "token=x" };
    for (let at = 0; at < 30; at++) {
      expect((await app.server.fetch(new Request(`${BASE}/login`, form), { remote })).status).toBe(403);
    }
    // None of these was a try.
    expect((await spendLink(app.server, `${BASE}/login?token=guess`, remote)).status).toBe(401);
    for (let at = 0; at < 30; at++) await spendLink(app.server, `${BASE}/login?token=guess`, remote);
    expect((await spendLink(app.server, `${BASE}/login?token=guess`, remote)).status).toBe(429);
    const { url } = await app.server.createLoginLink(app.people.owner);
    expect((await app.server.fetch(new Request(url), { remote })).status).toBe(200);
    expect((await spendLink(app.server, url, remote)).status).toBe(303);
  });

  test("F101 two who press its button at once are one sign-in", async () => {
    const app = await chatServer(await engine.store());
    const { url } = await app.server.createLoginLink(app.people.owner);
    const answers = await Promise.all([spendLink(app.server, url), spendLink(app.server, url)]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 401]);
  });
});

test("F19 the owner makes a link for agent, and whoever opens it is agent", async () => {
  const app = await chatServer(await sqlite.store());
  const link = await app.as(app.people.owner, "POST", "/api/users/agent/login-link");
  expect(link.status).toBe(201);
  const cookie = await open(app, link.body.url);
  expect(await (await send(app, "/api/me", { cookie })).json()).toMatchObject({ name: "agent", role: "agent" });
});

test.each([
  { who: "ann", whom: "ann", status: 201 },
  { who: "ann", whom: "agent", status: 404 },
  { who: "agent", whom: "owner", status: 404 },
  { who: "owner", whom: "ann", status: 403 },
  { who: "owner", whom: "nobody", status: 404 },
] as const)("a link for $whom, asked for by $who: $status", async ({ who, whom, status }) => {
  const { as, people } = await chatServer(await sqlite.store());
  expect((await as(people[who], "POST", `/api/users/${whom}/login-link`)).status).toBe(status);
});

test("an API token speaks for its user, and a wrong one is refused even beside a good cookie", async () => {
  const app = await chatServer(await sqlite.store());
  const authorization = `Bearer ${await app.token(app.people.ann)}`;
  expect(await (await send(app, "/api/me", { authorization })).json()).toMatchObject({ name: "ann" });
  const cookie = await open(app, (await app.server.createLoginLink(app.people.ann)).url);
  const refused = await send(app, "/api/me", { cookie, authorization: "Bearer sparky_wrong" });
  expect((await refused.json()).error).toMatchObject({
    code: "unauthenticated",
    message: "this API token is not valid",
  });
});

test("F10 F17 without a sign-in nothing but health, the documents and a tool server's own callback answers, and the answer says what to do", async () => {
  const app = await chatServer(await sqlite.store());
  const document = await (await send(app, "/openapi.json")).json();
  const closed: string[] = [];
  for (const [path, methods] of Object.entries<object>(document.paths)) {
    for (const method of Object.keys(methods)) {
      const response = await send(app, path.replace(/\{\w+\}/, "x"), {}, method.toUpperCase());
      if (response.status !== 401) continue;
      closed.push(path);
      expect((await response.json()).error).toMatchObject({
        code: "unauthenticated",
        hint: expect.stringContaining("sparky open"),
      });
    }
  }
  // The callback is opened by a tool server's page, in whatever browser: what it takes is what it was asked for.
  const open = ["/health", "/oauth/callback", "/oauth/client.json"];
  expect(new Set(closed)).toEqual(new Set(Object.keys(document.paths).filter((path) => !open.includes(path))));
  expect((await send(app, "/oauth/callback?state=guessed&code=x")).status).toBe(404);
  const forged = await send(app, "/api/me", { cookie: `${cookiePrefix(SECRET)}.session_token=forged.forged` });
  expect((await forged.json()).error).toMatchObject({ code: "unauthenticated", message: "your sign-in has expired" });
});

test.each([
  "/api/auth/sign-up/email",
  "/api/auth/sign-in/magic-link",
  "/sign-in/magic-link",
  "/api/auth/list-sessions",
])("F17 the account library's own route %s is not there", async (path) => {
  const app = await chatServer(await sqlite.store());
  expect((await send(app, path, {}, "POST")).status).toBe(404);
});

test("guessing is slowed down: after twenty failures an address waits, another does not", async () => {
  const { server } = await chatServer(await sqlite.store());
  const guess = (remote: string) => spendLink(server, `${BASE}/login?token=guess`, remote);
  for (let tried = 0; tried < 20; tried++) expect((await guess("10.0.0.1")).status).toBe(401);
  expect((await guess("10.0.0.1")).status).toBe(429);
  expect((await guess("10.0.0.2")).status).toBe(401);
});

test("wrong tokens from an address slow down only wrong tokens from there", async () => {
  const app = await chatServer(await sqlite.store());
  const token = await app.token(app.people.ann);
  const me = async (bearer: string) => {
    const request = new Request(`${BASE}/api/me`, { headers: { authorization: `Bearer ${bearer}` } });
    return (await app.server.fetch(request, { remote: "10.0.0.1" })).status;
  };
  for (let tried = 0; tried < 20; tried++) expect(await me("sparky_wrong")).toBe(401);
  expect([await me("sparky_wrong"), await me(token)]).toEqual([429, 200]);
});

test.each([
  { what: "its own name", host: "127.0.0.1:8000", status: 200 },
  { what: "localhost on another port, as through a tunnel", host: "localhost:9000", status: 200 },
  { what: "a name that points here by DNS rebinding", host: "evil.example:8000", status: 403 },
  { what: "a page of its own", host: "127.0.0.1:8000", origin: "http://127.0.0.1:8000", status: 200 },
  { what: "a page of another port", host: "127.0.0.1:8000", origin: "http://127.0.0.1:3000", status: 403 },
  { what: "a page of another site", host: "127.0.0.1:8000", origin: "https://evil.example", status: 403 },
  { what: "a sandboxed page", host: "127.0.0.1:8000", origin: "null", status: 403 },
])("a change that comes from $what gets $status", async ({ host, origin, status }) => {
  const app = await chatServer(await sqlite.store());
  const headers = { host, authorization: `Bearer ${await app.token(app.people.ann)}`, ...(origin && { origin }) };
  const request = new Request(`${BASE}/api/chats?`, { method: "POST", headers, body: '{"key":"k"}' });
  // `Request` keeps a `Host` header in Node, as the listener passes it on.
  expect(request.headers.get("host")).toBe(host);
  expect([200, 201].includes((await app.server.fetch(request)).status) ? 200 : 403).toBe(status);
});

test.each([
  { what: "a browser's own word", headers: { origin: "https://sparky.example" }, from: "10.0.0.9", secure: true },
  { what: "its proxy's word", headers: { "x-forwarded-proto": "https" }, from: "10.0.0.2", secure: true },
  {
    what: "a proxy that came by plain HTTP",
    headers: { "x-forwarded-proto": "http" },
    from: "10.0.0.2",
    secure: false,
  },
  { what: "a header from elsewhere", headers: { "x-forwarded-proto": "https" }, from: "10.0.0.9", secure: false },
  { what: "nothing", headers: {}, from: "10.0.0.2", secure: false },
])("F106 the cookie is Secure by $what: $secure", async ({ headers, from, secure }) => {
  const app = await chatServer(await sqlite.store(), { allowedHosts: ["sparky.example"], behindProxy: ["10.0.0.2"] });
  const { url } = await app.server.createLoginLink(app.people.owner);
  const token = new URL(url).searchParams.get("token") ?? "";
  const sent = { host: "sparky.example", ...headers } as Record<string, string>;
  const answer = await sendForm(app.server, `${BASE}/login?token=${token}`, { token }, { headers: sent, remote: from });
  const [set = ""] = answer.headers.getSetCookie();
  expect([set.includes("session_token"), /; Secure/i.test(set), set.startsWith("__Host-")]).toEqual([
    true,
    secure,
    secure,
  ]);
  // Whoever does not say how they came is known by the cookie itself, and what prolongs it stays as safe.
  const cookie = set.split(";")[0] ?? "";
  const me = new Request(`${BASE}/api/sign-out`, { method: "POST", headers: { host: "sparky.example", cookie } });
  const out = await app.server.fetch(me, { remote: "10.0.0.9" });
  expect([out.status, out.headers.getSetCookie().every((each) => each.startsWith("__Host-") === secure)]).toEqual([
    204,
    true,
  ]);
});

test("F16 tries that are too many are those of one caller behind a proxy, and of whoever else sends its header", async () => {
  const app = await chatServer(await sqlite.store(), { behindProxy: ["loopback"] });
  const me = async (token: string, remote: string, forwarded: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}`, "x-forwarded-for": forwarded };
    return (await app.server.fetch(new Request(`${BASE}/api/me`, { headers }), { remote })).status;
  };
  for (let n = 0; n < 20; n++) expect(await me("sparky_wrong", "127.0.0.1", `1.2.3.${n}, 203.0.113.9`)).toBe(401);
  expect(await me("sparky_wrong", "127.0.0.1", "1.2.3.99, 203.0.113.9")).toBe(429);
  expect(await me("sparky_wrong", "127.0.0.1", "203.0.113.10")).toBe(401);
  for (let n = 0; n < 20; n++) expect(await me("sparky_wrong", "10.0.0.9", `203.0.113.${n}`)).toBe(401);
  expect(await me("sparky_wrong", "10.0.0.9", "203.0.113.99")).toBe(429);
});

test("F16 passwords for a name are slowed down for the caller behind a proxy, and the audit names it", async () => {
  const app = await chatServer(await sqlite.store(), { behindProxy: ["loopback"] });
  const { owner } = app.people;
  const password = "a long enough password";
  expect((await app.as(owner, "POST", "/api/users/owner/password", { password })).status).toBe(200);
  const attempt = (typed: string, forwarded: string) => {
    const sent = { headers: { "x-forwarded-for": forwarded }, remote: "127.0.0.1" };
    return sendForm(app.server, `${BASE}/login`, { name: "owner", password: typed }, sent);
  };
  for (let n = 0; n < 5; n++) expect((await attempt("wrong", "203.0.113.9")).status).toBe(401);
  expect((await attempt(password, "203.0.113.9")).status).toBe(429);
  expect((await attempt(password, "203.0.113.10")).status).toBe(303);
  const { body } = await app.as(owner, "GET", "/api/audit?kind=sign_in");
  expect(body.items[0]).toMatchObject({ kind: "sign_in", thing: "203.0.113.10" });
});
