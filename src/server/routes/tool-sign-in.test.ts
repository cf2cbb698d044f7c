import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { chatServer } from "../../../test/kit/chat-server.ts";
import { sqlite } from "../../../test/kit/databases.ts";
import { mcpAdmin } from "../../../test/kit/mcp/admin.ts";
import { oauthServer, type Ways } from "../../../test/kit/mcp/oauth-server.ts";
import { spendLink } from "../../../test/kit/sign-in.ts";
import { tempHome } from "../../../test/kit/temp-home.ts";
import { ensureUsers } from "../../store/people/users.ts";

const PUBLIC = "https://sparky.example.com";
const PROXY = "10.0.0.2";
const PROXIED = { host: "sparky.example.com", "x-forwarded-proto": "https" };

/** The same session's as a browser has it that came by TLS. */
const safe = (cookie: string): string => `__Host-${cookie}`;

/** Sparky, and a tool server that wants a sign-in; requests as they come from browsers and programs. */
async function scene(ways: Partial<Ways> = {}, oauth?: object) {
  const closed = await oauthServer(ways);
  onTestFinished(() => closed[Symbol.asyncDispose]());
  const home = await tempHome();
  const store = await sqlite.store({ home });
  const { owner } = await ensureUsers(store);
  await writeFile(join(home, "mcp.json"), JSON.stringify({ mcpServers: { closed: { url: closed.url, oauth } } }));
  const { admin, close } = mcpAdmin(store, { home, ownerId: owner.id, base: "http://127.0.0.1:8000" });
  onTestFinished(close);
  const app = await chatServer(store, { mcp: admin, allowedHosts: ["sparky.example.com"], behindProxy: [PROXY] });
  const send = (method: string, path: string, headers: Record<string, string>) => {
    const remote = "x-forwarded-proto" in headers ? PROXY : "127.0.0.1";
    const request = new Request(`http://${headers["host"] ?? "127.0.0.1:8000"}${path}`, { method, headers });
    return app.server.fetch(request, { remote });
  };
  return {
    closed,
    send,
    token: () => app.token(app.people.owner),
    browser: async (): Promise<string> => {
      const { url } = await app.server.createLoginLink(app.people.owner);
      return (await spendLink(app.server, url)).headers.getSetCookie()[0]?.split(";")[0] ?? "";
    },
    /** The page to open. */
    login: async (headers: Record<string, string>): Promise<URL> => {
      const { page } = (await (await send("POST", "/api/mcp/servers/closed/login", headers)).json()) as {
        page: string;
      };
      return new URL(page);
    },
    /** Where somebody who agrees there is sent back to. */
    agreed: async (page: URL): Promise<URL> => {
      return new URL((await fetch(page, { redirect: "manual" })).headers.get("location") ?? "");
    },
    signedIn: async (cookie: string): Promise<boolean> => {
      const answer = (await (await send("GET", "/api/mcp/servers", { cookie })).json()) as {
        readonly items: readonly { readonly signedIn: boolean }[];
      };
      return answer.items[0]?.signedIn === true;
    },
  };
}

test("a sign-in that a browser begins ends in that browser only, by the address that it knows, once", async () => {
  const { browser, login, agreed, send, signedIn } = await scene();
  const [cookie, another] = [await browser(), await browser()];
  const back = await agreed(await login({ cookie, host: "localhost:8000", origin: "http://localhost:8000" }));
  expect(back.origin + back.pathname).toBe("http://localhost:8000/oauth/callback");
  for (const headers of [{}, { cookie: another }]) {
    const refused = await send("GET", back.pathname + back.search, headers);
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining("another browser")]);
  }
  expect(await signedIn(cookie)).toBe(false);
  const done = await send("GET", back.pathname + back.search, { cookie });
  expect([done.status, done.headers.get("location")]).toEqual([303, "/tools?show=servers"]);
  expect(await signedIn(cookie)).toBe(true);
  expect((await send("GET", back.pathname + back.search, { cookie })).status).toBe(404);
});

