import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { socketClient } from "../../kit/socket-client.ts";
import { attacked, type Attacked } from "./scene.ts";
import { bearer } from "./wire.ts";

// Attacks of who reaches the server over the network, with no sign-in or with a small one.

vi.setConfig({ testTimeout: 300_000 });

let scene: Attacked;
beforeAll(async () => {
  scene = await attacked();
});
afterAll(() => scene[Symbol.asyncDispose]());

const hello = { type: "hello", v: 1 };

test("F17 token in a URL: no address signs anybody in by an API token, no page takes a server from one, and no log has it", async () => {
  const { sparky } = scene;
  const { token } = sparky;
  const ways = [
    ...["token", "access_token", "api_key", "apikey", "key", "auth", "bearer"].map(
      (name) => `/api/me?${name}=${token}`,
    ),
    `/api/me?authorization=Bearer%20${token}`,
    `/api/me#token=${token}`,
    `/api/status?token=${token}`,
    `/api/chats/x/stream?offset=-1&token=${token}`,
    `/mcp?token=${token}`,
    `/login?token=${token}`,
    `/invite?token=${token}`,
  ];
  for (const target of ways) {
    const answer = await scene.send({ target });
    // At most what says for which browser a page with a form was made, which lets nobody in.
    const cookies = [answer.headers["set-cookie"] ?? []]
      .flat()
      .filter((each) => !/^sparky-[0-9a-f]{8}\.form=/.test(each));
    expect([target, cookies]).toEqual([target, []]);
    expect([401, 404], target).toContain(answer.status);
  }
  for (const path of [`/ws?token=${token}`, `/ws?access_token=${token}`]) {
    const socket = new WebSocket(sparky.url.replace("http", "ws") + path);
    onTestFinished(() => socket.terminate());
    await once(socket, "open");
    socket.send(JSON.stringify(hello));
    const [code] = await once(socket, "close");
    expect([path, code]).toEqual([path, 4401]);
  }
  const [plain, crafted] = await Promise.all(
    ["/", `/?token=${token}&gatewayUrl=wss%3A%2F%2Fevil.example&server=https%3A%2F%2Fevil.example`].map((target) =>
      scene.send({ target }),
    ),
  );
  expect(crafted).toMatchObject({ status: 200, body: plain?.body });
  expect(crafted?.headers["content-security-policy"]).toContain("connect-src 'self';");
  expect(crafted?.headers["referrer-policy"]).toBe("no-referrer");
  // The same token, where it belongs.
  expect((await scene.send({ target: "/api/me", headers: [bearer(token)] })).status).toBe(200);
  expect(sparky.output).toContain("/api/status");
  expect(sparky.output).not.toContain(token);
});

/** What changes how the instance works or who may use it, as its owner would ask for it. */
const SETTINGS: readonly (readonly [method: string, target: string, body?: object])[] = [
  ["PATCH", "/api/tools/shell", { policy: { chat: "allow", task: "allow", schedule: "allow" } }],
  [
    "POST",
    "/api/mcp/servers",
    { text: '{"mcpServers":{"planted":{"command":"sh","args":["-c","id > /tmp/planted"]}}}' },
  ],
  ["DELETE", "/api/mcp/servers/planted"],
  ["POST", "/api/mcp/servers/planted/approve", { tool: "x", digest: "0".repeat(64) }],
  ["POST", "/api/mcp/servers/planted/enable"],
  ["POST", "/api/models/providers/openai", { key: "sk-planted", url: "https://evil.example/v1", untested: true }],
  ["DELETE", "/api/models/providers/compatible"],
  ["PATCH", "/api/models", { model: "demo" }],
  ["POST", "/api/secrets", { name: "PLANTED", value: "a planted value" }],
  ["POST", "/api/users", { name: "mallory", role: "owner" }],
  ["PATCH", "/api/users/owner", { role: "member", disabled: true }],
  ["POST", "/api/users/owner/login-link"],
  ["POST", "/api/users/owner/password", { password: "chosen by a stranger" }],
  ["POST", "/api/users/mallory/invite", { role: "owner" }],
];

/** All that the settings above would change. */
async function settings({ sparky }: Attacked): Promise<object> {
  const files = (await readdir(sparky.home)).filter((name) => /\.(json|env)$|^\.env$|^secret|^token$/.test(name));
  const texts = await Promise.all(
    files.toSorted().map(async (name) => [name, await readFile(join(sparky.home, name), "utf8")]),
  );
  const lists = ["users", "tools", "mcp/servers", "models", "secrets"].map((path) => sparky.api("GET", `/api/${path}`));
  return { texts, lists: await Promise.all(lists) };
}

