import { createServer as createHttpServer, type RequestListener, type Server as HttpServer } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { isIP, type AddressInfo, type Socket } from "node:net";
import type { Certificate, Pair } from "../../certificate.ts";
import { SparkyError } from "../../core/errors.ts";

/** Whoever connects and says nothing is not waited for any longer. */
const HANDSHAKE_MS = 10_000;

export interface Listener {
  readonly server: HttpServer;
  readonly url: string;
  readonly port: number;
  /** Takes no more connections; resolves when all are gone. */
  stopAccepting(): Promise<void>;
  /** Cuts what is open, be anything asked there or not. */
  cut(): void;
}

/** Throws `unavailable` with what to do when the address cannot be had. */
export async function listen(
  { host, port }: { readonly host: string; readonly port: number },
  tls: Certificate | null,
  answer: RequestListener,
): Promise<Listener> {
  const server = tls === null ? createHttpServer(answer) : createTlsServer(tls, answer);
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  });
  await bind(server, host, port);
  // A server that listens on a port always has an address and a port.
  const bound = (server.address() as AddressInfo).port;
  return {
    server,
    url: urlOf(host, bound, tls !== null),
    port: bound,
    stopAccepting: () => new Promise((resolve) => server.close(() => resolve())),
    cut: () => open.forEach((socket) => socket.destroy()),
  };
}

/** A certificate that was renewed is shown to the next who connects: the files are looked at then, and at no other time. */
function createTlsServer(tls: Certificate, answer: RequestListener): HttpServer {
  const server = createHttpsServer({ ...shown(tls.pair), handshakeTimeout: HANDSHAKE_MS }, answer);
  server.prependListener("connection", () => {
    const pair = tls.renewed();
    if (pair !== null) server.setSecureContext(shown(pair));
  });
  return server;
}

const shown = ({ cert, key }: Pair): Pick<Pair, "cert" | "key"> => ({ cert, key });

/** The address to print and to open: a wildcard is reached on this machine by its loopback. */
export function urlOf(host: string, port: number, tls: boolean): string {
  const reachable = host === "0.0.0.0" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `${tls ? "https" : "http"}://${isIP(reachable) === 6 ? `[${reachable}]` : reachable}:${port}`;
}

async function bind(server: HttpServer, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (cause) {
    throw bindFailure(cause, host, port);
  } finally {
    server.off("error", reject);
  }
}

function bindFailure(cause: unknown, host: string, port: number): unknown {
  const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
  const failed = (message: string, hint: string): SparkyError =>
    new SparkyError("unavailable", message, { hint, cause });
  switch (code) {
    case "EADDRINUSE":
      return failed(
        `port ${port} on ${host} is taken`,
        "choose another with --port or SPARKY_PORT, or stop what uses it",
      );
    case "EACCES":
      return failed(`this user may not listen on port ${port}`, "choose a port above 1023 with --port or SPARKY_PORT");
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return failed(`${host} is not an address of this machine`, "choose another with --host or SPARKY_HOST");
    default:
      return cause;
  }
}
