import { sleep, type Clock } from "../../core/clock.ts";
import type { Hub, HubDelta, HubEvent, HubProgress, Watcher } from "../../core/hub.ts";
import { MAX_PAGE_BYTES, MAX_PAGE_EVENTS } from "../../wire/limits.ts";

/** Where a subscription reads: the database for what was, the hub for what is. */
export interface LogSource {
  readonly hub: Pick<Hub, "watch" | "head" | "openParts" | "openProgress">;
  readonly epoch: string;
  readonly clock: Clock;
  /** The last `seq` of the chat's log; null: there is no such chat, or its reader may not see it. */
  head(chatId: string): Promise<number | null>;
  /** Ascending from `after + 1`, within the limits of one frame (or one bigger event). */
  page(chatId: string, after: number): Promise<readonly HubEvent[]>;
  /** A read failed; it will be tried again. */
  onError(error: unknown): void;
  readonly join: (events: readonly HubEvent[]) => string;
  /** Counts its reader among those who watch the chat, until what it returns is called; `told` is called with all of them at once, and at each change. */
  readonly enter?: (chatId: string, told: (names: readonly string[]) => void) => () => void;
}

/** Where a subscription writes. A closed socket takes everything and does nothing. */
export interface Sink {
  send(frame: string): void;
  /** `some`: no deltas; `full`: nothing is pushed until it drains. */
  pressure(): "none" | "some" | "full";
  /** Resolves when the sink is not full. */
  room(): Promise<void>;
}

export interface SubscriptionRequest {
  readonly sub: string;
  readonly chatId: string;
  readonly after: number;
  readonly epoch: string | undefined;
  readonly deltas: boolean;
  /** It is told who watches, and is told of to others. */
  readonly watchers?: boolean;
}

const RETRY_MS = [100, 300, 1000, 3000] as const;
/** An empty page below the head is read again this often before the log is reported as damaged. */
const MAX_EMPTY_PAGES = 3;

/**
 * One watcher of one chat: exactly the log after its cursor, in order, each event once. It catches up from the database
 * until the hub has nothing newer, then lives from the hub, and goes back to catching up whenever what the hub brings does
 * not fit its cursor, its socket was full, or its right to read must be checked again.
 */
export class Subscription implements Watcher {
  readonly request: SubscriptionRequest;
  readonly #source: LogSource;
  readonly #sink: Sink;
  readonly #onEnd: () => void;
  readonly #head: string;
  readonly #unwatch: () => void;
  readonly #stop = new AbortController();
  #state: "catching" | "live" | "ended" = "catching";
  #cursor: number;
  /** The head must be read (again) before going live. */
  #unchecked = true;
  #checkedOnce = false;
  #running = false;
  /** Deltas or progress were left out: the next thing to send is the whole of what is under way. */
  #owesParts = true;
  /** Who watches, where that is still to be told. */
  #owedNames: readonly string[] | null = null;
  #leave: (() => void) | undefined;

  constructor(request: SubscriptionRequest, source: LogSource, sink: Sink, onEnd: () => void) {
    this.request = request;
    this.#source = source;
    this.#sink = sink;
    this.#onEnd = onEnd;
    this.#cursor = request.after;
    this.#head = `"sub":${JSON.stringify(request.sub)},"chatId":${JSON.stringify(request.chatId)}`;
    this.#unwatch = source.hub.watch(request.chatId, this);
    void this.#catchUp();
  }

