import { sql } from "kysely";
import { Client } from "pg";
import { sleep } from "../core/clock.ts";
import type { Change, Hint, HubEvent } from "../core/hub.ts";
import { readPage } from "./log/events.ts";
import type { Store } from "./database/store.ts";

/**
 * What several nodes on one PostgreSQL tell each other. A hint says that something is there, never what: it goes out by
 * NOTIFY after the commit, outside of it, coalesced. Hints may be lost; then a query a second finds what they would have
 * told, so that loss costs a second and never an event.
 */

const CHANNEL = "sparky";
const COALESCE_MS = 10;
const LOOK_MS = 1000;
const RECONNECT_MS = 500;
/** PostgreSQL refuses payloads of 8,000 bytes. */
const MAX_PAYLOAD = 7000;

const TOPICS = ["chats", "tasks", "schedules", "approvals", "graph"] as const satisfies readonly Change["topic"][];

interface Letter {
  readonly from: string;
  readonly hints: readonly Hint[];
}

export class Nodes implements AsyncDisposable {
  readonly #store: Store;
  readonly #url: string;
  readonly #onError: (error: Error) => void;
  readonly #stopped = new AbortController();
  #hints = new Map<string, Hint>();
  #cancelPost: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  #listening: Promise<void> = Promise.resolve();

  constructor(store: Store, url: string, onError: (error: Error) => void) {
    this.#store = store;
    this.#url = url;
    this.#onError = onError;
  }

  start(): void {
    this.#store.hub.onHint = (hint) => this.#send(hint);
    this.#listening = this.#listen();
    this.#lookLater();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped.abort();
    this.#store.hub.onHint = undefined;
    this.#cancelLook?.();
    this.#cancelPost?.();
    await this.#listening;
    await this.#post();
  }

