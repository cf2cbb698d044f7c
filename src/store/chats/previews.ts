import { sql } from "kysely";
import { shorten } from "../../core/text.ts";
import { readableEvent } from "../log/events.ts";
import type { User } from "../people/user.ts";
import type { Store } from "../database/store.ts";
import { tagsOfChats } from "./tags.ts";

/** What a list of chats shows of each beside its title. */
export interface ChatPreview {
  /** The beginning of what was said last, by whomever, in one line; null: nothing was. */
  readonly lastLine: string | null;
  /** The agent's messages that the viewer has not seen; of many only that they are more than 99. */
  readonly unread: number;
  readonly pinned: boolean;
  /** A run has failed since the viewer looked, whatever came of later ones. */
  readonly failed: boolean;
  /** Those of the viewer. */
  readonly tags: readonly string[];
}

const LINE = 160;
const MOST_UNREAD = 100;

interface Row {
  readonly id: string;
  readonly seq: number | null;
  readonly body: string | null;
  readonly unread: number;
  readonly pinned: number;
  readonly failed: number;
}

/** Two questions for all chats of a page. In a body the quotes of what was said are escaped: only a role looks so. */
export async function chatPreviews(
  { db, kind }: Store,
  viewer: User,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ChatPreview>> {
  if (ids.length === 0) return new Map();
  // Left to itself SQLite goes through the whole log by its key.
  const events = kind === "sqlite" ? sql`events AS e INDEXED BY events_message` : sql`events AS e`;
  const said = sql`FROM ${events} WHERE e.chat_id = c.id AND e.type = 'message'`;
  const seen = sql`SELECT s.seq FROM seen s WHERE s.chat_id = c.id AND s.user_id = ${viewer.id}`;
  const { rows } = await sql<Row>`
    SELECT c.id,
      (SELECT e.seq ${said} ORDER BY e.seq DESC LIMIT 1) AS seq,
      (SELECT e.body ${said} ORDER BY e.seq DESC LIMIT 1) AS body,
      (SELECT count(*) FROM (
        SELECT e.seq ${said} AND e.body LIKE '%"role":"assistant"%'
          AND e.seq > coalesce((${seen}), 0)
        LIMIT ${MOST_UNREAD}) AS unseen) AS unread,
      (SELECT count(*) FROM chat_pins p WHERE p.chat_id = c.id AND p.user_id = ${viewer.id}) AS pinned,
      (SELECT count(*) FROM (
        SELECT r.id FROM runs r WHERE r.chat_id = c.id AND r.ended_at IS NOT NULL AND r.state = 'failed'
          AND r.ended_at > coalesce((SELECT e.at FROM events e WHERE e.chat_id = c.id AND e.seq = (${seen})), 0)
        LIMIT 1) AS unlooked) AS failed
    FROM chats c WHERE c.id IN (${sql.join(ids)})`.execute(db);
  const tags = await tagsOfChats(db, viewer, ids);
  return new Map(rows.map((row) => [row.id, previewOf(row, tags.get(row.id) ?? [])]));
}

function previewOf({ id, seq, body, unread, pinned, failed }: Row, tags: readonly string[]): ChatPreview {
  const event = seq === null || body === null ? null : readableEvent(id, seq, body);
  const text = event?.type === "message" ? event.data.text.replace(/\s+/g, " ").trim() : "";
  return {
    lastLine: text === "" ? null : shorten(text, LINE),
    unread: Number(unread),
    pinned: Number(pinned) > 0,
    failed: Number(failed) > 0,
    tags,
  };
}
