import type { RawData, WebSocket } from "ws";
import { isWithin } from "../../core/scopes.ts";
import { isSparkyError, messageOf, SparkyError } from "../../core/errors.ts";
import type { Change } from "../../core/hub.ts";
import { soundText } from "../../core/text.ts";
import { postMessage } from "../../store/chats/messages.ts";
import type { User } from "../../wire/api.ts";
import { errorBody } from "../../wire/errors.ts";
import { clientFrameSchema, FRAMES, type ClientFrame, type ServerFrame } from "../../wire/frames.ts";
import { CLOSE, HELLO_TIMEOUT_MS, MAX_HELLO_BYTES, MAX_SUBSCRIPTIONS } from "../../wire/limits.ts";
import type { Identity } from "../../store/people/identity.ts";
import { requirePerson, requireScope } from "../sign-in/scope.ts";
import type { Acting } from "../sign-in/acting.ts";
import type { Auth } from "../sign-in/auth.ts";
import { mustMay } from "../sign-in/must-may.ts";
import { isCookieOurs } from "../sign-in/session-cookie.ts";
import type { Held, Identities } from "../sign-in/identities.ts";
import type { SignInLimit } from "../sign-in/rate-limit.ts";
import { decide } from "./decide.ts";
import type { ServerDeps } from "../deps.ts";
import { parseInput, parseJson } from "../input.ts";
import type { Guest, Lobby } from "./lobby.ts";
import { Outgoing } from "./outgoing.ts";
import { Patience } from "./patience.ts";
import { Subscription, type LogSource } from "./subscription.ts";

export const DEFAULT_PING_MS = 15_000;
/** Changes of the same list within this time are one frame. */
const CHANGED_MS = 20;
const MAX_CHANGED = 50;
/** Frames that wait their turn; above it, nothing more is read from the socket. */
const MAX_WAITING = 16;

type Command = Extract<ClientFrame, { ref: string }>;
type Subscribe = Extract<ClientFrame, { type: "subscribe" }>;

export interface SignIn {
  readonly auth: Auth;
  readonly identities: Identities;
  readonly acting: Acting;
}

export interface ConnectionParts extends SignIn {
  readonly deps: ServerDeps;
  /** The upgrade request's headers. */
  readonly headers: Headers;
  /** The peer's address. */
  readonly remote: string;
  readonly limit: SignInLimit;
  /** Where it waits until it has said hello. */
  readonly lobby: Lobby;
  /** The log as `viewer` may read it. */
  source(viewer: User): LogSource;
}

/** One WebSocket: hello, subscriptions, commands, heartbeats. What it is sent may be anything; it answers and lives on. */
export class Connection implements Guest {
  readonly #parts: ConnectionParts;
  readonly #patience: Patience;
  readonly #gone = new AbortController();
  readonly #socket: WebSocket;
  readonly #outgoing: Outgoing;
  readonly #pingMs: number;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #bySub = new Map<string, Subscription>();
  readonly #changes = new Map<string, Change>();
  #user: { readonly identity: Identity; readonly source: LogSource } | null = null;
  #held: Held | null = null;
  #token: string | null = null;
  /** A hello has come. */
  #heard = false;
  /** It is being answered, or has been. */
  #greeted = false;
  #cancelTimer: () => void;
  #cancelChanged: (() => void) | null = null;
  #silentPings = 0;
  #waiting = 0;
  #queue: Promise<void> = Promise.resolve();

