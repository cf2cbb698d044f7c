import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import { may } from "../people/access.ts";
import { decodeCursor, encodeCursor, pageFrom, pageOf, pageSize, type PageQuery } from "../database/page.ts";
import { graphSearch } from "../graph/search.ts";
import { contains } from "../database/spellings.ts";
import { wordsOf } from "../graph/words.ts";
import type { TaskRow } from "../database/schema.ts";
import { indexPending } from "./indexing.ts";
import { searchEvents, type FoundEvent } from "./events.ts";
import { snippetOf } from "./words.ts";
import type { Store } from "../database/store.ts";
import { LATEST_FIRST } from "../chats/chats.ts";
import { NEWEST_FIRST } from "../tasks/read.ts";
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

export interface FoundGraphNode {
  readonly kind: "node";
  readonly nodeId: string;
  readonly type: string;
  readonly name: string;
  readonly snippet: string;
}

export type Found = FoundChat | FoundTask | FoundGraphNode | FoundEvent;

/** In this order they are told. */
const KINDS = ["chat", "task", "node", "event"] as const;
export type FoundKind = (typeof KINDS)[number];

export interface Search extends PageQuery {
  readonly query: string;
  /** Only this kind. */
  readonly kind?: FoundKind | undefined;
  /** Only events of this run. */
  readonly runId?: string | undefined;
}

export interface SearchPage {
  readonly items: readonly Found[];
  readonly next: string | null;
  /** False: the latest events, or those of a long log, are still being indexed; what is in them comes later. */
  readonly indexed: boolean;
}

/** Indexed before a search at most; the rest follows behind. */
const INDEX_NOW = 500;

/** In place of a part's own cursor: from its beginning. */
const START = "";

interface Part {
  readonly items: readonly Found[];
  readonly next: string | null;
}

const cursorSchema = z.tuple([z.enum(KINDS), z.string()]);

/** What the viewer may see that has all words of the query: chats, tasks and nodes, then events, each the newest first. */
export async function search(
  store: Store,
  viewer: User,
  { query, kind: wanted, runId, limit, cursor }: Search,
): Promise<SearchPage> {
  const words = wordsOf(query);
  if (words.length === 0) throw new SparkyError("invalid_input", "q: must have a word to search for");
  const most = pageSize({ limit });
  const kind = runId === undefined ? wanted : "event";
  const kinds: readonly FoundKind[] = kind === undefined ? KINDS : [kind];
  const indexed = kinds.includes("event") ? await indexPending(store, INDEX_NOW) : true;
  const [from, inner] = cursor === undefined ? [kinds[0] ?? "chat", START] : decodeCursor(cursorSchema, cursor);
  if (!kinds.includes(from))
    throw new SparkyError("invalid_input", `the cursor is of a search for another kind, ${from}`);
  const items: Found[] = [];
  let part = inner;
  for (const each of kinds.slice(kinds.indexOf(from))) {
    const asked = { query, words, runId, cursor: part === START ? undefined : part, limit: most - items.length };
    const found = await PARTS[each](store, viewer, asked);
    items.push(...found.items);
    part = START;
    if (found.next !== null) return { items, next: encodeCursor([each, found.next]), indexed };
    const following = kinds[kinds.indexOf(each) + 1];
    if (items.length >= most && following !== undefined) {
      return { items, next: encodeCursor([following, START]), indexed };
    }
  }
  return { items, next: null, indexed };
}

interface Asked extends PageQuery {
  readonly query: string;
  readonly words: readonly string[];
  readonly runId: string | undefined;
  readonly limit: number;
}

type Find = (store: Store, viewer: User, asked: Asked) => Promise<Part>;

const PARTS: { readonly [kind in FoundKind]: Find } = {
  async chat({ db }, viewer, { words, ...query }) {
    const rows = await db
      .selectFrom("chats")
      .select(["id", "title", "last_event_at"])
      .where(may(viewer, "see", "chats"))
      .where((eb) => eb.and(words.map((word) => contains("chats.title", word))))
      .$call(pageFrom(LATEST_FIRST, query))
      .execute();
    const page = pageOf(rows, query, (row) => [row.last_event_at, row.id]);
    const items = page.rows.map((row): FoundChat => ({
      kind: "chat",
      chatId: row.id,
      title: row.title,
      at: isoTime(row.last_event_at),
    }));
    return { items, next: page.next };
  },

  async task({ db }, viewer, { words, ...query }) {
    const rows = await db
      .selectFrom("tasks")
      .select(["id", "chat_id", "status", "instruction", "result", "created_at"])
      .where(may(viewer, "see", "tasks"))
      .where((eb) =>
        eb.and(words.map((word) => eb.or([contains("tasks.instruction", word), contains("tasks.result", word)]))),
      )
      .$call(pageFrom(NEWEST_FIRST, query))
      .execute();
    const page = pageOf(rows, query, (row) => [row.created_at, row.id]);
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
    const page = await graphSearch(db, viewer.id, { query, every: true, limit, cursor });
    const items = page.items.map(({ id, type, name, content }): FoundGraphNode => ({
      kind: "node",
      nodeId: id,
      type,
      name,
      snippet: snippetOf(content, words),
    }));
    return { items, next: page.next };
  },

  async event(store, viewer, { query, runId, cursor, limit }) {
    return searchEvents(store, viewer, { query, runId, cursor, limit });
  },
};
