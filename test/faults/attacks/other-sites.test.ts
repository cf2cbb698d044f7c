import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { WebSocket } from "ws";
import { socketClient } from "../../kit/socket-client.ts";
import { attacked, type Attacked } from "./scene.ts";
import { bearer } from "./wire.ts";

// Attacks of pages that a person who is signed in has open beside Sparky's: the browser sends its cookie along.

vi.setConfig({ testTimeout: 300_000 });

let scene: Attacked;
beforeAll(async () => {
  scene = await attacked();
});
afterAll(() => scene[Symbol.asyncDispose]());

/** How browsers name pages that are not Sparky's. */
const origins = (port: number): readonly string[] => [
  "https://evil.example",
  "null",
  "file://",
  "http://127.0.0.1",
  `http://127.0.0.1:${port + 1}`,
  `http://localhost:${port}`,
  `http://127.0.0.1.evil.example:${port}`,
  `http://evil.example:${port}`,
  `http://127.0.0.1:${port}@evil.example`,
  `http://127.0.0.1:${port}.evil.example`,
  "chrome-extension://abcdefghijklmnop",
  "",
];

test("cross-site WebSocket hijacking: no page but the server's own opens a socket, whatever cookie or token comes along", async () => {
  const { sparky, cookies } = scene;
  const address = `${sparky.url.replace("http", "ws")}/ws`;
  for (const origin of origins(sparky.port)) {
    const named = { origin, cookie: cookies.owner };
    for (const headers of [named, { ...named, authorization: `Bearer ${sparky.token}` }]) {
      const socket = new WebSocket(address, { headers });
      const [, response] = await once(socket, "unexpected-response");
      expect([origin, response.statusCode]).toEqual([origin, 403]);
      expect(await text(response)).not.toContain("owner");
    }
  }
  const own = await socketClient(sparky.url, { headers: { origin: sparky.url, cookie: cookies.owner } });
  own.send({ type: "hello", v: 1 });
  expect((await own.first("welcome")).user.name).toBe("owner");
});

test("cross-site request forgery: no page of another site changes anything, by a form, a script or a worker", async () => {
  const { sparky, cookies } = scene;
  const forged = [
    ["POST", "/api/chats", '{"title":"planted"}'],
    ["POST", "/api/tasks", '{"instruction":"planted"}'],
    ["PATCH", "/api/tools/shell", '{"policy":{"chat":"allow"}}'],
    ["POST", "/api/users/owner/login-link", ""],
    ["POST", "/api/sign-out", ""],
    ["POST", "/mcp", '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'],
    ["POST", "/login", "name=owner&password=guessed"],
    ["DELETE", "/api/sessions/x", ""],
  ] as const;
  for (const origin of origins(sparky.port)) {
    for (const [method, target, body] of forged) {
      const headers = [
        ["cookie", cookies.owner],
        ["origin", origin],
        ["content-type", "text/plain"],
      ] as const;
      const answer = await scene.send({ method, target, body, headers });
      expect([origin, target, answer.status]).toEqual([origin, target, 403]);
      expect(answer.headers["access-control-allow-origin"]).toBeUndefined();
    }
    const asked = [
      ["origin", origin],
      ["access-control-request-method", "POST"],
    ] as const;
    const preflight = await scene.send({ method: "OPTIONS", target: "/api/chats", headers: asked });
    expect(preflight.headers["access-control-allow-origin"]).toBeUndefined();
    const read = await scene.send({
      target: "/api/me",
      headers: [
        ["origin", origin],
        ["cookie", cookies.owner],
      ],
    });
    expect(read.headers["access-control-allow-origin"]).toBeUndefined();
    expect(read.headers["cross-origin-resource-policy"]).toBe("same-origin");
  }
  expect(await scene.as("owner", "GET", "/api/chats")).toMatchObject({ items: [] });
  expect(await scene.as("owner", "GET", "/api/tasks")).toMatchObject({ items: [] });
});

test("DNS rebinding: under a name that is not the server's, nothing answers, to a cookie and a token either", async () => {
  const { sparky, cookies } = scene;
  const names = [
    "evil.example",
    "127.0.0.1.nip.io",
    "localhost.evil.example",
    "evil.localhost",
    "sparky",
    "x@evil.example",
  ];
  const hosts = names.flatMap((name) => [name, `${name}:${sparky.port}`]);
  const credentials = [[["cookie", cookies.owner] as const], [bearer(sparky.token)]];
  for (const host of [...hosts, "evil.example:80", "127.0.0.1@evil.example", "evil.example#127.0.0.1", ""]) {
    for (const target of ["/api/me", "/api/chats", "/health", "/login", "/", "/mcp", "/openapi.json"]) {
      for (const credential of credentials) {
        const own = [
          ["origin", `http://${host}`],
          ["x-forwarded-host", `127.0.0.1:${sparky.port}`],
        ] as const;
        const answer = await scene.send({ target, headers: [["host", host], ...own, ...credential] });
        expect([400, 403], `${host} ${target}`).toContain(answer.status);
        expect(answer.body).not.toContain('"role"');
      }
    }
    if (host === "") continue;
    const socket = new WebSocket(`${sparky.url.replace("http", "ws")}/ws`, {
      headers: { host, cookie: cookies.owner },
    });
    const [, response] = await once(socket, "unexpected-response");
    expect([host, response.statusCode]).toEqual([host, 403]);
    response.destroy();
  }
});

test("DNS rebinding: two names at once, none, or one in the request's first line are no way round", async () => {
  const { port } = scene.sparky;
  const own = `127.0.0.1:${port}`;
  const heads = [
    `GET /api/me HTTP/1.1\r\nHost: evil.example\r\nHost: ${own}`,
    `GET http://evil.example/api/me HTTP/1.1\r\nHost: evil.example`,
    `GET http://${own}/api/me HTTP/1.1\r\nHost: evil.example`,
    `GET /api/me HTTP/1.1\r\nHost: evil.example, ${own}`,
    `GET /api/me HTTP/1.1\r\nHost : ${own}`,
    `GET /api/me HTTP/1.1`,
    `GET /api/me HTTP/1.0`,
  ];
  for (const head of heads) {
    const socket = connect(port, "127.0.0.1");
    onTestFinished(() => void socket.destroy());
    socket.end(`${head}\r\nCookie: ${scene.cookies.owner}\r\nConnection: close\r\n\r\n`);
    const answer = await text(socket);
    expect([head, /^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]]).toEqual([head, expect.stringMatching(/^40[03]$/)]);
    expect(answer).not.toContain('"role"');
  }
});
