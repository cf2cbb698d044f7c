import { sql, type RawBuilder } from "kysely";
import type { Json } from "../../core/events.ts";
import type { User } from "../people/user.ts";

/** A node as it is named in every result. */
export interface NodeLabel {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

/** Whose memory a run reads and writes, and how much of it. */
export interface Reader {
  readonly viewer: User;
  /** The chat, where others read it too: only what all share and what this chat holds. null: all that the viewer may see. */
  readonly within: string | null;
}

/** Who looks: a person, by id, for whom all that is theirs is there; or a run. */
export type Whose = string | { readonly viewer: Pick<User, "id">; readonly within: Reader["within"] };

/**
 * Rows that say by `owner_id` and `chat_id` whose they are: what is shared by all members, and what is the viewer's own; or, for
 * words that others will read, what was learned in the same chat.
 */
export function visible(whose: Whose, table: string): RawBuilder<boolean> {
  const owner = sql.ref(`${table}.owner_id`);
  const { viewer, within } = typeof whose === "string" ? { viewer: { id: whose }, within: null } : whose;
  return within === null
    ? sql<boolean>`(${owner} IS NULL OR ${owner} = ${viewer.id})`
    : sql<boolean>`(${owner} IS NULL OR ${sql.ref(`${table}.chat_id`)} = ${within})`;
}

/**
 * The viewer's graph as relations to select from: `node`; `edge`, with its ends' names and whether both can be seen;
 * `sound`: the edges that join two different nodes that can be seen. Counts come from these alone, so they agree.
 */
export function visibleGraph(whose: Whose): RawBuilder<unknown> {
  return sql`
    node AS (SELECT * FROM nodes WHERE ${visible(whose, "nodes")}),
    edge AS (
      SELECT e.*, s.name AS source_name, t.name AS target_name, s.id IS NOT NULL AND t.id IS NOT NULL AS whole
      FROM edges e LEFT JOIN node s ON s.id = e.source LEFT JOIN node t ON t.id = e.target
      WHERE ${visible(whose, "e")}),
    sound AS (SELECT * FROM edge WHERE whole AND source <> target)`;
}

/** Whose new nodes and edges are. */
export interface Scope {
  /** null: shared by all members. */
  readonly ownerId: string | null;
  /** The only chat, beside its owner, that is to know of them: others read it too. */
  readonly within?: string | null | undefined;
}

/** Its columns. */
export const scopeOf = ({ ownerId, within = null }: Scope) => ({ owner_id: ownerId, chat_id: within });

/** Rows of just this scope. */
export const inScope = ({ ownerId, within }: Scope, table: string): RawBuilder<boolean> =>
  sql<boolean>`(coalesce(${sql.ref(`${table}.owner_id`)}, '') = ${ownerId ?? ""}
    AND coalesce(${sql.ref(`${table}.chat_id`)}, '') = ${within ?? ""})`;

export function parseData(text: string): { [key: string]: Json } {
  const data = JSON.parse(text) as Json;
  return typeof data === "object" && data !== null && !Array.isArray(data) ? data : {};
}
