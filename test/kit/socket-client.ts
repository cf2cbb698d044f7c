import { once } from "node:events";
import { onTestFinished } from "vitest";
import { WebSocket, type ClientOptions } from "ws";
import { serverFrameSchema, type ServerFrame } from "../../src/wire/frames.ts";

type FrameOf<T extends ServerFrame["type"]> = Extract<ServerFrame, { type: T }>;

export interface SocketClient {
  readonly socket: WebSocket;
  /** Every frame so far, each checked against the wire's schema. */
  readonly frames: ServerFrame[];
  readonly send: (frame: object | string | Buffer) => void;
  /** The first frame of this type (that fits), once it is there. */
  readonly first: <T extends ServerFrame["type"]>(
    type: T,
    fits?: (frame: FrameOf<T>) => boolean,
  ) => Promise<FrameOf<T>>;
  /** The `seq`s of a chat's events, in the order in which they came. */
  readonly seqs: (chatId: string) => number[];
  /** The close code. */
  readonly closed: Promise<number>;
}

const PATIENCE_MS = 60_000;

/** A WebSocket client on `url` (`http://…`); cut when the test ends. It waits so long for a frame. */
export async function socketClient(
  url: string,
  options: ClientOptions = {},
  patienceMs = PATIENCE_MS,
): Promise<SocketClient> {
  const socket = new WebSocket(`${url.replace(/^http/, "ws")}/ws`, options);
  const frames: ServerFrame[] = [];
  const waiting = new Set<() => void>();
  onTestFinished(async () => {
    if (socket.readyState === socket.CLOSED) return;
    const gone = once(socket, "close");
    socket.terminate();
    await gone;
  });
  socket.on("message", (data) => {
    frames.push(serverFrameSchema.parse(JSON.parse(data.toString())));
    for (const look of waiting) look();
  });
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await once(socket, "open");
  return {
    socket,
    frames,
    closed,
    send: (frame) => socket.send(typeof frame === "string" || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame)),
    first: <T extends ServerFrame["type"]>(type: T, fits: (frame: FrameOf<T>) => boolean = () => true) =>
      new Promise<FrameOf<T>>((resolve, reject) => {
        const isIt = (frame: ServerFrame): frame is FrameOf<T> => frame.type === type && fits(frame as FrameOf<T>);
        const timer = setTimeout(() => {
          waiting.delete(look);
          reject(new Error(`no ${type} came; what came: ${JSON.stringify(frames).slice(0, 2000)}`));
        }, patienceMs);
        const look = (): void => {
          const found = frames.find(isIt);
          if (found === undefined) return;
          clearTimeout(timer);
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    seqs: (chatId) =>
      frames.flatMap((frame) =>
        frame.type === "events" && frame.chatId === chatId ? frame.events.map((event) => event.seq) : [],
      ),
  };
}