test("F17 unauthenticated configuration write: nothing that a stranger says of himself lets him, nor a small right", async () => {
  const before = await settings(scene);
  const port = scene.sparky.port;
  const strangers: readonly (readonly (readonly [string, string])[])[] = [
    [],
    [
      ["x-forwarded-for", "127.0.0.1"],
      ["x-real-ip", "127.0.0.1"],
      ["forwarded", "for=127.0.0.1;proto=https"],
    ],
    [
      ["x-forwarded-user", "owner"],
      ["remote-user", "owner"],
      ["x-authenticated-user", "owner"],
      ["x-role", "owner"],
    ],
    [
      ["host", `localhost:${port}`],
      ["origin", `http://localhost:${port}`],
      ["referer", `http://localhost:${port}/settings`],
    ],
    [["cookie", "session_token=owner; role=owner; user=owner"]],
  ];
  for (const [method, target, body] of SETTINGS) {
    const ask = async (headers: readonly (readonly [string, string])[]): Promise<number> =>
      (await scene.send({ method, target, headers, ...(body && { body: JSON.stringify(body) }) })).status;
    for (const headers of strangers) expect([method, target, await ask(headers)]).toEqual([method, target, 401]);
    for (const who of ["ann", "vera"] as const) {
      expect([403, 404], `${who}: ${method} ${target}`).toContain(await ask([["cookie", scene.cookies[who]]]));
    }
  }
  for (const scope of ["read", "tasks", "write"] as const) {
    const headers = [bearer(await scene.token(scope))];
    for (const [method, target, body] of SETTINGS) {
      const answer = await scene.send({ method, target, headers, ...(body && { body: JSON.stringify(body) }) });
      expect([scope, method, target, answer.status]).toEqual([scope, method, target, 403]);
    }
  }
  // A method that stands in a header is not one.
  const disguised = [
    ["x-http-method-override", "DELETE"],
    ["cookie", scene.cookies.ann],
  ] as const;
  expect((await scene.send({ target: "/api/users", headers: disguised })).status).toBe(403);
  expect(await settings(scene)).toEqual(before);
});

test("F17 self-declared scope or role: who one is, and what one may, is never what one says", async () => {
  const { sparky, cookies } = scene;
  const owner = await sparky.api<{ id: string }>("GET", "/api/me");
  const { id: chat } = await sparky.api<{ id: string }>("POST", "/api/chats", {});
  const ann = [["cookie", cookies.ann]] as const;
  const asAnn = (method: string, target: string, body?: object, more: readonly (readonly [string, string])[] = []) =>
    scene.send({ method, target, headers: [...ann, ...more], ...(body && { body: JSON.stringify(body) }) });

  const client = await socketClient(sparky.url, { headers: { cookie: cookies.ann } });
  client.send({
    ...hello,
    role: "owner",
    scopes: ["admin"],
    user: { ...owner, role: "owner" },
    client: { mode: "local" },
  });
  expect((await client.first("welcome")).user.name).toBe("ann");
  client.send({ type: "subscribe", sub: "s", chatId: chat, after: 0, as: "owner", role: "owner" });
  expect(await client.first("error")).toMatchObject({ sub: "s", code: "not_found" });

  const said = [
    ["x-role", "owner"],
    ["x-user", "owner"],
    ["x-scopes", "admin"],
    ["x-sparky-user", owner.id],
  ] as const;
  expect(JSON.parse((await asAnn("GET", "/api/me?role=owner&user=owner", undefined, said)).body)).toMatchObject({
    name: "ann",
    role: "member",
  });
  for (const [target, body] of [
    ["/api/chats", { title: "mine", ownerId: owner.id }],
    ["/api/tasks", { instruction: "x", ownerId: owner.id }],
    ["/api/tasks", { instruction: "x", origin: "chat", author: "owner", actor: { kind: "user", id: owner.id } }],
    ["/api/schedules", { name: "s", when: "every(1 day)", prompt: "x", owner: "owner" }],
    ["/api/tokens", { name: "t", scopes: ["admin"], user: "owner" }],
    ["/api/tokens", { name: "t", scopes: ["owner"] }],
    ["/api/tokens", { name: "t", scopes: ["*"] }],
  ] as const) {
    expect([target, body, (await asAnn("POST", target, body)).status]).toEqual([target, body, 400]);
  }
  for (const role of ["owner", "admin"]) {
    expect((await asAnn("PATCH", "/api/users/ann", { role })).status).toBe(403);
  }
  const small = await scene.token("read");
  const grown = { method: "POST", target: "/api/tokens", headers: [bearer(small)] };
  expect((await scene.send({ ...grown, body: '{"name":"more","scopes":["admin"]}' })).status).toBe(403);

  const invite = await sparky.api<{ url: string }>("POST", "/api/users/nell/invite", { role: "viewer" });
  const password = "a password of nell's own";
  const form = { token: new URL(invite.url).searchParams.get("token") ?? "", name: "nell", password, again: password };
  const claims = { ...form, role: "owner", scopes: "admin", user: "owner" };
  expect((await scene.sendForm("/invite", claims)).status).toBe(303);
  const { items } = await sparky.api<{ items: readonly { name: string; role: string }[] }>("GET", "/api/users");
  expect(items.map(({ name, role }) => [name, role])).toEqual(
    expect.arrayContaining([
      ["ann", "member"],
      ["nell", "viewer"],
      ["owner", "owner"],
    ]),
  );
  expect(items.filter(({ role }) => role === "owner")).toHaveLength(1);
});