test("a browser is told in a page of Sparky's look what became of it, a program in plain text, and whoever only looks spends nothing", async () => {
  const { login, agreed, send, token } = await scene();
  const eyes = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
  const lost = await send("GET", "/oauth/callback?state=<b>x</b>&code=y", eyes);
  expect([lost.status, lost.headers.get("content-type")]).toEqual([404, "text/html; charset=utf-8"]);
  const html = await lost.text();
  expect(html).toContain("<h1>You were not signed in at the tool server</h1>");
  expect(html).toContain("What to do: begin again: sparky mcp login");
  expect(html).not.toMatch(/<script|<b>x/);
  const plain = await send("GET", "/oauth/callback?state=x", {});
  expect([plain.status, plain.headers.get("content-type")]).toEqual([404, "text/plain; charset=utf-8"]);
  expect(await plain.text()).toMatch(/^You were not signed in at the tool server\nthis sign-in is not known/);
  // Begun by a program: any browser of the person may come back.
  const back = await agreed(await login({ authorization: `Bearer ${await token()}` }));
  expect((await send("HEAD", back.pathname + back.search, eyes)).status).toBe(200);
  const done = await send("GET", back.pathname + back.search, eyes);
  expect([done.status, done.headers.get("cache-control")]).toEqual([200, "no-store"]);
  expect(await done.text()).toContain("Sparky can use the tool server closed for you now.");
});

test("a server's no is told in words, and ends the sign-in", async () => {
  const { browser, login, send } = await scene();
  const cookie = await browser();
  const state = (await login({ cookie, origin: "http://127.0.0.1:8000" })).searchParams.get("state") ?? "";
  const answer = `/oauth/callback?${new URLSearchParams({ state, error: "access_denied\u202e<" }).toString()}`;
  const refused = await send("GET", answer, { cookie, accept: "text/html" });
  expect(refused.status).toBe(409);
  expect(await refused.text()).toContain("the server closed did not sign you in: access_denied\\u202e&#60;");
  expect((await send("GET", answer, { cookie })).status).toBe(404);
});

test("issuers that read who a client is are told by a page where Sparky is reached by https, and others by registering", async () => {
  const { browser, login, agreed, send, signedIn, closed } = await scene({ readsClients: true });
  const cookie = await browser();
  const page = await login({ cookie: safe(cookie), ...PROXIED, origin: PUBLIC });
  expect(page.searchParams.get("client_id")).toBe(`${PUBLIC}/oauth/client.json`);
  expect(page.searchParams.get("redirect_uri")).toBe(`${PUBLIC}/oauth/callback`);
  const read = await send("GET", "/oauth/client.json", PROXIED);
  expect(await read.json()).toMatchObject({
    client_id: page.searchParams.get("client_id"),
    redirect_uris: [page.searchParams.get("redirect_uri")],
    token_endpoint_auth_method: "none",
  });
  const back = await agreed(page);
  expect((await send("GET", back.pathname + back.search, { cookie: safe(cookie), ...PROXIED })).status).toBe(303);
  expect(await signedIn(cookie)).toBe(true);
  expect(closed.seen).not.toContain("POST /register");
  // By another way to this server that page is none, and what it says would not be true.
  expect((await send("GET", "/oauth/client.json", {})).status).toBe(404);
  closed.tokens.clear();
  closed.renewals.clear();
  const local = await login({ cookie, origin: "http://127.0.0.1:8000" });
  expect(local.searchParams.get("redirect_uri")).toBe("http://127.0.0.1:8000/oauth/callback");
  expect(local.searchParams.get("client_id")).not.toContain("client.json");
  expect(closed.seen).toContain("POST /register");
});

test("a client that was made for Sparky comes before both, and is used at no issuer but its own", async () => {
  const { browser, login, agreed, send, closed } = await scene({ readsClients: true }, { clientId: "made" });
  const cookie = await browser();
  const page = await login({ cookie: safe(cookie), ...PROXIED, origin: PUBLIC });
  expect(page.searchParams.get("client_id")).toBe("made");
  const back = await agreed(page);
  await send("GET", back.pathname + back.search, { cookie: safe(cookie), ...PROXIED });
  const other = await oauthServer();
  onTestFinished(() => other[Symbol.asyncDispose]());
  closed.ways.issuer = new URL(other.url).origin;
  closed.tokens.clear();
  closed.renewals.clear();
  const refused = await send("POST", "/api/mcp/servers/closed/login", { cookie, origin: "http://127.0.0.1:8000" });
  expect(await refused.text()).toContain("by the client of its definition");
  expect(other.seen.filter((each) => each.startsWith("POST"))).toEqual([]);
});
