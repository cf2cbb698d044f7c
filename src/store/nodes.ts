import { sql } from "kysely";
import type { Change, Hint, HubEvent } from "../core/hub.ts";
import { isEnded } from "../core/run-state.ts";
import { ChangedLists } from "./changed-lists.ts";
import { readPage } from "./log/events.ts";
import { listen } from "./database/postgres-listener.ts";
import type { Store } from "./database/store.ts";

/**
 * What several nodes on one PostgreSQL tell each other. A hint says that something is there, never what (but for how far a call
 * is, which stands nowhere): it goes out by NOTIFY after the commit, outside of it, coalesced. Hints may be lost; then a query a second finds what they would have
 * told, so that loss costs a second and never an event.
 */

const CHANNEL = "sparky";
const COALESCE_MS = 10;
const LOOK_MS = 1000;
/** Until what could not be sent is sent again. */
const AGAIN_MS = 1000;
/** Of more than that only the sum is sent: that anything may have changed. */
const MAX_KEPT = 1000;
/** While events come in all the time, the next hint of shown text is soon there. */
const PARTS_TRIES = 5;
/** PostgreSQL refuses payloads of 8,000 bytes. */
const MAX_PAYLOAD = 7000;

/** As it stands in an event that takes a share away, and in no text: quotes are escaped there. */
const UNSHARED = '"change":"unshared"';

/** As it stands in every status. */
const STATUS = '"type":"status"';

const TOPICS = [
  "chats",
  "tasks",
  "schedules",
  "approvals",
  "graph",
  "preferences",
] as const satisfies readonly Change["topic"][];

const ANYTHING: readonly Hint[] = [
  { kind: "wake" },
  ...TOPICS.map((topic) => ({ kind: "changed", change: { topic, users: "all" } }) as const),
];

interface Letter {
  readonly from: string;
  readonly hints: readonly Hint[];
}

export class Nodes implements AsyncDisposable {
  readonly #store: Store;
  readonly #url: string;
  readonly #onError: (error: Error) => void;
  readonly #stopped = new AbortController();
  readonly #lists: ChangedLists;
  #hints = new Map<string, Hint>();
  #cancelPost: (() => void) | undefined;
  #cancelLook: (() => void) | undefined;
  #listening: Promise<void> = Promise.resolve();

  constructor(store: Store, url: string, onError: (error: Error) => void) {
    this.#store = store;
    this.#lists = new ChangedLists(store);
    this.#url = url;
    this.#onError = onError;
  }

