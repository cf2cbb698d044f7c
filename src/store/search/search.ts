import { sql } from "kysely";
import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import { visibleChats } from "../people/access.ts";
import { cursorPlace, placeCursor } from "../database/cursor.ts";
import { graphSearch } from "../graph/search.ts";
import { contains, wordsOf } from "../graph/words.ts";
import type { TaskRow } from "../database/schema.ts";
import { indexPending } from "./indexing.ts";
import { searchEvents, type FoundEvent } from "./events.ts";
import { snippetOf } from "./words.ts";
import { decodeCursor, DEFAULT_PAGE, MAX_PAGE, pageOf } from "../database/sql.ts";
import type { Store } from "../database/store.ts";
import { visibleTasks } from "../tasks/read.ts";
import type { User } from "../people/user.ts";

export interface FoundChat {
  readonly kind: "chat";
  readonly chatId: string;
  readonly title: string;
  readonly at: string;
}

export interface FoundTask {
  readonly kind: "task";
  readonly taskId: string;
  readonly chatId: string;
  readonly status: TaskRow["status"];
  readonly at: string;
  readonly snippet: string;
}

export interface FoundMemory {
  readonly kind: "node";
  readonly nodeId: string;
  readonly type: string;
  readonly name: string;
  readonly snippet: string;
}

export type Found = FoundChat | FoundTask | FoundMemory | FoundEvent;

/** In this order they are told. */
const KINDS = ["chat", "task", "node", "event"] as const;
export type FoundKind = (typeof KINDS)[number];

export interface Search {
  readonly query: string;
  /** Only this kind. */
  readonly kind?: FoundKind | undefined;
  readonly limit?: number | undefined;
  /** `next` of the page before. */
  readonly cursor?: string | undefined;
}

export interface SearchPage {
  readonly items: readonly Found[];
  readonly next: string | null;
  /** False: the latest events, or those of a long log, are still being indexed; what is in them comes later. */
  readonly indexed: boolean;
}

/** Indexed before a search at most; the rest follows behind. */
const INDEX_NOW = 500;

interface Part {
  readonly items: readonly Found[];
  readonly next: string | null;
}

const placeSchema = z.tuple([z.enum(KINDS), z.string().nullable()]);

/** What the viewer may see that has all words of the query: chats, tasks and nodes, then events, each the newest first. */
export async function search(store: Store, viewer: User, { query, kind, limit, cursor }: Search): Promise<SearchPage> {
  const words = wordsOf(query);
  if (words.length === 0) throw new SparkyError("invalid_input", "q: must have a word to search for");
  const most = Math.min(limit ?? DEFAULT_PAGE, MAX_PAGE);
  const kinds: readonly FoundKind[] = kind === undefined ? KINDS : [kind];
  const indexed = kinds.includes("event") ? await indexPending(store, INDEX_NOW) : true;
  const [from, inner] = cursor === undefined ? [kinds[0] ?? "chat", null] : cursorPlace(placeSchema, cursor);
  if (!kinds.includes(from))
    throw new SparkyError("invalid_input", `the cursor is of a search for another kind, ${from}`);
  const items: Found[] = [];
  let place: string | null = inner;
  for (const each of kinds.slice(kinds.indexOf(from))) {
    const part = await PARTS[each](store, viewer, { query, words, cursor: place, limit: most - items.length });
    items.push(...part.items);
    place = null;
    if (part.next !== null) return { items, next: placeCursor([each, part.next]), indexed };
    const following = kinds[kinds.indexOf(each) + 1];
    if (items.length >= most && following !== undefined) {
      return { items, next: placeCursor([following, ""]), indexed };
    }
  }
  return { items, next: null, indexed };
}

interface Asked {
  readonly query: string;
  readonly words: readonly string[];
  /** Null or empty: from the beginning. */
  readonly cursor: string | null;
  readonly limit: number;
}

type Find = (store: Store, viewer: User, asked: Asked) => Promise<Part>;

const START = { at: 0, id: "" };

const PARTS: { readonly [kind in FoundKind]: Find } = {
  async chat({ db }, viewer, { words, cursor, limit }) {
    const after = cursor ? decodeCursor(cursor) : null;
    const rows = await db
      .selectFrom("chats")
      .select(["id", "title", "last_event_at"])
      .where(visibleChats(viewer))
      .where((eb) => eb.and(words.map((word) => contains("chats.title", word))))
      .$if(after !== null, (q) => q.where(behind("last_event_at", after ?? START)))
      .orderBy("last_event_at", "desc")
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    const page = pageOf(rows, limit, (row) => row.last_event_at);
    const items = page.rows.map((row): FoundChat => ({
      kind: "chat",
      chatId: row.id,
      title: row.title,
      at: isoTime(row.last_event_at),
    }));
    return { items, next: page.next };
  },

  async task({ db }, viewer, { words, cursor, limit }) {
    const after = cursor ? decodeCursor(cursor) : null;
    const rows = await db
      .selectFrom("tasks")
      .select(["id", "chat_id", "status", "instruction", "result", "created_at"])
      .where(visibleTasks(viewer))
      .where((eb) =>
        eb.and(words.map((word) => eb.or([contains("tasks.instruction", word), contains("tasks.result", word)]))),
      )
      .$if(after !== null, (q) => q.where(behind("created_at", after ?? START)))
      .orderBy("created_at", "desc")
      .orderBy("id", "desc")
      .limit(limit + 1)
      .execute();
    const page = pageOf(rows, limit, (row) => row.created_at);
    const items = page.rows.map((row): FoundTask => ({
      kind: "task",
      taskId: row.id,
      chatId: row.chat_id,
      status: row.status,
      at: isoTime(row.created_at),
      snippet: snippetOf([row.instruction, row.result ?? ""].join("\n"), words),
    }));
    return { items, next: page.next };
  },

  async node({ db }, viewer, { query, words, cursor, limit }) {
    const page = await graphSearch(db, viewer.id, { query, every: true, limit, cursor: cursor || undefined });
    const items = page.items.map(({ id, type, name, content }): FoundMemory => ({
      kind: "node",
      nodeId: id,
      type,
      name,
      snippet: snippetOf(content, words),
    }));
    return { items, next: page.next };
  },

  async event(store, viewer, { query, cursor, limit }) {
    const before = cursor ? Number(cursor) : null;
    if (before !== null && !Number.isSafeInteger(before))
      throw new SparkyError("invalid_input", "the cursor is not one that a search gave");
    const { items, next } = await searchEvents(store, viewer, { query, before, limit });
    return { items, next: next === null ? null : String(next) };
  },
};

/** Rows after a place in the order of a time and an id, both descending. */
const behind = (time: string, { at, id }: { at: number; id: string }) =>
  sql<boolean>`(${sql.ref(time)}, id) < (${at}, ${id})`;
