import { sql } from "kysely";
import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { may } from "../people/access.ts";
import { readableEvent } from "../log/events.ts";
import { foundText, queriedWords, snippetOf, type FOUND_TYPES } from "./words.ts";
import { afterCursor, orderBy, pageFrom, pageOf, type PageQuery } from "../database/page.ts";
import type { Db } from "../database/sql.ts";
import type { EngineKind } from "../database/store.ts";
import type { User } from "../people/user.ts";

/** An event whose text has all words of the query, each from a word's beginning. */
export interface FoundEvent {
  readonly kind: "event";
  readonly chatId: string;
  readonly chatTitle: string;
  readonly seq: number;
  readonly type: (typeof FOUND_TYPES)[number];
  /** Whose words, of a message. */
  readonly role: "user" | "assistant" | null;
  readonly runId: string | null;
  readonly taskId: string | null;
  readonly at: string;
  readonly snippet: string;
}

interface Row {
  readonly id: number;
  readonly chat_id: string;
  readonly title: string;
  readonly seq: number;
  readonly at: number;
  readonly body: string;
}

const BY_ID = orderBy(["search_events.id desc"], z.tuple([z.int()]));
const BY_ROW = { ...BY_ID, columns: [{ name: "rowid", down: true }] };

/** The newest first. Only what is indexed is found. */
export async function searchEvents(
  { db, kind }: { readonly db: Db; readonly kind: EngineKind },
  viewer: User,
  search: PageQuery & { readonly query: string; readonly runId?: string | undefined },
): Promise<{ readonly items: readonly FoundEvent[]; readonly next: string | null }> {
  const words = queriedWords(search.query);
  if (words.length === 0) return { items: [], next: null };
  const found = db
    .selectFrom("search_events")
    .innerJoin("chats", "chats.id", "search_events.chat_id")
    .innerJoin("events", (join) =>
      join.onRef("events.chat_id", "=", "search_events.chat_id").onRef("events.seq", "=", "search_events.seq"),
    )
    .select(["search_events.id", "chats.id as chat_id", "chats.title", "events.seq", "events.at", "events.body"])
    .where(may(viewer, "see", "chats"))
    .$if(search.runId !== undefined, (query) => query.where("events.run_id", "=", search.runId ?? ""))
    .where(kind === "sqlite" ? inFts(words, search.cursor) : inVector(words))
    .$call(pageFrom(BY_ID, search));
  const rows: readonly Row[] = await found.execute();
  const page = pageOf(rows, search, (row) => [row.id]);
  return { items: page.rows.flatMap((row) => foundIn(row, words)), next: page.next };
}

/** Words have letters and digits alone: nothing in them is a sign of either language. */
function inFts(words: readonly string[], cursor: string | undefined) {
  const match = words.map((word) => `"${word}"${isWhole(word) ? "" : "*"}`).join(" ");
  return sql<boolean>`search_events.id IN (
    SELECT rowid FROM search_words WHERE search_words MATCH ${match} AND ${afterCursor(BY_ROW, cursor)})`;
}

/** One character is a word by itself: half of the log begins with it. */
const isWhole = (word: string): boolean => [...word].length === 1;

function inVector(words: readonly string[]) {
  const match = words.map((word) => `'${word}'${isWhole(word) ? "" : ":*"}`).join(" & ");
  return sql<boolean>`search_events.words @@ ${match}::tsquery`;
}

function foundIn(row: Row, words: readonly string[]): readonly FoundEvent[] {
  const event = readableEvent(row.chat_id, row.seq, row.body);
  if (event?.type !== "message" && event?.type !== "thought" && event?.type !== "tool_result") return [];
  return [
    {
      kind: "event",
      chatId: row.chat_id,
      chatTitle: row.title,
      seq: row.seq,
      type: event.type,
      role: event.type === "message" ? event.data.role : null,
      runId: event.runId,
      taskId: event.taskId,
      at: isoTime(row.at),
      snippet: snippetOf(foundText(event), words),
    },
  ];
}
