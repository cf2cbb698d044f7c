import type { ChatEvent } from "../../core/events.ts";
import type { DeltaFrame, ProgressFrame, ServerFrame } from "../../wire/frames.ts";
import type { Endpoint } from "./client.ts";
import { failureOfCode, notRunning } from "../console/failure.ts";
import type { Io } from "../console/io.ts";
import { openSocket, type Socket } from "./socket.ts";

export type Watched =
  | { readonly kind: "event"; readonly event: ChatEvent }
  | { readonly kind: "delta"; readonly delta: DeltaFrame }
  | { readonly kind: "progress"; readonly progress: ProgressFrame }
  /** Everything up to here has been given. */
  | { readonly kind: "live" }
  /** The history was cut: events come again from the first. */
  | { readonly kind: "reset" }
  /** What this person prefers has changed, or may have before this connection. */
  | { readonly kind: "preferences" }
  /** The connection was lost; it is tried again. */
  | { readonly kind: "lost" };

export interface WatchOptions {
  /** Asked before each connection: a restarted server may answer elsewhere. null: none runs now. */
  readonly endpoint: () => Promise<Endpoint | null>;
  readonly chatId: string;
  readonly after: number;
  /** Of the history that `after` belongs to, when it is known. */
  readonly epoch?: string;
  /** For how long a server that is gone is tried again; a minute when left out. */
  readonly patience?: number;
  /** Also what is not in the log: text as it streams, and how far calls are. */
  readonly deltas: boolean;
  readonly signal: AbortSignal;
}

interface Cursor {
  seq: number;
  /** Of the history that `seq` belongs to; empty before the first connection. */
  epoch: string;
}

const GIVE_UP_MS = 60_000;

/**
 * Follows a chat's log from a cursor, each event once and in order, across lost connections and restarts of the server.
 * Ends when the signal aborts; throws when the chat is gone, the sign-in is refused, or no server comes back in a minute.
 */
export async function* watch(io: Io, options: WatchOptions): AsyncGenerator<Watched> {
  const cursor: Cursor = { seq: options.after, epoch: "" };
  yield* connections(io, options, (socket) => connection(socket, options, cursor));
}

/** One connection after the other, until the signal aborts. That one is `live` shows that it works. */
export async function* connections<T extends { readonly kind: string }>(
  io: Io,
  { endpoint: find, signal }: Pick<WatchOptions, "endpoint" | "signal">,
  read: (socket: Socket, endpoint: Endpoint) => AsyncIterable<T>,
): AsyncGenerator<T | { readonly kind: "lost" }> {
  let tries = 0;
  let lostAt: number | null = null;
  while (!signal.aborted) {
    const endpoint = await find();
    if (endpoint !== null) {
      for await (const watched of read(openSocket(endpoint, signal), endpoint)) {
        if (watched.kind === "live") {
          tries = 0;
          lostAt = null;
        }
        yield watched;
      }
    }
    if (signal.aborted) return;
    lostAt ??= io.now();
    if (io.now() - lostAt > GIVE_UP_MS) throw notRunning("the server has been gone for a minute");
    yield { kind: "lost" };
    tries += 1;
    await io.sleep(Math.min(100 * 2 ** tries, 3000) * (0.5 + Math.random() / 2), signal);
  }
}

/** One connection: from the welcome to the close. */
async function* connection(socket: Socket, options: WatchOptions, cursor: Cursor): AsyncGenerator<Watched> {
  let round = 0;
  let sub = "";
  let behind = 0;
  const subscribe = (): void => {
    round += 1;
    sub = `cli-${round}`;
    behind = 0;
    const { chatId, deltas } = options;
    socket.send({ type: "subscribe", sub, chatId, after: cursor.seq, epoch: cursor.epoch, deltas });
  };
  for await (const frame of socket.frames) {
    if ("sub" in frame && frame.sub !== undefined && frame.sub !== sub) continue;
    switch (frame.type) {
      case "welcome":
        cursor.epoch ||= frame.epoch;
        subscribe();
        yield { kind: "preferences" };
        break;
      case "events":
        behind = 0;
        for (const event of frame.events) {
          if (event.seq <= cursor.seq) continue;
          cursor.seq = event.seq;
          yield { kind: "event", event };
        }
        break;
      case "live":
        yield { kind: "live" };
        break;
      case "delta":
        yield { kind: "delta", delta: frame };
        break;
      case "progress":
        yield { kind: "progress", progress: frame };
        break;
      case "reset":
        if (frame.reason === "gone") throw gone();
        cursor.seq = 0;
        cursor.epoch = frame.epoch;
        yield { kind: "reset" };
        subscribe();
        break;
      case "ping":
        behind = (frame.heads[options.chatId] ?? 0) > cursor.seq ? behind + 1 : 0;
        if (behind >= 2) subscribe();
        break;
      case "error":
        if (frame.sub !== undefined) throw frame.code === "not_found" ? gone() : failureOf(frame);
        break;
      case "changed":
        if (frame.topic === "preferences") yield { kind: "preferences" };
        break;
      case "ack":
      case "watching":
        break;
    }
  }
}

const gone = () => failureOfCode("not_found", "the chat was deleted, or is no longer shared with you");
const failureOf = (frame: Extract<ServerFrame, { type: "error" }>) => failureOfCode(frame.code, frame.message);