  start(): void {
    this.#store.hub.onHint = (hint) => this.#send(hint);
    // What it had to tell when it was last killed it can tell no more.
    for (const hint of ANYTHING) this.#send(hint);
    const { clock } = this.#store;
    this.#listening = listen(this.#url, CHANNEL, {
      clock,
      signal: this.#stopped.signal,
      onBegin: () => this.#guard(() => this.#begin()),
      onLetter: (payload) => this.#receive(payload),
      onError: this.#onError,
    });
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
    let sent = 0;
    try {
      for (const page of pages(hints)) {
        const payload = JSON.stringify({ from: this.#store.bootId, hints: page } satisfies Letter);
        await sql`SELECT pg_notify(${CHANNEL}, ${payload})`.execute(this.#store.db);
        sent += page.length;
      }
    } catch (error) {
      this.#keep(hints.slice(sent));
      this.#onError(error as Error);
    }
  }

  /** What could not be sent is sent again: nothing else tells other nodes that a list has changed. */
  #keep(hints: readonly Hint[]): void {
    if (this.#stopped.signal.aborted) return;
    // Shown text is out of date by then.
    const kept = hints
      .filter(({ kind }) => kind !== "parts" && kind !== "progress")
      .map((hint) => [keyOf(hint), hint] as const);
    this.#hints = new Map([...kept, ...this.#hints]);
    if (this.#hints.size > MAX_KEPT) {
      const stops = [...this.#hints].filter(([, { kind }]) => kind === "stop");
      const everything = ANYTHING.map((hint) => [keyOf(hint), hint] as const);
      this.#hints = new Map([...stops, ...everything]);
    }
    this.#cancelPost ??= this.#store.clock.after(AGAIN_MS, () => void this.#post());
  }

  /** Whatever was sent while nobody listened may have been anything. */
  async #begin(): Promise<void> {
    const { hub } = this.#store;
    hub.relayed(() => {
      hub.wake();
      for (const topic of TOPICS) hub.changed({ topic, users: "all" });
    });
    await this.#look();
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
      case "progress":
        return hub.relayed(() => hub.progress(hint.progress));
      case "gone":
        return hub.relayed(() => hub.gone(hint.chatId));
      case "changed":
        return hub.relayed(() => hub.changed(hint.change));
      case "wake":
        return hub.relayed(() => hub.wake());
      case "stop":
        return hub.relayed(() => hub.stop(hint.runId));
      case "rights":
        return hub.relayed(() => hub.rights());
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
        // Whoever has lost the right by one of these is not sent it, though the hint of that was lost.
        if (page.some(({ json }) => json.includes(UNSHARED))) hub.relayed(() => hub.gone(chatId));
        // A hint and a look may both have asked; what the hub has by now is not told again.
        const unknown = page.filter((event) => event.seq > hub.head(chatId));
        for (const runId of endsIn(unknown)) hub.endedElsewhere(runId);
        if (unknown.length > 0) hub.relayed(() => hub.publish(chatId, unknown));
      }
    });
  }

  /** What is shown must not be older than the events that came meanwhile: one of them may have taken its place. */
  async #showParts(chatId: string): Promise<void> {
    const { hub } = this.#store;
    for (let tried = 0; tried < PARTS_TRIES; tried++) {
      const head = hub.head(chatId);
      const rows = await this.#store.db
        .selectFrom("parts")
        .innerJoin("runs", "runs.id", "parts.run_id")
        .select(["parts.run_id", "parts.part", "parts.kind", "parts.lease", "parts.text"])
        .where("runs.chat_id", "=", chatId)
        .orderBy("parts.ord")
        .execute();
      if (hub.head(chatId) !== head) continue;
      for (const { run_id: runId, part, kind, lease, text } of rows) {
        hub.relayed(() => hub.delta({ chatId, runId, part, kind, lease, text, offset: 0 }));
      }
      return;
    }
  }

  #lookLater(): void {
    if (this.#stopped.signal.aborted) return;
    this.#cancelLook = this.#store.clock.after(LOOK_MS, () => {
      void this.#guard(() => this.#look()).then(() => this.#lookLater());
    });
  }

  /** A cheap query for all watched chats, and one for lists: what a lost hint would have told. */
  async #look(): Promise<void> {
    const { hub } = this.#store;
    const chats = hub.watchedChats();
    // First: whatever befalls the other look, no event may be missed by it.
    if (chats.length > 0) await this.#lookAt(chats);
    if (!hub.areListsWatched) return this.#lists.forget();
    const changes = await this.#lists.look();
    hub.relayed(() => changes.forEach((change) => hub.changed(change)));
  }

  async #lookAt(chats: readonly string[]): Promise<void> {
    const { hub, db } = this.#store;
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

/** The runs of which these events are the ends. */
function endsIn(events: readonly HubEvent[]): readonly string[] {
  return events.flatMap(({ json }) => {
    if (!json.includes(STATUS)) return [];
    const { type, runId, data } = JSON.parse(json) as { type: string; runId: string | null; data: { state?: string } };
    return type === "status" && runId !== null && isEnded(data.state ?? "") ? [runId] : [];
  });
}

/** The latest hint of a kind about one thing says it all. */
function keyOf(hint: Hint): string {
  switch (hint.kind) {
    case "events":
    case "parts":
    case "gone":
      return `${hint.kind} ${hint.chatId}`;
    case "progress":
      return `progress ${hint.progress.callId}`;
    case "changed":
      return `changed ${JSON.stringify(hint.change)}`;
    case "wake":
    case "rights":
      return hint.kind;
    case "stop":
      return `stop ${hint.runId}`;
  }
}

/** Cuts them so that each page fits into one letter. */
function pages(hints: readonly Hint[]): readonly (readonly Hint[])[] {
  const result: Hint[][] = [];
  let size = Infinity;
  for (const hint of hints) {
    const bytes = Buffer.byteLength(JSON.stringify(hint)) + 1;
    if (size + bytes > MAX_PAYLOAD) {
      result.push([]);
      size = 0;
    }
    result.at(-1)?.push(hint);
    size += bytes;
  }
  return result;
}
