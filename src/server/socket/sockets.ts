import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { TLSSocket } from "node:tls";
import { WebSocketServer } from "ws";
import { isSparkyError } from "../../core/errors.ts";
import { chatFor } from "../../store/people/access.ts";
import { readPage } from "../../store/log/events.ts";
import type { User } from "../../wire/api.ts";
import { errorBody } from "../../wire/errors.ts";
import { CLOSE, MAX_FRAME_BYTES } from "../../wire/limits.ts";
import { Connection, type SignIn } from "./connection.ts";
import { Lobby } from "./lobby.ts";
import type { ServerDeps } from "../deps.ts";
import { secureHeaders } from "../http-headers.ts";
import type { Arrival } from "../network/arrival.ts";
import type { Door } from "../sign-in/door.ts";
import { withPlainCookies } from "../sign-in/session-cookie.ts";
import { takingTurns } from "../sign-in/taking-turns.ts";
import { Presence } from "./presence.ts";
import { joinOnce, type LogSource } from "./subscription.ts";

/**
 * Reads of one socket at the same time: bounds its memory while it catches up with many chats, and lets others have their
 * turn at the database.
 */
const READS_AT_ONCE = 4;

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells every client that the server restarts, and resolves when all are gone. */
  close(): Promise<void>;
}

/** `/ws`: who comes in is checked before the upgrade; the rest is each connection's own. */
export function createSockets(deps: ServerDeps, signIn: SignIn, { origins, limit, arrival }: Door): Sockets {
  const { store, log } = deps;
  const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES });
  const connections = new Set<Connection>();
  const lobby = new Lobby();
  const join = joinOnce();
  const presence = new Presence();
  let closing = false;
  let stopListening = (): void => {};
  function enter(connection: Connection): void {
    if (connections.size === 0) {
      stopListening = store.hub.watchLists((change) => {
        for (const each of connections) each.changed(change);
      });
    }
    connections.add(connection);
  }
  function leave(connection: Connection): void {
    if (connections.delete(connection) && connections.size === 0) stopListening();
  }

  /** A source of its own for each socket: its reads take turns. */
  function source(viewer: User): LogSource {
    const turn = takingTurns(READS_AT_ONCE);
    return {
      hub: store.hub,
      epoch: store.epoch,
      clock: store.clock,
      join,
      enter: (chatId, told) => presence.enter(chatId, { name: viewer.name, told }),
      page: (chatId, after) => turn(() => readPage(store, chatId, after)),
      head: (chatId) =>
        turn(async () => {
          try {
            return (await chatFor(store.db, viewer, "see", chatId)).head;
          } catch (error) {
            if (isSparkyError(error, "not_found")) return null;
            throw error;
          }
        }),
      onError: (error) => log.warn({ err: error }, "a watcher could not read the log; trying again"),
    };
  }

  return {
    upgrade(request, socket, head) {
      socket.on("error", (error) => log.debug({ err: error }, "socket error before the upgrade"));
      if (closing) return refuse(socket, 503, "the server is stopping");
      // Not parsed as a URL: what comes in may be none, and nothing above catches an exception here.
      if (request.url?.split("?", 1)[0] !== "/ws") return refuse(socket, 404, "sockets are at /ws");
      const came = arrival(peerOf(request), (name) => request.headers[name]?.toString() ?? null);
      try {
        const { origin = null } = request.headers;
        origins.check({ method: "GET", host: came.host, origin, upgrade: true });
      } catch (error) {
        const { status, body } = errorBody(error);
        return refuse(socket, status, body.error.message);
      }
      const before = request.socket.bytesRead - head.length;
      server.handleUpgrade(request, socket, head, (opened) => {
        const sent = new Headers();
        for (const name of ["cookie", "authorization"] as const) {
          const value = request.headers[name];
          if (value !== undefined) sent.set(name, value);
        }
        const headers = withPlainCookies(sent, came, deps.secret);
        const remote = came.address;
        const connection = new Connection(opened, { deps, ...signIn, headers, remote, limit, lobby, source });
        enter(connection);
        // After the socket's own listener: what a chunk completes has been heard by then.
        socket.on("data", () => connection.received(request.socket.bytesRead - before));
        opened.on("close", () => leave(connection));
      });
    },
    async close() {
      closing = true;
      const gone = [...server.clients].map(
        (client) => new Promise<void>((resolve) => client.once("close", () => resolve())),
      );
      for (const connection of connections) connection.close(CLOSE.restarting, "the server is restarting");
      await Promise.all(gone);
    },
  };
}

function peerOf({ socket, headers }: IncomingMessage): Arrival {
  return { address: socket.remoteAddress ?? "", host: headers.host ?? null, encrypted: socket instanceof TLSSocket };
}

function refuse(socket: Duplex, status: number, message: string): void {
  const body = `${message}\n`;
  const headers = new Headers({ connection: "close", "content-type": "text/plain; charset=utf-8" });
  headers.set("content-length", String(Buffer.byteLength(body)));
  secureHeaders(headers);
  const lines = [...headers].map(([name, value]) => `${name}: ${value}\r\n`).join("");
  socket.end(`HTTP/1.1 ${status} Refused\r\n${lines}\r\n${body}`);
}
