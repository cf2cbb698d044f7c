import { expect, test } from "vitest";
import { chatServer, type ChatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { formOf } from "../../../test/kit/sign-in.ts";

const BASE = "http://127.0.0.1:8000";
const PASSWORD = "three small words";

async function open({ server }: ChatServer, path: string, cookie = "") {
  const page = await server.fetch(new Request(BASE + path, { headers: { cookie } }));
  const cookies = page.headers.getSetCookie();
  return { ...formOf(await page.text(), cookies), cookies };
}

/** As a browser that does not say which page a form is from, unless `said` does. */
async function sent(
  { server }: ChatServer,
  path: string,
  fields: Record<string, string>,
  cookie: string,
  said: Record<string, string> = {},
) {
  const init = { method: "POST", headers: { cookie, ...said }, body: new URLSearchParams(fields) };
  const answer = await server.fetch(new Request(BASE + path, init));
  const cookies = answer.headers.getSetCookie();
  const isIn = cookies.some((each) => each.includes("session_token="));
  return { status: answer.status, isIn, cookies, page: await answer.text() };
}

/** Each form that signs somebody in, with what makes it good. */
const FORMS = [
  {
    form: "a name and a password",
    good: async (app: ChatServer) => {
      await app.as(app.people.owner, "POST", "/api/users/owner/password", { password: PASSWORD });
      return { path: "/login", query: "", fields: { name: "owner", password: PASSWORD } };
    },
  },
  {
    form: "a sign-in link",
    good: async (app: ChatServer) => {
      const token = new URL((await app.server.createLoginLink(app.people.owner)).url).searchParams.get("token") ?? "";
      return { path: "/login", query: `?token=${token}`, fields: { token } };
    },
  },
  {
    form: "an invitation",
    good: async (app: ChatServer) => {
      const { body } = await app.as(app.people.owner, "POST", "/api/users/cleo/invite", {});
      const token = new URL(body.url).searchParams.get("token") ?? "";
      const fields = { token, name: "cleo", password: PASSWORD, again: PASSWORD };
      return { path: "/invite", query: `?token=${token}`, fields };
    },
  },
] as const;

test.each(FORMS)("$form signs in only from the browser that its page was made for", async ({ good }) => {
  const app = await chatServer(await sqlite.store());
  const { path, query, fields } = await good(app);
  const mine = await open(app, path + query);
  const another = await open(app, path + query);
  expect(mine.cookies).toEqual([
    expect.stringMatching(/^sparky-[0-9a-f]{8}\.form=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/),
  ]);
  const foreign: readonly (readonly [what: string, key: Record<string, string>, cookie: string])[] = [
    ["without key and cookie", {}, ""],
    ["without a key", {}, mine.cookie],
    ["without a cookie", { csrf_token: mine.csrf_token }, ""],
    ["with another browser's key", { csrf_token: another.csrf_token }, mine.cookie],
    ["with a made-up key", { csrf_token: "wapiti" }, mine.cookie],
    ["with the cookie as its key", { csrf_token: mine.cookie.split("=")[1] ?? "" }, mine.cookie],
  ];
  for (const [what, key, cookie] of foreign) {
    const { status, isIn, page } = await sent(app, path, { ...fields, ...key }, cookie);
    expect([what, status, isIn, page.includes("Please try once more.")]).toEqual([what, 403, false, true]);
  }
  // Whatever a page of another site says of itself, it is refused before.
  for (const origin of ["https://elsewhere.example", "null"])
    expect((await sent(app, path, fields, mine.cookie, { origin })).isIn).toBe(false);
  // Nothing was spent by it, and pages that are opened beside it take nothing from it.
  const beside = await open(app, path, mine.cookie);
  expect(beside.cookies).toEqual([]);
  const right = await sent(app, path, { ...fields, csrf_token: mine.csrf_token }, mine.cookie);
  expect([right.status, right.isIn]).toEqual([303, true]);
  // Whoever is in is left with what lets them in.
  expect(right.cookies.at(-1)).toMatch(/^sparky-[0-9a-f]{8}\.form=; .*Max-Age=0$/);
});

test.each(FORMS)("$form is taken from a page of this host where the browser says so", async ({ good }) => {
  const app = await chatServer(await sqlite.store());
  const { path, fields } = await good(app);
  expect(await sent(app, path, fields, "", { origin: BASE })).toMatchObject({ status: 303, isIn: true });
});

test("passwords that come with no key of ours are not tried, so they slow down nobody", async () => {
  const app = await chatServer(await sqlite.store());
  const { path, fields } = await FORMS[0].good(app);
  for (let n = 0; n < 30; n++) {
    expect((await sent(app, path, { ...fields, password: `guess ${n}` }, "")).status).toBe(403);
  }
  const { csrf_token, cookie } = await open(app, path);
  expect((await sent(app, path, { ...fields, csrf_token }, cookie)).status).toBe(303);
});
