import { sql, type RawBuilder } from "kysely";
import { z } from "zod";
import { afterCursor, encodeCursor, keyText, orderBy, pageSize, type PageQuery } from "../database/page.ts";
import type { NodeRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import { pairOf, someAreNotApart } from "../graph/apart.ts";
import { nodeOf, type NodeFacts } from "../graph/node.ts";
import { plainSql } from "../graph/plain.ts";
import { scopeSql } from "../graph/scope.ts";
import { visible } from "../graph/visible.ts";
import { mayAs } from "../people/access.ts";
import type { User } from "../people/user.ts";

/** One of two nodes that may be one. */
export interface Side extends NodeFacts {
  readonly aliases?: readonly string[];
  /** How many edges it has; not counted beyond a thousand. */
  readonly edges: number;
}

export interface Duplicate {
  /** The one with more edges, or the older one: that would stay. */
  readonly left: Side;
  readonly right: Side;
  readonly why: readonly string[];
}

const NODES_A_NAME = 5;
const MOST_EDGES = 1000;
const SHARED_SHOWN = 3;

const BY_NAME = orderBy(["plain", "whose"], z.tuple([keyText, keyText]));

/** Pairs that the viewer may merge, by name; a page is of names that several nodes bear, now or before. */
export async function duplicates(db: Db, viewer: User, query: PageQuery) {
  const { rows } = await sql<{ plain: string; whose: string; id: string; place: number }>`
    WITH named AS (
      SELECT n.id, ${scopeSql("n")} AS whose, ${plainSql("n.name")} AS plain FROM nodes n WHERE ${mendable(viewer, "n")}
      UNION
      SELECT n.id, ${scopeSql("n")}, ${plainSql("a.name")} FROM node_aliases a
      JOIN nodes n ON n.id = a.node_id AND ${mendable(viewer, "n")}),
    shared_name AS (
      SELECT plain, whose FROM named WHERE ${afterCursor(BY_NAME, query.cursor)}
      GROUP BY plain, whose HAVING count(*) > 1 AND ${someAreNotApart("named", ["plain", "whose"])}
      ORDER BY plain, whose LIMIT ${pageSize(query) + 1}),
    placed AS (
      SELECT s.plain, s.whose, p.id, row_number() OVER (PARTITION BY s.plain, s.whose ORDER BY p.id) AS place
      FROM shared_name s JOIN named p ON p.plain = s.plain AND p.whose = s.whose)
    SELECT plain, whose, id, place FROM placed WHERE place <= ${NODES_A_NAME} ORDER BY plain, whose, place`.execute(db);
  const names = [...Map.groupBy(rows, ({ plain, whose }) => JSON.stringify([plain, whose])).values()];
  const page = names.slice(0, pageSize(query));
  const sides = await sidesOf(
    db,
    viewer,
    page.flat().map(({ id }) => id),
  );
  const apart = await keptApart(db, [...sides.keys()]);
  const items: Duplicate[] = [];
  for (const name of page) {
    const those = name
      .flatMap(({ id }) => sides.get(id) ?? [])
      .toSorted((a, b) => b.edges - a.edges || (a.createdAt < b.createdAt ? -1 : 1));
    for (const [at, right] of those.entries()) {
      const left = those.slice(0, at).find((each) => !apart.has(keyOf(each.id, right.id)));
      if (left !== undefined) items.push({ left, right, why: await why(db, viewer, left, right) });
    }
  }
  const last = page.at(-1)?.[0];
  const next = names.length > page.length && last !== undefined ? encodeCursor([last.plain, last.whose]) : null;
  return { items, next };
}

const keyOf = (left: string, right: string): string => Object.values(pairOf(left, right)).join(" ");

/** Of pairs of which one is among these. */
async function keptApart(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db.selectFrom("graph_apart").select(["one", "other"]).where("one", "in", ids).execute();
  return new Set(rows.map(({ one, other }) => keyOf(one, other)));
}

/** What only they see, and what all share if they may change it. */
function mendable(viewer: User, table: string): RawBuilder<boolean> {
  const own = sql<boolean>`${sql.ref(`${table}.owner_id`)} = ${viewer.id}`;
  return mayAs(viewer, "everybodys", "memory.change") ? visible(viewer.id, table) : own;
}

async function sidesOf(db: Db, viewer: User, ids: readonly string[]): Promise<ReadonlyMap<string, Side>> {
  if (ids.length === 0) return new Map();
  const aliases = await db.selectFrom("node_aliases").selectAll().where("node_id", "in", ids).orderBy("name").execute();
  const former = Map.groupBy(aliases, ({ node_id }) => node_id);
  const seen = visible(viewer.id, "edges");
  const { rows } = await sql<NodeRow & { joined: number }>`
    SELECT nodes.*,
      (SELECT count(*) FROM (SELECT 1 FROM edges WHERE source = nodes.id AND ${seen} LIMIT ${MOST_EDGES}) AS outgoing) +
      (SELECT count(*) FROM (SELECT 1 FROM edges WHERE target = nodes.id AND ${seen} LIMIT ${MOST_EDGES}) AS incoming) AS joined
    FROM nodes WHERE id IN (${sql.join(ids)})`.execute(db);
  return new Map(
    rows.map((row) => {
      const also = former.get(row.id)?.map(({ name }) => name);
      const edges = Math.min(row.joined, MOST_EDGES);
      return [row.id, { ...nodeOf(row), ...(also !== undefined && { aliases: also }), edges }];
    }),
  );
}

async function why(db: Db, viewer: User, left: Side, right: Side): Promise<readonly string[]> {
  const written = left.name === right.name ? "the same name" : "the same name, written in another way";
  const named = plain(left.name) === plain(right.name) ? written : "a name that one of them had before";
  const type = left.type === right.type ? [`both are ${JSON.stringify(left.type)}`] : [];
  const content = left.content !== "" && left.content === right.content ? ["the same content"] : [];
  const around = (id: string): RawBuilder<unknown> => sql`
    SELECT target AS id FROM edges WHERE source = ${id} AND ${visible(viewer.id, "edges")}
    UNION SELECT source FROM edges WHERE target = ${id} AND ${visible(viewer.id, "edges")}`;
  const { rows } = await sql<{ name: string }>`
    SELECT n.name FROM (${around(left.id)}) l JOIN (${around(right.id)}) r ON r.id = l.id
    JOIN nodes n ON n.id = l.id AND ${visible(viewer.id, "n")} ORDER BY n.name LIMIT ${SHARED_SHOWN}`.execute(db);
  const joined = rows.length === 0 ? [] : [`both are joined to ${rows.map(({ name }) => name).join(", ")}`];
  return [named, ...type, ...content, ...joined];
}

/** As `plainSql` does, as far as telling two names apart goes. */
const plain = (name: string): string => name.replace(/[_-]/g, " ").trim().toLowerCase();
