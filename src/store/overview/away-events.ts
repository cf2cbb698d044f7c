import { sql, type RawBuilder } from "kysely";
import { ENDED } from "../../core/run-state.ts";
import type { Store } from "../database/store.ts";
import type { User } from "../people/user.ts";

/** Which events, as `e`, are told of who was away; as parts of its queries. */

export type AwayKind =
  | "completed"
  | "failed"
  | "cancelled"
  | "recovered"
  | "asks"
  | "waits"
  | "notice"
  | "skipped"
  | "paused"
  | "mentioned";

/** Whether it may be told of; `more`: or is of one of these types. Few events are: no others are read as JSON. */
export function mayBeTold(store: Store, viewer: User, more: readonly string[] = []): RawBuilder<boolean> {
  const types = ["status", "approval", "question", "notice", "schedule", ...more];
  return sql<boolean>`(e.type IN (${sql.join(types.map((each) => sql.lit(each)))}) OR ${mentions(store, viewer)})`;
}

/** What is told of, as one word; null for every other event. What is asked, or waits for a limit, is told of while it does. */
export function kindOf(store: Store, viewer: User): RawBuilder<AwayKind | null> {
  const state = field(store, "state");
  return sql<AwayKind | null>`CASE
    WHEN ${mentions(store, viewer)} THEN 'mentioned'
    WHEN e.type = 'status' AND ${state} IN (${sql.join(ENDED.map((each) => sql.lit(each)))}) THEN ${state}
    WHEN e.type = 'status' AND ${state} = 'resumed' AND ${field(store, "reason")} = 'recovered' THEN 'recovered'
    WHEN e.type = 'approval' AND ${state} = 'requested'
      AND EXISTS (SELECT 1 FROM approvals a WHERE a.id = ${field(store, "approvalId")} AND a.state = 'requested')
      THEN 'asks'
    WHEN e.type = 'question' AND ${state} = 'asked'
      AND EXISTS (SELECT 1 FROM questions q WHERE q.id = ${field(store, "questionId")} AND q.state = 'asked')
      THEN 'asks'
    WHEN e.type = 'status' AND ${state} = 'waiting' AND ${field(store, "reason")} = 'limit'
      AND EXISTS (SELECT 1 FROM runs w WHERE w.id = e.run_id AND w.state = 'waiting' AND w.wait_reason = 'limit')
      AND NOT EXISTS (SELECT 1 FROM events l
        WHERE l.chat_id = e.chat_id AND l.seq > e.seq AND l.type = 'status' AND l.run_id = e.run_id)
      THEN 'waits'
    WHEN e.type = 'notice' THEN 'notice'
    WHEN e.type = 'schedule' THEN ${field(store, "change")} END`;
}

/** Whether not all went well on the way of what was completed: as `flawsIn` says it. */
export function isFlawed(store: Store): RawBuilder<boolean> {
  return sql<boolean>`(${field(store, "reason")} IS NOT NULL OR ${field(store, "message")} LIKE '%, %')`;
}

/** Whether a message mentions the viewer. What a run says is passed over unread: it mentions nobody, and may be much. */
function mentions(store: Store, { id }: User): RawBuilder<boolean> {
  const named =
    store.kind === "sqlite"
      ? sql`json_each(e.body, '$.data.mentions') m WHERE m.value ->> 'id' = ${id}`
      : sql`json_array_elements(${READABLE}::json -> 'data' -> 'mentions') m WHERE m ->> 'id' = ${id}`;
  return sql<boolean>`CASE WHEN e.type = 'message' AND e.run_id IS NULL AND e.body LIKE '%"mentions":[%' THEN EXISTS (SELECT 1 FROM ${named}) END`;
}

/** A field of an event's data, as text. */
export function field(store: Store, name: string): RawBuilder<string | null> {
  return store.kind === "sqlite"
    ? sql<string | null>`(e.body ->> ${sql.lit(`$.data.${name}`)})`
    : sql<string | null>`(${READABLE}::json -> 'data' ->> ${sql.lit(name)})`;
}

/** What older versions may have written into an event, and PostgreSQL does not read: half a character, and U+0000. */
const UNREADABLE = String.raw`\\u(0000|d[89a-f][0-9a-f]{2})`;
const READABLE = sql`regexp_replace(e.body, ${UNREADABLE}, ${"\\\\ufffd"}, 'gi')`;