  /** For heartbeats: the last `seq` that this node knows of. */
  get head(): number {
    return Math.max(this.#cursor, this.#source.hub.head(this.request.chatId));
  }

  end(): void {
    if (this.#state === "ended") return;
    this.#state = "ended";
    this.#unwatch();
    this.#leave?.();
    this.#stop.abort(new Error("the subscription ended"));
    this.#onEnd();
  }

  events(events: readonly HubEvent[]): void {
    if (this.#state !== "live") return;
    const first = events.findIndex((event) => event.seq > this.#cursor);
    if (first < 0) return;
    if (events[first]?.seq !== this.#cursor + 1 || this.#sink.pressure() === "full") return void this.#catchUp();
    this.#sendEvents(first === 0 ? events : events.slice(first));
  }

  delta(delta: HubDelta): void {
    this.#sendUnderWay(() => this.#sendDelta(delta));
  }

  progress(progress: HubProgress): void {
    this.#sendUnderWay(() => this.#sendProgress(progress));
  }

  /** What is not in the log, for who asked for it and has room. */
  #sendUnderWay(send: () => void): void {
    if (!this.request.deltas) return;
    if (this.#state !== "live" || this.#sink.pressure() !== "none") {
      this.#owesParts = true;
    } else if (this.#owesParts) {
      this.#sendOpenParts();
    } else {
      send();
    }
  }

  /** The chat was deleted or rights changed: nothing goes out until the right to read is confirmed. */
  gone(): void {
    void this.#catchUp();
  }

  /** The socket has room for deltas again. */
  drained(): void {
    if (this.#state !== "live") return;
    if (this.#owesParts) this.#sendOpenParts();
    this.#sendNames();
  }

  async #catchUp(): Promise<void> {
    if (this.#state === "ended") return;
    this.#state = "catching";
    this.#unchecked = true;
    this.#owesParts = true;
    if (this.#running) return;
    this.#running = true;
    let failures = 0;
    while (this.#state === "catching") {
      try {
        await this.#read();
      } catch (error) {
        if (this.#ended()) break;
        this.#unchecked = true;
        if (failures === 0) this.#source.onError(error);
        const wait = RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)] ?? 0;
        await sleep(this.#source.clock, wait, this.#stop.signal).catch(() => {});
      }
    }
    this.#running = false;
  }

  async #read(): Promise<void> {
    const { chatId } = this.request;
    let goal = 0;
    let empty = 0;
    while (!this.#ended()) {
      await this.#sink.room();
      if (this.#ended()) return;
      if (this.#unchecked) {
        this.#unchecked = false;
        const head = await this.#checkedHead();
        if (head === null) return;
        goal = head;
      }
      if (this.#cursor >= goal && this.#source.hub.head(chatId) <= this.#cursor) {
        if (this.#unchecked) continue;
        return this.#goLive();
      }
      const page = await this.#source.page(chatId, this.#cursor);
      if (this.#ended()) return;
      if (page.length > 0) {
        empty = 0;
        if (!this.#unchecked) this.#sendEvents(page);
      } else if (++empty < MAX_EMPTY_PAGES) {
        this.#unchecked = true;
      } else if (goal < this.#source.hub.head(chatId)) {
        return this.#reset("ahead", goal);
      } else {
        return this.#refuse("unavailable", "the log of this chat cannot be read here; run sparky verify");
      }
    }
  }

  /** The head of a log that this watcher may read and that goes on from its cursor; else the end of it, and null. */
  async #checkedHead(): Promise<number | null> {
    const head = await this.#source.head(this.request.chatId);
    if (this.#ended()) return null;
    if (head === null) {
      this.#refuse("not_found", "this chat was not found");
      return null;
    }
    const { after, epoch } = this.request;
    if (!this.#checkedOnce && after > 0 && epoch !== this.#source.epoch) {
      this.#reset("epoch", head);
      return null;
    }
    if (head < this.#cursor) {
      this.#reset("ahead", head);
      return null;
    }
    this.#checkedOnce = true;
    return head;
  }

  #goLive(): void {
    this.#state = "live";
    this.#sink.send(`{"type":"live",${this.#head},"seq":${this.#cursor}}`);
    if (this.#sink.pressure() === "none") this.#sendOpenParts();
    // Not before its right to read was found good.
    if (this.request.watchers) this.#leave ??= this.#source.enter?.(this.request.chatId, (names) => this.#told(names));
    this.#sendNames();
  }

  #told(names: readonly string[]): void {
    this.#owedNames = names;
    if (this.#state === "live") this.#sendNames();
  }

  #sendNames(): void {
    if (this.#owedNames === null || this.#sink.pressure() !== "none") return;
    this.#sink.send(`{"type":"watching",${this.#head},"names":${JSON.stringify(this.#owedNames)}}`);
    this.#owedNames = null;
  }

  #sendEvents(events: readonly HubEvent[]): void {
    for (const page of inPages(events)) {
      this.#sink.send(`{"type":"events",${this.#head},"events":[${this.#source.join(page)}]}`);
      this.#cursor = page.at(-1)?.seq ?? this.#cursor;
    }
  }

  #sendOpenParts(): void {
    this.#owesParts = false;
    if (!this.request.deltas) return;
    for (const part of this.#source.hub.openParts(this.request.chatId)) this.#sendDelta(part);
    for (const each of this.#source.hub.openProgress(this.request.chatId)) this.#sendProgress(each);
  }

  #sendDelta({ runId, part, kind, offset, text }: HubDelta): void {
    this.#sink.send(`{"type":"delta",${this.#head},${JSON.stringify({ runId, part, kind, offset, text }).slice(1)}`);
  }

  #sendProgress({ runId, callId, text }: HubProgress): void {
    this.#sink.send(`{"type":"progress",${this.#head},${JSON.stringify({ runId, callId, text }).slice(1)}`);
  }

  #reset(reason: "epoch" | "ahead", last: number): void {
    const { epoch } = this.#source;
    const rest = JSON.stringify({ reason, first: last === 0 ? 0 : 1, last, epoch }).slice(1);
    this.#sink.send(`{"type":"reset",${this.#head},${rest}`);
    this.end();
  }

  #refuse(code: "not_found" | "unavailable", message: string): void {
    this.#sink.send(JSON.stringify({ type: "error", sub: this.request.sub, code, message }));
    this.end();
  }

  /** A method, because the state may change during any `await`. */
  #ended(): boolean {
    return this.#state === "ended";
  }
}

/** Makes a function that joins a batch of events once, however many watchers it goes to. */
export function joinOnce(): (events: readonly HubEvent[]) => string {
  const known = new WeakMap<readonly HubEvent[], string>();
  return (events) => {
    const before = known.get(events);
    if (before !== undefined) return before;
    const text = events.map((event) => event.json).join(",");
    known.set(events, text);
    return text;
  };
}

function inPages(events: readonly HubEvent[]): readonly (readonly HubEvent[])[] {
  const sizes = events.map((event) => Buffer.byteLength(event.json));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (events.length <= MAX_PAGE_EVENTS && (total <= MAX_PAGE_BYTES || events.length === 1)) return [events];
  const pages: HubEvent[][] = [];
  let bytes = Infinity;
  for (const [index, event] of events.entries()) {
    bytes += sizes[index] ?? 0;
    const page = pages.at(-1);
    if (page === undefined || page.length === MAX_PAGE_EVENTS || bytes > MAX_PAGE_BYTES) {
      pages.push([event]);
      bytes = sizes[index] ?? 0;
    } else {
      page.push(event);
    }
  }
  return pages;
}
