import { chatWithViewSchema, type ChatWithView } from "../../src/wire/api.ts";
import { addArrivals, addOlder, hasOlder, lastSeq, openLog, type Arrival, type ChatLog } from "./chat-log.ts";
import { logPageSchema } from "./decode.ts";
import { RequestFailure, type Http } from "./http.ts";
import type { LiveSocket, Watcher } from "./socket.ts";

export type ChatSnapshot =
  | { readonly phase: "loading" }
  | { readonly phase: "failed"; readonly error: RequestFailure }
  /** `was`: what it was while it could be seen; null: it never could here. */
  | { readonly phase: "gone"; readonly was: ChatWithView | null }
  | {
      readonly phase: "ready";
      readonly chat: ChatWithView;
      readonly log: ChatLog;
      /** Caught up: what is on screen is all there is. */
      readonly isLive: boolean;
      readonly older: "idle" | "loading" | "failed";
      /** Who watches it now, oneself among them. */
      readonly watching: readonly string[];
    };

export interface ChatWatchDeps {
  readonly http: Http;
  readonly socket: LiveSocket;
  /** Calls back at the next paint; in a hidden tab, only when it shows again. */
  readonly nextPaint: (paint: () => void) => void;
}

const PAGE = 200;
/** A hidden tab paints nothing, but what it is sent is folded in from time to time, so that it does not pile up. */
const MOST_ARRIVALS = 2000;

/** One chat followed by this tab: its newest page, then everything live; painted at most once a frame. */
export class ChatWatch {
  readonly #chatId: string;
  readonly #until: number | null;
  readonly #deps: ChatWatchDeps;
  readonly #listeners = new Set<() => void>();
  #snapshot: ChatSnapshot = { phase: "loading" };
  #arrivals: Arrival[] = [];
  #isPaintDue = false;
  #cursor = 0;
  #loads = 0;
  #unwatch: (() => void) | null = null;

  /** `until`: a stretch that is over and ends there, of which nothing more can come, as that of a run that has ended. */
  constructor(chatId: string, deps: ChatWatchDeps, until: number | null = null) {
    this.#chatId = chatId;
    this.#until = until;
    this.#deps = deps;
  }

  readonly snapshot = (): ChatSnapshot => this.#snapshot;

  readonly onChange = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  };

  /** Follows the chat, from the cursor where it was left or from its newest page. */
  start(): void {
    if (this.#unwatch !== null) return;
    if (this.#snapshot.phase === "ready") this.#follow();
    else void this.load();
  }

  stop(): void {
    this.#loads += 1;
    this.#unwatch?.();
    this.#unwatch = null;
    this.#fold();
    if (this.#snapshot.phase === "ready")
      this.#snapshot = { ...this.#snapshot, isLive: false, older: "idle", watching: [] };
  }

  /** Drops what is held and loads again: the first time, after a reset, and when a person asks for another try. */
  async load(): Promise<void> {
    this.#unwatch?.();
    this.#unwatch = null;
    this.#arrivals = [];
    const load = ++this.#loads;
    if (this.#snapshot.phase !== "ready") this.#show({ phase: "loading" });
    const path = `/api/chats/${encodeURIComponent(this.#chatId)}`;
    try {
      const [chat, page] = await Promise.all([
        this.#deps.http.get(path, chatWithViewSchema),
        this.#deps.http.get(`${path}/events?limit=${PAGE}${this.#end()}`, logPageSchema),
      ]);
      if (load !== this.#loads) return;
      const log = openLog(page, chat);
      this.#cursor = lastSeq(log);
      this.#show({ phase: "ready", chat, log, isLive: false, older: "idle", watching: [] });
      this.#follow();
    } catch (error) {
      if (load !== this.#loads) return;
      const failure = error instanceof RequestFailure ? error : new RequestFailure("internal", String(error));
      this.#show(failure.code === "not_found" ? this.#gone() : { phase: "failed", error: failure });
    }
  }

  #end(): string {
    return this.#until === null ? "" : `&before=${this.#until + 1}`;
  }

  /** `most` events more: a page, or as many as may come at once for who looks for one far back. */
  async loadOlder(most = PAGE): Promise<void> {
    const before = this.#snapshot;
    if (before.phase !== "ready" || before.older === "loading" || !hasOlder(before.log)) return;
    this.#show({ ...before, older: "loading" });
    const load = this.#loads;
    const start = before.log.events[0]?.seq ?? 0;
    const path = `/api/chats/${encodeURIComponent(this.#chatId)}/events`;
    const query = `before=${start}&limit=${most}&epoch=${encodeURIComponent(before.log.epoch)}`;
    try {
      const page = await this.#deps.http.get(`${path}?${query}`, logPageSchema);
      const now = this.#snapshot;
      if (load !== this.#loads || now.phase !== "ready") return;
      this.#show({ ...now, older: "idle", log: addOlder(now.log, page.events) });
    } catch {
      const now = this.#snapshot;
      if (load === this.#loads && now.phase === "ready") this.#show({ ...now, older: "failed" });
    }
  }

  #follow(): void {
    if (this.#until !== null) return;
    const watcher: Watcher = {
      chatId: this.#chatId,
      cursor: () => ({
        after: this.#cursor,
        epoch: this.#snapshot.phase === "ready" ? this.#snapshot.log.epoch : null,
      }),
      events: (events) => {
        for (const event of events) {
          if (event.chatId !== this.#chatId || event.seq !== this.#cursor + 1) continue;
          this.#cursor = event.seq;
          this.#arrivals.push({ event });
        }
        this.#paintSoon();
      },
      delta: (delta) => {
        this.#arrivals.push({ delta });
        this.#paintSoon();
      },
      progress: (progress) => {
        this.#arrivals.push({ progress });
        this.#paintSoon();
      },
      watching: (names) => {
        if (this.#snapshot.phase === "ready") this.#show({ ...this.#snapshot, watching: names });
      },
      live: () => {
        if (this.#snapshot.phase === "ready") this.#snapshot = { ...this.#snapshot, isLive: true };
        this.#paintSoon();
      },
      reset: () => void this.load(),
      ended: (code, message) => {
        this.#unwatch = null;
        if (code === "not_found") this.#show(this.#gone());
        else this.#show({ phase: "failed", error: new RequestFailure("internal", message) });
      },
    };
    this.#unwatch = this.#deps.socket.watch(watcher);
  }

  #gone(): ChatSnapshot {
    const before = this.#snapshot;
    if (before.phase === "gone") return before;
    return { phase: "gone", was: before.phase === "ready" ? before.chat : null };
  }

  #paintSoon(): void {
    if (this.#arrivals.length > MOST_ARRIVALS) this.#fold();
    if (this.#isPaintDue) return;
    this.#isPaintDue = true;
    this.#deps.nextPaint(() => {
      this.#isPaintDue = false;
      this.#fold();
      this.#show(this.#snapshot);
    });
  }

  #fold(): void {
    const arrivals = this.#arrivals;
    if (arrivals.length === 0 || this.#snapshot.phase !== "ready") return;
    this.#arrivals = [];
    this.#snapshot = { ...this.#snapshot, log: addArrivals(this.#snapshot.log, arrivals) };
  }

  #show(snapshot: ChatSnapshot): void {
    this.#snapshot = snapshot;
    for (const listener of this.#listeners) listener();
  }
}