  constructor(socket: WebSocket, parts: ConnectionParts) {
    const { clock } = parts.deps.store;
    this.#socket = socket;
    this.#parts = parts;
    this.#pingMs = parts.deps.pingMs ?? DEFAULT_PING_MS;
    this.#patience = new Patience(clock);
    parts.lobby.enter(this, isCookieOurs(parts.headers, parts.deps.secret) ? null : parts.remote);
    this.#outgoing = new Outgoing(socket, clock, () => this.#drained());
    this.#cancelTimer = clock.after(HELLO_TIMEOUT_MS, () => this.close(CLOSE.unauthenticated, "no hello in time"));
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("pong", () => (this.#silentPings = 0));
    // `ws` closes the socket after an error, as for a frame that is too large.
    socket.on("error", (error) => parts.deps.log.debug({ err: error }, "socket error"));
    socket.on("close", () => this.#closed());
  }

  close(code: number, reason: string): void {
    this.#outgoing.close(code, reason);
  }

  /** Too many wait for their hello. */
  turnOut(): void {
    this.#parts.deps.log.debug({ remote: this.#parts.remote }, "too many sockets without hello");
    this.#socket.terminate();
  }

  /** Told of each chunk that comes, after the frames that it completes. */
  received(total: number): void {
    if (!this.#heard && total > MAX_HELLO_BYTES) this.#socket.terminate();
  }

  /** A list that this user can see has changed. */
  changed(change: Change): void {
    if (this.#user === null || !isWithin(this.#user.identity.scopes ?? null, ["read"])) return;
    if (!(change.users === "all" || change.users.includes(this.#user.identity.user.id))) return;
    const many = this.#changes.size >= MAX_CHANGED;
    this.#changes.set(
      many ? change.topic : `${change.topic} ${change.id ?? ""}`,
      many ? { topic: change.topic, users: "all" } : change,
    );
    this.#cancelChanged ??= this.#parts.deps.store.clock.after(CHANGED_MS, () => {
      this.#cancelChanged = null;
      this.#flushChanged();
    });
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#silentPings = 0;
    // Nothing is heard of who is not known yet: not this frame, if it is too long for a hello, nor the next ones.
    if (!this.#heard && (data as Buffer).length > MAX_HELLO_BYTES) return this.#socket.terminate();
    let raw: unknown;
    try {
      if (isBinary) throw new SparkyError("invalid_input", "frames are text: one JSON object each");
      // Frames arrive as one buffer: the socket's default binary type.
      raw = parseJson((data as Buffer).toString("utf8"), "the frame");
      if (this.#greeted) raw = this.#parts.deps.store.secrets.value(raw);
      const frame = parseInput(clientFrameSchema, raw);
      this.#heard ||= frame.type === "hello";
      if (frame.type !== "pong") this.#enqueue(frame, () => this.#handle(frame));
    } catch (error) {
      this.#enqueue(raw, () => Promise.reject(error as Error));
    }
  }

  /** One after another, in the order in which they came, and only while the client reads the answers. */
  #enqueue(frame: unknown, job: () => Promise<void>): void {
    if (++this.#waiting === MAX_WAITING || this.#user === null) this.#socket.pause();
    this.#queue = this.#queue
      .then(() => this.#outgoing.room())
      .then(() => this.#patience.turn(this.#gone.signal))
      .then(job)
      .catch((error: unknown) => this.#answerError(error, frame))
      .finally(() => {
        if (this.#waiting-- === MAX_WAITING || (this.#waiting === 0 && this.#socket.isPaused)) this.#socket.resume();
      });
  }

  async #handle(frame: ClientFrame): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (frame.type === "hello") return this.#hello(frame.token ?? null);
    const user = this.#user;
    if (user === null) return this.close(CLOSE.unauthenticated, "the first frame must be hello");
    const needed = FRAMES[frame.type];
    if (needed !== null) {
      mustMay(user.identity.user, needed.right);
      requireScope(user.identity.scopes, [needed.scope]);
    }
    switch (frame.type) {
      case "subscribe":
        return this.#subscribe(frame, user.source);
      case "unsubscribe":
        return this.#bySub.get(frame.sub)?.end();
      case "message":
      case "stop":
      case "decide":
        if (frame.type === "decide") requirePerson(user.identity.credential, this.#parts.deps.approveBy);
        return this.#parts.acting.as(user.identity, () => this.#command(frame, user.identity.user));
      case "pong":
        return;
    }
  }

  async #hello(token: string | null): Promise<void> {
    if (this.#greeted) throw new SparkyError("invalid_input", "hello was said already");
    this.#greeted = true;
    this.#token = token;
    this.#cancelTimer();
    const unknown = (): void => this.close(CLOSE.restarting, "the sign-in cannot be checked now: try again");
    this.#cancelTimer = this.#parts.deps.store.clock.after(HELLO_TIMEOUT_MS, unknown);
    const identity = await this.#identify().catch((error: unknown) => {
      unknown();
      throw error;
    });
    if (identity === null) return this.#refuse();
    this.#parts.lobby.leave(this);
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    const { user } = identity;
    this.#user = { identity, source: this.#watched(this.#parts.source(user)) };
    const held = this.#parts.identities.hold(identity);
    this.#held = held;
    held.signal.addEventListener("abort", () => this.#signedOut(held.signal.reason === "changed"), { once: true });
    this.#cancelTimer();
    const { epoch, node } = this.#parts.deps.store;
    const { id, name } = user;
    this.#send({ type: "welcome", v: 1, user: { id, name }, epoch, node, pingMs: this.#pingMs });
    this.#armPing();
  }

  /** A wrong token counts as it does over HTTP. */
  #refuse(): void {
    const { limit, remote, headers } = this.#parts;
    if (this.#token === null && !headers.has("authorization"))
      return this.close(CLOSE.unauthenticated, "not signed in");
    try {
      limit.check(remote);
      limit.failed(remote);
      this.close(CLOSE.unauthenticated, "not signed in");
    } catch (error) {
      this.close(CLOSE.unauthenticated, messageOf(error));
    }
  }

  async #identify(): Promise<Identity | null> {
    const { auth, headers } = this.#parts;
    if (this.#token !== null) return auth.identityOfToken(this.#token);
    return auth.identify(headers, false);
  }

  /** Nothing more is told or done by a sign-in that has ended; a client whose role has changed comes back with the new one. */
  #signedOut(comesBack: boolean): void {
    this.#user = null;
    for (const subscription of [...this.#subscriptions.values()]) subscription.end();
    if (comesBack) this.close(CLOSE.restarting, "what you may do has changed: come again");
    else this.close(CLOSE.unauthenticated, "your sign-in has ended");
  }

  /** What is not there, or not for this reader, counts as refused. */
  #watched(source: LogSource): LogSource {
    return {
      ...source,
      head: async (chatId) => {
        const head = await source.head(chatId);
        if (head === null) this.#patience.refused();
        return head;
      },
    };
  }

  #subscribe({ sub, chatId, after, epoch, deltas = false, watchers = false }: Subscribe, source: LogSource): void {
    if (after > 0 && epoch === undefined)
      throw new SparkyError("invalid_input", "epoch: is required when after is above 0");
    this.#subscriptions.get(chatId)?.end();
    this.#bySub.get(sub)?.end();
    if (this.#subscriptions.size >= MAX_SUBSCRIPTIONS) {
      throw new SparkyError("too_large", `a socket holds at most ${MAX_SUBSCRIPTIONS} subscriptions`, {
        hint: "unsubscribe from chats that are not shown",
      });
    }
    const request = { sub, chatId, after, epoch, deltas, watchers };
    const subscription = new Subscription(request, source, this.#outgoing, () => {
      this.#subscriptions.delete(chatId);
      this.#bySub.delete(sub);
    });
    this.#subscriptions.set(chatId, subscription);
    this.#bySub.set(sub, subscription);
  }

  async #command(frame: Command, viewer: User): Promise<void> {
    const { store, stopRun } = this.#parts.deps;
    const { ref } = frame;
    switch (frame.type) {
      case "message": {
        const { chatId, ...message } = frame;
        return this.#send({ type: "ack", ref, ...(await postMessage(store, viewer, chatId, message)) });
      }
      case "stop": {
        const { chatId, runId } = frame;
        const target = runId !== undefined ? { runId } : chatId !== undefined ? { chatId } : null;
        if (target === null) throw new SparkyError("invalid_input", "name the chatId or the runId to stop");
        const stopped = await stopRun(viewer, target);
        return this.#send({ type: "ack", ref, ...(stopped.runId === null ? {} : { runId: stopped.runId }) });
      }
      case "decide":
        return this.#send({ type: "ack", ref, runId: (await decide(store, viewer, frame.approvalId, frame)).runId });
    }
  }

  #answerError(error: unknown, frame: unknown): void {
    if (this.#gone.signal.aborted) return;
    this.#patience.refused();
    if (!isSparkyError(error)) this.#parts.deps.log.error({ err: error }, "a frame failed");
    const { code, message } = errorBody(error).body.error;
    this.#send({ type: "error", ...labels(frame), code, message });
  }

  #send(frame: ServerFrame): void {
    this.#outgoing.send(JSON.stringify(frame));
  }

  #armPing(): void {
    this.#cancelTimer = this.#parts.deps.store.clock.after(this.#pingMs, () => this.#ping());
  }

  #ping(): void {
    if (this.#silentPings >= 2) return this.#socket.terminate();
    this.#silentPings++;
    const heads = Object.fromEntries([...this.#subscriptions].map(([chatId, { head }]) => [chatId, head]));
    if (this.#outgoing.pressure() !== "full") this.#send({ type: "ping", heads });
    this.#socket.ping();
    this.#armPing();
  }

  #drained(): void {
    for (const subscription of this.#subscriptions.values()) subscription.drained();
    this.#flushChanged();
  }

  #flushChanged(): void {
    if (this.#outgoing.pressure() === "full" || this.#cancelChanged !== null) return;
    for (const { topic, id } of this.#changes.values()) {
      this.#send({ type: "changed", topic, ...(id === undefined ? {} : { id }) });
    }
    this.#changes.clear();
  }

  #closed(): void {
    this.#parts.lobby.leave(this);
    this.#gone.abort(new Error("the socket is closed"));
    this.#cancelTimer();
    this.#held?.[Symbol.dispose]();
    this.#cancelChanged?.();
    for (const subscription of [...this.#subscriptions.values()]) subscription.end();
  }
}

/** The labels of a frame, as far as it has them, so that its sender knows what the error answers. */
function labels(frame: unknown): { readonly ref?: string; readonly sub?: string } {
  if (typeof frame !== "object" || frame === null) return {};
  return {
    ...("ref" in frame && typeof frame.ref === "string" ? { ref: soundText(frame.ref.slice(0, 100)) } : {}),
    ...("sub" in frame && typeof frame.sub === "string" ? { sub: soundText(frame.sub.slice(0, 100)) } : {}),
  };
}