  #send(hint: Hint): void {
    this.#hints.set(keyOf(hint), hint);
    this.#cancelPost ??= this.#store.clock.after(COALESCE_MS, () => void this.#post());
  }

  async #post(): Promise<void> {
    this.#cancelPost?.();
    this.#cancelPost = undefined;
    const hints = [...this.#hints.values()];
    this.#hints = new Map();
    try {
      for (const payload of letters(this.#store.bootId, hints)) {
        await sql`SELECT pg_notify(${CHANNEL}, ${payload})`.execute(this.#store.db);
      }
    } catch (error) {
      this.#onError(error as Error);
    }
  }

  /** Keeps one connection listening; after each loss everything counts as changed. */
  async #listen(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      const client = new Client({ connectionString: this.#url, keepAlive: true, application_name: "sparky-listen" });
      const { promise: lost, resolve } = Promise.withResolvers<void>();
      client.on("error", (error) => {
        if (!signal.aborted) this.#onError(error);
        resolve();
      });
      client.on("end", resolve);
      client.on("notification", ({ payload }) => this.#receive(payload ?? ""));
      const stop = (): void => resolve();
      signal.addEventListener("abort", stop, { once: true });
      if (await Promise.race([this.#hear(client), lost.then(() => false)])) await lost;
      signal.removeEventListener("abort", stop);
      // Not waited for: on a connection that is already gone the library's promise never settles.
      client.end().catch(() => {});
      await sleep(this.#store.clock, RECONNECT_MS, signal).catch(() => {});
    }
  }

  /** false: it could not begin. */
  async #hear(client: Client): Promise<boolean> {
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      const { hub } = this.#store;
      hub.relayed(() => {
        hub.wake();
        for (const topic of TOPICS) hub.changed({ topic, users: "all" });
      });
      await this.#look();
      return true;
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#onError(error as Error);
      return false;
    }
  }

  #receive(payload: string): void {
    let letter: Letter;
    try {
      // Only our own nodes write to this channel of our own database.
      letter = JSON.parse(payload) as Letter;
    } catch (error) {
      return this.#onError(error as Error);
    }
    if (letter.from === this.#store.bootId) return;
    for (const hint of letter.hints) this.#take(hint);
  }

  #take(hint: Hint): void {
    const { hub } = this.#store;
    switch (hint.kind) {
      case "events":
        return this.#fetch(hint.chatId, hint.seq);
      case "parts":
        if (hub.isWatched(hint.chatId)) void this.#guard(() => this.#showParts(hint.chatId));
        return;
      case "gone":
        return hub.relayed(() => hub.gone(hint.chatId));
      case "changed":
        return hub.relayed(() => hub.changed(hint.change));
      case "wake":
        return hub.relayed(() => hub.wake());
      case "stop":
        return hub.relayed(() => hub.stop(hint.runId));
    }
  }

  /** Reads what is new of a watched chat, once for all its watchers. */
  #fetch(chatId: string, seq: number): void {
    const { hub } = this.#store;
    const known = hub.head(chatId);
    if (!hub.isWatched(chatId) || known >= seq) return;
    void this.#guard(async () => {
      // Nothing was published yet: the last event is enough, for whoever misses others reads them itself.
      let after = known === 0 ? seq - 1 : known;
      for (let page: readonly HubEvent[] = []; after < seq; after = page.at(-1)?.seq ?? seq) {
        page = await readPage(this.#store, chatId, after);
        hub.dropParts(chatId);
        // A hint and a look may both have asked; what the hub has by now is not told again.
        const unknown = page.filter((event) => event.seq > hub.head(chatId));
        if (unknown.length > 0) hub.relayed(() => hub.publish(chatId, unknown));
      }
    });
  }

  async #showParts(chatId: string): Promise<void> {
    const rows = await this.#store.db
      .selectFrom("parts")
      .innerJoin("runs", "runs.id", "parts.run_id")
      .select(["parts.run_id", "parts.part", "parts.kind", "parts.lease", "parts.text"])
      .where("runs.chat_id", "=", chatId)
      .orderBy("parts.ord")
      .execute();
    for (const { run_id: runId, part, kind, lease, text } of rows) {
      const { hub } = this.#store;
      hub.relayed(() => hub.delta({ chatId, runId, part, kind, lease, text, offset: 0 }));
    }
  }

  #lookLater(): void {
    if (this.#stopped.signal.aborted) return;
    this.#cancelLook = this.#store.clock.after(LOOK_MS, () => {
      void this.#guard(() => this.#look()).then(() => this.#lookLater());
    });
  }

  /** One cheap query for all watched chats: what a lost hint would have told. */
  async #look(): Promise<void> {
    const { hub, db } = this.#store;
    const chats = hub.watchedChats();
    if (chats.length === 0) return;
    const rows = await db
      .selectFrom("chats")
      .select(["id", "head"])
      .where("id", "in", [...chats])
      .where("deleted_at", "is", null)
      .execute();
    for (const { id, head } of rows) this.#fetch(id, head);
    const there = new Set(rows.map((row) => row.id));
    for (const id of chats) if (!there.has(id)) hub.relayed(() => hub.gone(id));
  }

  async #guard(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      if (!this.#stopped.signal.aborted) this.#onError(error as Error);
    }
  }
}

/** The latest hint of a kind about one thing says it all. */
function keyOf(hint: Hint): string {
  switch (hint.kind) {
    case "events":
    case "parts":
    case "gone":
      return `${hint.kind} ${hint.chatId}`;
    case "changed":
      return `changed ${JSON.stringify(hint.change)}`;
    case "wake":
      return "wake";
    case "stop":
      return `stop ${hint.runId}`;
  }
}

function letters(from: string, hints: readonly Hint[]): readonly string[] {
  const result: string[] = [];
  let page: Hint[] = [];
  let size = 0;
  for (const hint of hints) {
    const bytes = Buffer.byteLength(JSON.stringify(hint)) + 1;
    if (size + bytes > MAX_PAYLOAD && page.length > 0) {
      result.push(JSON.stringify({ from, hints: page }));
      page = [];
      size = 0;
    }
    page.push(hint);
    size += bytes;
  }
  if (page.length > 0) result.push(JSON.stringify({ from, hints: page }));
  return result;
}
