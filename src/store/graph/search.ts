import { sql, type RawBuilder } from "kysely";
import { z } from "zod";
import type { Json } from "../../core/events.ts";
import {
  afterCursor,
  decodeCursor,
  encodeCursor,
  keyText,
  orderBy,
  orderSql,
  pageOf,
  type PageQuery,
} from "../database/page.ts";
import { parseData, visible, type NodeLabel, type Whose } from "./visible.ts";
import { begins, contains, equals } from "../database/spellings.ts";
import { wordsOf } from "./words.ts";
import type { NodeRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import { piece } from "../../core/text.ts";

export interface GraphSearch extends PageQuery {
  /** Words to find; none: every node. */
  readonly query: string;
  /** Only nodes that hold every word, not any of them. */
  readonly every?: true;
  readonly type?: string | undefined;
  /** Only nodes that are, or were, of exactly this name, whatever the case. */
  readonly name?: string | undefined;
  /** Only ids that start so. */
  readonly prefix?: string | undefined;
  /** Of those behind the best only these are gone through; absent: all. */
  readonly among?: RawBuilder<boolean> | undefined;
  /** Nodes that come before all others, in this order, and why; a cursor keeps the order that its first page had. */
  readonly best?: ReadonlyMap<string, readonly string[]>;
}

export interface FoundNode extends NodeLabel {
  /** Long content: the part around the first hit. */
  readonly content: string;
  readonly data: { readonly [key: string]: Json };
  /** Where each word was found. */
  readonly why: readonly string[];
  /** How many other nodes it is joined to, and some of them. */
  readonly neighbours: number;
  readonly links: readonly GraphLink[];
}

export interface GraphLink {
  readonly type: string;
  readonly direction: "out" | "in";
  readonly node: NodeLabel;
}

export interface FoundNodes {
  readonly items: readonly FoundNode[];
  readonly next: string | null;
  readonly total: number;
}

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;
const EXCERPT = 1000;
const LINKS_SHOWN = 5;

type Ranked = NodeRow & { readonly score: number };

/** Ids of the best with a blank between, how many of them are told, and where those behind them go on. */
const RANKED = z.tuple([keyText, z.int().min(0), z.string()]);

interface Place {
  readonly best: readonly string[];
  readonly told: number;
  readonly after: string | undefined;
}

function placeOf({ best, cursor }: GraphSearch): Place {
  if (best === undefined) return { best: [], told: 0, after: cursor };
  if (cursor === undefined) return { best: [...best.keys()], told: 0, after: undefined };
  const [ids, told, after] = decodeCursor(RANKED, cursor);
  return { best: ids.split(" ").filter(Boolean), told, after: after === "" ? undefined : after };
}

const BEST_FIRST = orderBy(["score desc", "name", "id"], z.tuple([z.int32(), keyText, keyText]));

/**
 * Nodes that hold any of the words: the best, if they are known, then those with the most words first; the name counts more than
 * type and content.
 */
export async function graphSearch(db: Db, whose: Whose, search: GraphSearch): Promise<FoundNodes> {
  const words = wordsOf(search.query);
  const limit = Math.min(Math.max(search.limit ?? DEFAULT_LIMIT, 1), MAX_LIMIT);
  const place = placeOf(search);
  const conditions = sql.join(filters(whose, words, search), sql` AND `);
  const best = await bestOf(db, place.best, conditions);
  const behind = sql`
    ranked AS (
      SELECT nodes.*, ${scoreOf(words)} AS score FROM nodes
      WHERE ${conditions} ${search.among === undefined ? sql`` : sql`AND ${search.among}`} ${place.best.length === 0 ? sql`` : sql`AND id NOT IN (${sql.join(place.best)})`}),
    hit AS (SELECT * FROM ranked ${words.length === 0 ? sql`` : sql`WHERE score > 0`})`;
  const { rows: counts } = await sql<{ n: number }>`WITH ${behind} SELECT count(*) AS n FROM hit`.execute(db);
  const others = Number(counts[0]?.n ?? 0);
  const untold = best.filter(({ id }) => place.best.indexOf(id) >= place.told);
  const first = untold.slice(0, limit);
  const room = limit - first.length;
  // Each look goes through all that hold a word: where the best fill the page, that there are others is known by now.
  const rows = room === 0 ? [] : await othersOf(db, { behind, after: place.after, most: room + 1 });
  const page = pageOf(rows, { limit: room }, (row) => [row.score, row.name, row.id]);
  const shown = [...first, ...page.rows];
  const joined = await linksOf(
    db,
    whose,
    shown.map((row) => row.id),
  );
  const items = shown.map((row): FoundNode => {
    const { id, type, name } = row;
    const { neighbours, links } = joined.get(id) ?? { neighbours: 0, links: [] };
    const content = excerpt(row.content, words);
    const why = search.best?.get(id) ?? reasons(row, words);
    return { id, type, name, content, data: parseData(row.data), why, neighbours, links };
  });
  return {
    items,
    next:
      search.best === undefined
        ? page.next
        : nextOf(place, untold, first, { next: page.next, more: room === 0 ? others > 0 : rows.length > room }),
    total: others + best.length,
  };
}

async function othersOf(
  db: Db,
  { behind, after, most }: { behind: RawBuilder<unknown>; after: string | undefined; most: number },
): Promise<readonly Ranked[]> {
  const { rows } = await sql<Ranked>`
    WITH ${behind} SELECT * FROM hit WHERE ${afterCursor(BEST_FIRST, after)}
    ORDER BY ${orderSql(BEST_FIRST)} LIMIT ${most}`.execute(db);
  return rows;
}

/** Those of the best that can be seen and are asked for, in their order. */
async function bestOf(db: Db, ids: readonly string[], conditions: RawBuilder<unknown>): Promise<readonly NodeRow[]> {
  if (ids.length === 0) return [];
  const { rows } = await sql<NodeRow>`SELECT * FROM nodes WHERE id IN (${sql.join(ids)}) AND ${conditions}`.execute(db);
  return rows.toSorted((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
}

/** Where the page after this one begins: `first` of the best were told, then others up to `next`; `more` are left of those. */
function nextOf(
  { best }: Place,
  untold: readonly NodeRow[],
  first: readonly NodeRow[],
  { next, more }: { readonly next: string | null; readonly more: boolean },
): string | null {
  const ids = best.join(" ");
  const last = first.at(-1);
  if (last !== undefined && untold.length > first.length) return encodeCursor([ids, best.indexOf(last.id) + 1, ""]);
  if (next !== null) return encodeCursor([ids, best.length, next]);
  return more ? encodeCursor([ids, best.length, ""]) : null;
}

function filters(
  whose: Whose,
  words: readonly string[],
  { every, type, name, prefix }: GraphSearch,
): readonly RawBuilder<boolean>[] {
  return [
    visible(whose, "nodes"),
    ...(every ? words.map(inSomePlace) : []),
    ...(type === undefined ? [] : [equals("type", type)]),
    ...(name === undefined ? [] : [called(name)]),
    ...(prefix === undefined ? [] : [begins("id", prefix)]),
  ];
}

/** By this name, now or before it was merged into another. */
const called = (name: string): RawBuilder<boolean> =>
  sql<boolean>`(${equals("nodes.name", name)} OR id IN (SELECT a.node_id FROM node_aliases a WHERE ${equals("a.name", name)}))`;

const inSomePlace = (word: string): RawBuilder<boolean> =>
  sql<boolean>`(${contains("name", word)} OR ${contains("type", word)} OR ${contains("content", word)})`;

function scoreOf(words: readonly string[]): RawBuilder<number> {
  if (words.length === 0) return sql<number>`0`;
  const each = words.map(
    (word) => sql`CASE WHEN ${contains("name", word)} THEN 14 WHEN ${contains("type", word)} THEN 12
      WHEN ${contains("content", word)} THEN 11 ELSE 0 END`,
  );
  return sql<number>`${sql.join(each, sql` + `)} + CASE WHEN ${equals("name", words.join(" "))} THEN 100 ELSE 0 END`;
}

function reasons(row: NodeRow, words: readonly string[]): readonly string[] {
  return words.flatMap((word) => {
    const places = (["name", "type", "content"] as const).filter((place) => folded(row[place]).includes(word));
    return places.length === 0 ? [] : [`"${word}" in ${places.join(" and ")}`];
  });
}

/** As the words of a query are. */
const folded = (text: string): string => text.normalize("NFC").toLowerCase();

function excerpt(written: string, words: readonly string[]): string {
  const content = written.normalize("NFC");
  if (content.length <= EXCERPT) return content;
  const text = folded(content);
  const hits = words.map((word) => text.indexOf(word)).filter((at) => at >= 0);
  const first = hits.length === 0 ? 0 : Math.min(...hits);
  const start = Math.min(Math.max(0, first - EXCERPT / 4), content.length - EXCERPT);
  const end = start + EXCERPT;
  return `${start > 0 ? "…" : ""}${piece(content, start, end)}${end < content.length ? "…" : ""}`;
}

type LinkRow = NodeLabel & {
  readonly node_id: string;
  readonly edge: string;
  readonly direction: "out" | "in";
  n: number;
};

/** For each node how many others it is joined to, and the first few edges. */
async function linksOf(db: Db, whose: Whose, ids: readonly string[]) {
  const found = new Map<string, { neighbours: number; links: GraphLink[] }>();
  if (ids.length === 0) return found;
  const { rows } = await sql<LinkRow>`
    WITH link AS (
      SELECT source AS node_id, target AS other, type AS edge, 'out' AS direction, id AS edge_id FROM edges
      WHERE source IN (${sql.join(ids)}) AND ${visible(whose, "edges")}
      UNION ALL
      SELECT target, source, type, 'in', id FROM edges
      WHERE target IN (${sql.join(ids)}) AND ${visible(whose, "edges")}),
    joined AS (
      SELECT l.node_id, l.edge, l.direction, n.id, n.type, n.name,
        row_number() OVER (PARTITION BY l.node_id ORDER BY n.name, l.edge, l.direction, l.edge_id) AS place,
        dense_rank() OVER (PARTITION BY l.node_id ORDER BY n.id) AS rank
      FROM link l JOIN nodes n ON n.id = l.other AND n.id <> l.node_id AND ${visible(whose, "n")}),
    counted AS (SELECT joined.*, max(rank) OVER (PARTITION BY node_id) AS n FROM joined)
    SELECT node_id, edge, direction, id, type, name, n FROM counted WHERE place <= ${LINKS_SHOWN}
    ORDER BY node_id, place`.execute(db);
  for (const { node_id, edge, direction, id, type, name, n } of rows) {
    const entry = found.get(node_id) ?? { neighbours: n, links: [] };
    entry.links.push({ type: edge, direction, node: { id, type, name } });
    found.set(node_id, entry);
  }
  return found;
}
