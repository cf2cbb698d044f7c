import WebSocket from "ws";
import type { ClientFrame, ServerFrame } from "../../wire/frames.ts";
import { CLOSE } from "../../wire/limits.ts";
import type { Endpoint } from "./client.ts";
import { pinned } from "./pinned.ts";
import { failureOfCode, type Failure } from "../console/failure.ts";

export interface Socket {
  /** The server's frames; ends when the connection does, throws when the sign-in was refused. Iterate it once. */
  readonly frames: AsyncIterable<ServerFrame>;
  send(frame: ClientFrame): void;
}

const CONNECT_MS = 5000;
const QUEUE_HIGH = 1000;
const QUEUE_LOW = 100;

/** Opens a socket and signs in. A reader that is slow stops the socket from being read, so the queue stays small. */
export function openSocket(endpoint: Endpoint, signal: AbortSignal): Socket {
  const { url, certificate } = endpoint;
  const way = certificate ? { createConnection: pinned(new URL(url), certificate) } : {};
  const ws = new WebSocket(`${url.replace(/^http/, "ws")}/ws`, { perMessageDeflate: false, ...way });
  const queue: ServerFrame[] = [];
  let ended = false;
  let refused: Failure | null = null;
  let wake = (): void => {};
  let silence: ReturnType<typeof setTimeout> | undefined;

  const patience = (ms: number): void => {
    clearTimeout(silence);
    silence = setTimeout(() => ws.terminate(), ms);
  };
  let pingMs = CONNECT_MS;
  patience(CONNECT_MS);
  const abort = (): void => ws.terminate();
  signal.addEventListener("abort", abort, { once: true });

  ws.on("open", () => {
    send({ type: "hello", v: 1, ...(endpoint.token === null ? {} : { token: endpoint.token }) });
  });
  ws.on("message", (data) => {
    const frame = parseFrame(String(data));
    if (frame === null) return;
    if (frame.type === "welcome") pingMs = frame.pingMs;
    if (frame.type === "ping") send({ type: "pong" });
    patience(pingMs * 2.5);
    queue.push(frame);
    if (queue.length > QUEUE_HIGH) ws.pause();
    wake();
  });
  ws.on("unexpected-response", (_request, response) => {
    if (response.statusCode === 401 || response.statusCode === 403) refused = refusal(response.statusCode === 401);
    response.destroy();
    end();
  });
  ws.on("close", (code) => {
    if (code === CLOSE.unauthenticated || code === CLOSE.forbidden) refused = refusal(code === CLOSE.unauthenticated);
    end();
  });
  // An error is always followed by a close.
  ws.on("error", () => {});

  function send(frame: ClientFrame): void {
    if (ws.readyState === WebSocket.OPEN) ws.send(JSON.stringify(frame), () => {});
  }
  function end(): void {
    ended = true;
    clearTimeout(silence);
    signal.removeEventListener("abort", abort);
    wake();
  }
  async function* read(): AsyncGenerator<ServerFrame> {
    try {
      for (;;) {
        const frame = queue.shift();
        if (frame !== undefined) {
          if (queue.length < QUEUE_LOW && ws.isPaused) ws.resume();
          yield frame;
        } else if (ended) {
          if (refused !== null) throw refused;
          return;
        } else {
          await new Promise<void>((resolve) => (wake = resolve));
        }
      }
    } finally {
      ws.terminate();
    }
  }
  return { frames: read(), send };
}

function refusal(signedOut: boolean): Failure {
  return signedOut
    ? failureOfCode(
        "unauthenticated",
        "the server does not accept this token",
        "set SPARKY_TOKEN, or run as the server's user",
      )
    : failureOfCode("forbidden", "the server refuses this connection");
}

/** null for what is not a frame; a type that is not known is given and ignored by its reader. */
function parseFrame(text: string): ServerFrame | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && "type" in value ? (value as ServerFrame) : null;
  } catch {
    return null;
  }
}
