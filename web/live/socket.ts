import type { LogEvent } from "../../src/core/transcript.ts";
import type { ClientFrame, DeltaFrame, ProgressFrame, Topic } from "../../src/wire/frames.ts";
import { CLOSE } from "../../src/wire/limits.ts";
import { backoffMs, HeadCheck } from "./backoff.ts";
import { decodeFrame, type Frame } from "./decode.ts";

export type Connection =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | { readonly state: "reconnecting" | "restarting"; readonly attempt: number; readonly nextAt: number }
  | { readonly state: "offline" }
  | { readonly state: "signed-out" };

/** One chat that is followed. The watcher keeps the cursor: it is asked for it at each subscribe. */
export interface Watcher {
  readonly chatId: string;
  cursor(): { readonly after: number; readonly epoch: string | null };
  events(events: readonly LogEvent[]): void;
  live(): void;
  delta(delta: DeltaFrame): void;
  progress(progress: ProgressFrame): void;
  /** Who watches it now, oneself among them. */
  watching(names: readonly string[]): void;
  /** The history is another one: load again. The subscription has ended. */
  reset(): void;
  /** The server ended the subscription; `not_found`: the chat is gone, or may no longer be read. */
  ended(code: string, message: string): void;
}

export interface SocketDeps {
  readonly open: () => WebSocket;
  readonly now: () => number;
  readonly random: () => number;
  readonly isOnline: () => boolean;
  /** Asked when a connection fails before its welcome: a browser does not say why. False: signed out. */
  readonly isSignedIn: () => Promise<boolean>;
  /** Lists may have changed: all of them, or one topic. */
  readonly onChanged: (topic: Topic | "all", id?: string) => void;
}

/** No welcome after this long, or nothing at all for two and a half pings: the connection is dead. */
const WELCOME_MS = 10_000;
const DEFAULT_PING_MS = 15_000;

interface Subscription {
  readonly watcher: Watcher;
  sub: string;
  readonly heads: HeadCheck;
}

/** The tab's one socket: it reconnects by itself, and takes up each watched chat at its cursor. */
export class LiveSocket {
  readonly #deps: SocketDeps;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #listeners = new Set<() => void>();
  #connection: Connection = { state: "connecting" };
  #socket: WebSocket | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #welcomed = false;
  #attempt = 0;
  #subs = 0;
  #heardAt = 0;
  #pingMs = DEFAULT_PING_MS;
  #closed = false;

  constructor(deps: SocketDeps) {
    this.#deps = deps;
  }

  readonly connection = (): Connection => this.#connection;

