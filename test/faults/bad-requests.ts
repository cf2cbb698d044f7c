import { connect } from "node:net";
import { badValue, type Chance } from "./bad-values.ts";

// Requests as no honest client makes them: wrong inside of HTTP, and wrong as HTTP.

export interface Target {
  readonly method: string;
  /** With `{name}` for its parameters. */
  readonly path: string;
}

/** Every route of the OpenAPI document that may be called without an end: verify and the stream are left out. */
export function targetsOf(document: { readonly paths: { readonly [path: string]: object } }): readonly Target[] {
  return Object.entries(document.paths)
    .filter(([path]) => !/verify|\/stream$|login-link/.test(path))
    .flatMap(([path, methods]) => Object.keys(methods).map((method) => ({ method: method.toUpperCase(), path })));
}

const NAMES = ["after", "before", "limit", "cursor", "epoch", "type", "status", "search", "prefix", "q", "n"] as const;
const FIELDS = ["title", "text", "key", "instruction", "metadata", "priority", "dependsOn", "runAt", "limits"] as const;
const MORE = ["chatId", "seq", "decision", "scope", "note", "archived", "sharedWith", "model", "__proto__"] as const;
const SIZES = ["-1", "0", "1e9", "1.5", "abc", "", "99999999999999999999", "NaN", "%00", "%ff", "null", "[]"] as const;

export function badRequest(
  chance: Chance,
  targets: readonly [Target, ...Target[]],
  ids: readonly [string, ...string[]],
) {
  const { method, path } = chance.pick(targets);
  const id = (): string =>
    chance.below(3) > 0
      ? chance.pick(ids)
      : chance.pick(["%00", "%ff", "..%2f..", "%", "x".repeat(3000), "-1", "💥", "_"]);
  const query = Array.from({ length: chance.below(3) }, () => {
    const value = chance.below(2) === 0 ? chance.pick(SIZES) : encodeURIComponent(badValue(chance).slice(0, 2000));
    return `${chance.pick(NAMES)}=${value}`;
  });
  const search = query.length === 0 ? "" : `?${query.join("&")}`;
  return { method, path: path.replace(/\{\w+\}/g, id) + search, body: method === "GET" ? null : badBody(chance) };
}

function badBody(chance: Chance): string | Uint8Array {
  switch (chance.below(8)) {
    case 0:
      return chance.bytes(1 + chance.below(400));
    case 1:
      return badValue(chance);
    case 2:
      return badValue(chance).slice(0, -1);
    default: {
      const fields = Array.from({ length: 1 + chance.below(4) }, () => {
        const name = chance.below(3) === 0 ? chance.pick(MORE) : chance.pick(FIELDS);
        return `${JSON.stringify(name)}:${badValue(chance)}`;
      });
      return `{${fields.join(",")}}`;
    }
  }
}

const UPGRADE = "Host: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n";
const KEY = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
const POST = "POST /api/chats HTTP/1.1\r\nHost: 127.0.0.1\r\n";

/** Bytes for a bare connection, which then is closed. */
export function badBytes(chance: Chance): Uint8Array {
  const text = chance.pick([
    "GET // HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    `GET // HTTP/1.1\r\n${UPGRADE}${KEY}\r\n`,
    `GET http://[ HTTP/1.1\r\n${UPGRADE}${KEY}\r\n`,
    `GET /ws?%ff HTTP/1.1\r\n${UPGRADE}\r\n`,
    `GET /ws HTTP/1.1\r\n${UPGRADE}${KEY}\r\n`,
    `GET /ws HTTP/1.1\r\n${UPGRADE}Sec-WebSocket-Key: short\r\n\r\n`,
    `GET /nowhere HTTP/1.1\r\n${UPGRADE}${KEY}\r\n`,
    "GET /%00%ff%c0%af HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /../../etc/passwd HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "GET /health HTTP/1.1\r\nHost: [\r\n\r\n",
    "GET /health HTTP/1.1\r\n\r\n",
    "GET /health HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
    "BREW /pot HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "CONNECT 127.0.0.1:1 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    `${POST}Content-Length: -5\r\n\r\n{}`,
    `${POST}Content-Length: 5\r\nContent-Length: 6\r\n\r\n{}`,
    `${POST}Content-Length: 1000\r\n\r\n{"half":`,
    `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    `${POST}Transfer-Encoding: chunked\r\n\r\nffffffffffff\r\n`,
    `${POST}X: ${"y".repeat(30_000)}\r\n\r\n`,
    `POST /api/chats HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${"a".repeat(500)}\r\n\r\n`,
    `GET /api/me HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: ${"=;%ff".repeat(500)}\r\n\r\n`,
  ]);
  const rest = text.includes("Upgrade") ? Buffer.concat([Buffer.from(text), badWire(chance)]) : Buffer.from(text);
  if (chance.below(6) === 0) return chance.bytes(1 + chance.below(300));
  return chance.below(5) === 0 ? rest.subarray(0, chance.below(rest.length)) : rest;
}

/** What comes after the upgrade on the wire of a WebSocket: halves of frames, frames too large, bits that mean nothing. */
function badWire(chance: Chance): Uint8Array {
  const mask = [1, 2, 3, 4];
  return Uint8Array.from(
    chance.pick([
      [0x81, 0xfe, 0x01, 0x00, ...mask, 0x7b],
      [0x81, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, ...mask],
      [0x81, 0xff, 0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff, ...mask],
      [0x81, 0x85, 0, 0, 0, 0, 0xff, 0xfe, 0xc0, 0x80, 0xf5],
      [0x01, 0x81, 0, 0, 0, 0, 0x7b],
      [0x80, 0x81, 0, 0, 0, 0, 0x7b],
      [0x81, 0x02, 0x7b, 0x7d],
      [0xf1, 0x80, ...mask],
      [0x88, 0x81, 0, 0, 0, 0, 0x03],
      [0x89, 0xfe, 0xff, 0xff, ...mask],
      Array.from(chance.bytes(60)),
    ]),
  );
}

/** What the server said until it closed, or had nothing more to say for a moment. */
export async function sendBytes(port: number, bytes: Uint8Array, patienceMs: number): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect({ host: "127.0.0.1", port }, () => socket.write(bytes));
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.on("data", (data) => (answer += data.toString("latin1")));
    socket.on("error", () => {});
    socket.on("close", () => resolve(answer));
  });
}