  readonly onConnection = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Begins, or tries again at once. */
  connect(): void {
    this.#drop();
    this.#closed = false;
    if (!this.#deps.isOnline()) return this.#show({ state: "offline" });
    if (this.#connection.state !== "reconnecting" && this.#connection.state !== "restarting") {
      this.#show({ state: "connecting" });
    }
    const socket = this.#deps.open();
    this.#socket = socket;
    this.#heardAt = this.#deps.now();
    this.#timer = setTimeout(() => this.#lost(socket, 0), WELCOME_MS);
    socket.onopen = () => this.#send({ type: "hello", v: 1 });
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket || typeof data !== "string") return;
      this.#heardAt = this.#deps.now();
      const frame = decodeFrame(data);
      if (frame !== null) this.#receive(frame);
    };
    socket.onclose = ({ code }) => this.#lost(socket, code);
  }

  /** The page is back (from the back-forward cache, the background, or a lost network): is the connection still good? */
  check(): void {
    if (this.#closed) return;
    const silentMs = this.#deps.now() - this.#heardAt;
    // Open, or about to be: a wake-up that comes with the first load must not cut the connection it finds in the making.
    const isGood = this.#socket !== null && silentMs < (this.#welcomed ? this.#pingMs * 1.5 : WELCOME_MS);
    if (isGood && this.#deps.isOnline()) return;
    this.#attempt = 0;
    this.connect();
  }

  wentOffline(): void {
    this.#drop();
    this.#show({ state: "offline" });
  }

  signedOut(): void {
    this.#drop();
    this.#show({ state: "signed-out" });
  }

  /** Follows a chat until the returned function is called. */
  watch(watcher: Watcher): () => void {
    const subscription: Subscription = { watcher, sub: "", heads: new HeadCheck() };
    this.#subscribe(subscription);
    return () => {
      if (this.#subscriptions.delete(subscription.sub)) this.#send({ type: "unsubscribe", sub: subscription.sub });
    };
  }

  [Symbol.dispose](): void {
    this.#closed = true;
    this.#drop();
    this.#listeners.clear();
  }

  #subscribe(subscription: Subscription): void {
    this.#subscriptions.delete(subscription.sub);
    subscription.sub = `s${++this.#subs}`;
    this.#subscriptions.set(subscription.sub, subscription);
    const { sub, watcher } = subscription;
    const { after, epoch } = watcher.cursor();
    const frame = { type: "subscribe", sub, chatId: watcher.chatId, after, deltas: true, watchers: true } as const;
    if (this.#welcomed) this.#send(epoch === null ? frame : { ...frame, epoch });
  }

  #receive(frame: Frame): void {
    switch (frame.type) {
      case "welcome":
        this.#pingMs = frame.pingMs;
        this.#welcomed = true;
        this.#attempt = 0;
        this.#armSilence();
        this.#show({ state: "live" });
        for (const subscription of [...this.#subscriptions.values()]) this.#subscribe(subscription);
        return this.#deps.onChanged("all");
      case "events":
        return this.#of(frame.sub)?.watcher.events(frame.events);
      case "live":
        return this.#of(frame.sub)?.watcher.live();
      case "delta":
        return this.#of(frame.sub)?.watcher.delta(frame);
      case "progress":
        return this.#of(frame.sub)?.watcher.progress(frame);
      case "watching":
        return this.#of(frame.sub)?.watcher.watching(frame.names);
      case "reset": {
        const subscription = this.#of(frame.sub);
        this.#subscriptions.delete(frame.sub);
        return subscription?.watcher.reset();
      }
      case "error": {
        if (frame.sub === undefined) return;
        const subscription = this.#of(frame.sub);
        this.#subscriptions.delete(frame.sub);
        return subscription?.watcher.ended(frame.code, frame.message);
      }
      case "changed":
        return this.#deps.onChanged(frame.topic, frame.id);
      case "ping":
        this.#send({ type: "pong" });
        return this.#checkHeads(frame.heads);
      case "ack":
        return;
    }
  }

  /** Frames of a subscription that has ended are nobody's. */
  #of(sub: string): Subscription | undefined {
    return this.#subscriptions.get(sub);
  }

  #checkHeads(heads: Readonly<Record<string, number>>): void {
    this.#armSilence();
    for (const subscription of [...this.#subscriptions.values()]) {
      const { watcher, heads: check } = subscription;
      if (check.isStuck(watcher.cursor().after, heads[watcher.chatId])) this.#subscribe(subscription);
    }
  }

  #armSilence(): void {
    clearTimeout(this.#timer);
    const socket = this.#socket;
    this.#timer = setTimeout(() => {
      // Other frames than pings are a sign of life too.
      const silentMs = this.#deps.now() - this.#heardAt;
      if (silentMs < this.#pingMs * 2) this.#armSilence();
      else if (socket !== null) this.#lost(socket, 0);
    }, this.#pingMs * 2.5);
  }

  #lost(socket: WebSocket, code: number): void {
    if (socket !== this.#socket || this.#closed) return;
    const wasWelcomed = this.#welcomed;
    this.#drop();
    if (code === CLOSE.unauthenticated) return this.#show({ state: "signed-out" });
    if (!this.#deps.isOnline()) return this.#show({ state: "offline" });
    this.#attempt += 1;
    const isRestart = code === CLOSE.restarting || this.#connection.state === "restarting";
    const waitMs = backoffMs(this.#attempt, this.#deps.random());
    const nextAt = this.#deps.now() + waitMs;
    this.#show({ state: isRestart ? "restarting" : "reconnecting", attempt: this.#attempt, nextAt });
    this.#timer = setTimeout(() => this.connect(), waitMs);
    if (!wasWelcomed && this.#attempt > 1) void this.#askWhy(this.#attempt);
  }

  async #askWhy(attempt: number): Promise<void> {
    const isSignedIn = await this.#deps.isSignedIn();
    if (!isSignedIn && attempt === this.#attempt && !this.#welcomed && !this.#closed) this.signedOut();
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#welcomed = false;
    const socket = this.#socket;
    this.#socket = null;
    if (socket === null) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  #send(frame: ClientFrame): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }

  #show(connection: Connection): void {
    this.#connection = connection;
    for (const listener of this.#listeners) listener();
  }
}
