import { sql, type RawBuilder } from "kysely";
import { visible, type Reader } from "../graph/visible.ts";
import { may } from "../people/access.ts";
import { isOneOf, rowsOf } from "../database/many.ts";
import type { RecallItemRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import type { EngineKind } from "../database/store.ts";
import { rarityOf, type Candidate, type Extent, type Words } from "./rank.ts";

/** What the engine gives for a query: items that hold its words, what stands around them, and the extent of it all. */

export const RECALL_KINDS = ["message", "fact", "node"] as const;
export type RecallKind = (typeof RECALL_KINDS)[number];

/** What whoever asks has before them anyway: neither that is told, nor what says the very same words. */
export interface Sight {
  readonly chatId: string;
  /** Messages of the chat, or all of them. */
  readonly seqs: readonly number[] | "all";
  /** Words that are in sight, by their stems; empty: none. */
  readonly stems: string;
}

export interface Filters {
  readonly kinds?: readonly RecallKind[] | undefined;
  readonly chatId?: string | undefined;
  readonly sight?: Sight | undefined;
  readonly author?: string | undefined;
  /** Milliseconds; `to` is left out itself. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
}

export interface RecallDb {
  readonly db: Db;
  readonly kind: EngineKind;
}

const MOST = 100;
/** Above so many items a stem that more than a quarter of them hold picks none: it says little, and takes long. */
const MANY_ITEMS = 1000;
const FREQUENT = 1 / 4;
/** So many places of words are looked at together, those of the rarest stems first: what a question may take. */
const POSTINGS: { readonly [kind in EngineKind]: number } = { sqlite: 50_000, postgres: 20_000 };
/** What holds one stem alone is a candidate as far as this goes; of stems with more places it takes two. PostgreSQL reads the rows. */
const ALONE: { readonly [kind in EngineKind]: number } = { sqlite: POSTINGS.sqlite, postgres: 5000 };
/** So many stems are paired, and so many say which candidates are the best. */
const PAIRED = 8;
const AROUND = 2;
const LINKED = 20;

interface WholeExtent extends Extent {
  /** The highest number that an item was ever given. */
  readonly last: number;
}

export async function extentOf({ db, kind }: RecallDb, stems: readonly string[]): Promise<WholeExtent> {
  const row = await db.selectFrom("recall_extent").select(["items", "words", "last_id"]).executeTakeFirstOrThrow();
  const { items, words, last_id: last } = row;
  if (stems.length === 0) return { items, words, last, holding: new Map() };
  const query =
    kind === "sqlite"
      ? sql<{
          stem: string;
          n: number;
        }>`SELECT term AS stem, doc AS n FROM recall_stems WHERE term IN (${sql.join(stems)})`
      : sql<{ stem: string; n: number }>`SELECT stem, items AS n FROM recall_stems WHERE stem IN (${sql.join(stems)})`;
  const { rows } = await query.execute(db);
  return { items, words, last, holding: new Map(rows.map(({ stem, n }) => [stem, Number(n)])) };
}

/** By which stems candidates are picked, the rarest first. */
export interface Picks {
  readonly stems: readonly string[];
  /** So many of them pick what holds no other. */
  readonly alone: number;
  /** Where even one stem stands in more places, only about so many of the last are looked at: items above this number. */
  readonly above: number;
}

export function picksOf(kind: EngineKind, stems: readonly string[], extent: WholeExtent): Picks {
  const { items, holding, last } = extent;
  const places = (stem: string): number => holding.get(stem) ?? 0;
  const known = stems.filter((stem) => places(stem) > 0);
  const rare = known.filter((stem) => items <= MANY_ITEMS || places(stem) <= items * FREQUENT);
  const byRarity = (rare.length > 0 ? rare : known).toSorted((a, b) => places(a) - places(b) || (a < b ? -1 : 1));
  const within = (most: number): readonly string[] => {
    let left = most;
    return byRarity.filter((stem, at) => (left -= places(stem)) >= 0 || at === 0);
  };
  const picks = within(POSTINGS[kind]);
  const rarest = places(picks[0] ?? "");
  const above = rarest <= ALONE[kind] ? 0 : Math.floor(last * (1 - ALONE[kind] / rarest));
  return { stems: picks, alone: within(ALONE[kind]).length, above };
}

export async function pick(
  { db, kind }: RecallDb,
  reader: Reader,
  filters: Filters,
  picks: Picks,
  extent: Extent,
): Promise<readonly number[]> {
  if (picks.stems.length === 0) return [];
  const conditions = sql.join([readable(reader, "some"), ...limits(kind, filters)], sql` AND `);
  const query =
    kind === "sqlite"
      ? sql<{ id: number }>`
          SELECT i.id FROM ${pickedBy(kind, picks)} AND ${conditions} ORDER BY bm25(recall_words), i.id LIMIT ${MOST}`
      : sql<{ id: number }>`
          SELECT i.id FROM ${pickedBy(kind, picks)} AND ${conditions}
          ORDER BY ${weighed(picks, extent)} DESC, i.id LIMIT ${MOST}`;
  const { rows } = await query.execute(db);
  return rows.map(({ id }) => id);
}

/** The items `i` that the stems pick, to be narrowed further. */
function pickedBy(kind: EngineKind, { stems, alone, above }: Picks): RawBuilder<unknown> {
  if (kind === "sqlite") {
    const newer = above === 0 ? sql`` : sql` AND recall_words.rowid > ${above}`;
    const match = stems.map((stem) => `"${stem}"`).join(" OR ");
    return sql`recall_words CROSS JOIN recall_items i ON i.id = recall_words.rowid WHERE recall_words MATCH ${match}${newer}`;
  }
  const quoted = stems.map((stem) => `'${stem}'`);
  const single = quoted.slice(0, alone).join(" | ");
  const frequent = quoted.slice(above === 0 ? alone : 0).slice(0, PAIRED);
  const pairs = frequent.flatMap((one, at) => frequent.slice(at + 1).map((other) => `${one} & ${other}`)).join(" | ");
  if (above === 0) return sql`recall_items i WHERE i.words @@ ${[single, pairs].filter(Boolean).join(" | ")}::tsquery`;
  const newer = sql`i.id > ${above} AND i.words @@ ${single}::tsquery`;
  return pairs === ""
    ? sql`recall_items i WHERE ${newer}`
    : sql`recall_items i WHERE ((${newer}) OR i.words @@ ${pairs}::tsquery)`;
}

/** As bm25 does, which PostgreSQL does not know: by itself it heeds neither how rare a stem is nor how long a text. */
function weighed({ stems }: Picks, { items, words, holding }: Extent): RawBuilder<number> {
  const parts = stems.slice(0, PAIRED).map((stem) => {
    const weight = rarityOf(items, holding.get(stem) ?? 0);
    return sql`${weight}::float8 * ts_rank(i.words, ${`'${stem}'`}::tsquery)`;
  });
  const average = words / Math.max(items, 1) || 1;
  return sql<number>`(${sql.join(parts, sql` + `)}) / (1.54::float8 + 0.36::float8 * i.length / ${average}::float8)`;
}

/** So many are counted and gone through. */
const MOST_NODES = 2000;

/** The nodes that hold one of the stems, or a word that begins like one of these; at most two thousand of them. */
export async function nodesHolding(
  { db, kind }: RecallDb,
  reader: Reader,
  picks: Picks,
  begins: readonly string[],
): Promise<readonly string[]> {
  if (picks.stems.length === 0 && begins.length === 0) return [];
  const visibleOnes = sql`i.node_id IS NOT NULL AND ${isThere("some", sql`FROM nodes n WHERE n.id = i.node_id AND ${visible(reader, "n")}`)}`;
  const newer = picks.above === 0 ? sql`` : sql` AND i.id > ${picks.above}`;
  const terms =
    kind === "sqlite"
      ? [...picks.stems.map((stem) => `"${stem}"`), ...begins.map((word) => `"${word}" *`)].join(" OR ")
      : [...picks.stems.map((stem) => `'${stem}'`), ...begins.map((word) => `'${word}':*`)].join(" | ");
  const from =
    kind === "sqlite"
      ? sql`recall_words CROSS JOIN recall_items i ON i.id = recall_words.rowid WHERE recall_words MATCH ${terms}`
      : sql`recall_items i WHERE i.words @@ ${terms}::tsquery`;
  const { rows } = await sql<{ node_id: string }>`
    SELECT i.node_id FROM ${from}${newer} AND ${visibleOnes} LIMIT ${MOST_NODES}`.execute(db);
  return rows.map(({ node_id }) => node_id);
}

/** `some`: asked of few of all items. For an EXISTS PostgreSQL may read all nodes and all facts first; for a single value it looks it up. */
const isThere = (of: "some" | "all", rows: RawBuilder<unknown>): RawBuilder<boolean> =>
  of === "all" ? sql<boolean>`EXISTS (SELECT 1 ${rows})` : sql<boolean>`(SELECT count(*) ${rows}) > 0`;

/** More than are compared by meaning. */
const MOST_COMPARED = 100_000;

/** Many numbers in one text: a row for each would take longer than what is done with them. */
export const joined = (kind: EngineKind, column: string): RawBuilder<string | null> =>
  kind === "sqlite" ? sql`group_concat(${sql.ref(column)})` : sql`string_agg(${sql.ref(column)}::text, ',')`;

export const numbersIn = (text: string | null): readonly number[] => text?.split(",").map(Number) ?? [];

/** The numbers of what the reader may see, the last ones. */
export async function readableIds(
  { db, kind }: RecallDb,
  reader: Reader,
  filters: Filters = {},
): Promise<readonly number[]> {
  const conditions = sql.join([readable(reader, "all"), ...limits(kind, filters)], sql` AND `);
  const { rows } = await sql<{ ids: string | null }>`
    SELECT ${joined(kind, "id")} AS ids FROM (
      SELECT i.id FROM recall_items i WHERE ${conditions} ORDER BY i.id DESC LIMIT ${MOST_COMPARED}) last`.execute(db);
  return numbersIn(rows[0]?.ids ?? null);
}

function readable(reader: Reader, of: "some" | "all"): RawBuilder<boolean> {
  const { viewer, within } = reader;
  const inChat =
    within === null
      ? sql`i.chat_id IN (SELECT chats.id FROM chats WHERE ${may(viewer, "see", "chats")})`
      : sql`(i.chat_id = ${within} AND EXISTS (SELECT 1 FROM chats WHERE chats.id = ${within} AND chats.deleted_at IS NULL))`;
  return sql<boolean>`(
    ${inChat}
    OR ${isThere(of, sql`FROM nodes n WHERE n.id = i.node_id AND ${visible(reader, "n")}`)}
    OR ${isThere(of, sql`FROM facts f WHERE f.id = i.fact_id AND f.status = 'active' AND ${visible(reader, "f")}`)})`;
}

function limits(
  engine: EngineKind,
  { kinds, chatId, sight, author, from, to }: Filters,
): readonly RawBuilder<boolean>[] {
  return [
    ...(kinds === undefined || kinds.length === 0 ? [] : [sql<boolean>`i.kind IN (${sql.join(kinds)})`]),
    ...(chatId === undefined ? [] : [sql<boolean>`i.chat_id = ${chatId}`]),
    ...(sight === undefined ? [] : [outOfSight(engine, sight)]),
    ...(author === undefined ? [] : [sql<boolean>`i.author = ${author}`]),
    ...(from === undefined ? [] : [sql<boolean>`i.at >= ${from}`]),
    ...(to === undefined ? [] : [sql<boolean>`i.at < ${to}`]),
  ];
}

function outOfSight(engine: EngineKind, { chatId, seqs, stems }: Sight): RawBuilder<boolean> {
  const isElsewhere = sql<boolean>`(i.chat_id IS NULL OR i.chat_id <> ${chatId})`;
  const isOther = stems === "" ? sql`` : sql` AND (i.kind <> 'message' OR i.stems <> ${stems})`;
  if (seqs === "all") return sql<boolean>`(${isElsewhere}${isOther})`;
  // As one value: there may be thousands of them.
  const those =
    engine === "sqlite"
      ? sql`i.seq IN (SELECT value FROM json_each(${JSON.stringify(seqs)}))`
      : sql`i.seq = ANY(${seqs}::bigint[])`;
  return sql<boolean>`((${isElsewhere} OR NOT ${those})${isOther})`;
}

/** What is known of an item beside its words. */
export interface Loaded extends Candidate {
  readonly row: RecallItemRow;
}

/** The items, and what stands within two places of them in their sessions; or, of a node, what it is joined to. */
export async function loadAround(
  { db, kind }: RecallDb,
  reader: Reader,
  ids: readonly number[],
  stems: ReadonlySet<string>,
): Promise<readonly Loaded[]> {
  if (ids.length === 0) return [];
  const wanted = rowsOf(kind, "w", { id: ids });
  const columns = COLUMNS.map((column) => sql.ref(`i.${column}`));
  const { rows } = await sql<RecallItemRow>`
    SELECT ${sql.join(columns)} FROM ${wanted} CROSS JOIN recall_items i WHERE i.id = w.id`.execute(db);
  const sessions = new Set(rows.map(sessionOf));
  const beside = (await besides({ db, kind }, rows)).filter((row) => sessions.has(sessionOf(row)));
  const links = await linkedTo(
    { db, kind },
    reader,
    rows.flatMap((row) => row.node_id ?? []),
    stems,
  );
  return [...rows, ...beside].map((row) => ({
    ...wordsIn(row, stems),
    ...{ id: row.id, session: sessionOf(row), place: row.place, author: row.author, at: row.at, row },
    ...{ tellsTime: row.tells_time === 1, onlyAsks: row.only_asks === 1 },
    linked: links.get(row.node_id ?? "") ?? [],
  }));
}

const COLUMNS = [
  ...(["id", "kind", "chat_id", "seq", "place", "session", "node_id", "fact_id", "author", "at"] as const),
  ...(["length", "tells_time", "only_asks", "stems"] as const),
];

const sessionOf = ({ chat_id, session, id }: RecallItemRow): string =>
  chat_id === null ? `${id}` : `${chat_id} ${session}`;

function wordsIn(row: Pick<RecallItemRow, "stems" | "length">, stems: ReadonlySet<string>): Words {
  const counts = new Map<string, number>();
  for (const stem of row.stems.split(" ")) if (stems.has(stem)) counts.set(stem, (counts.get(stem) ?? 0) + 1);
  return { counts, length: row.length };
}

async function besides({ db, kind }: RecallDb, rows: readonly RecallItemRow[]): Promise<readonly RecallItemRow[]> {
  const here = new Set(rows.map((row) => `${row.chat_id} ${row.place}`));
  const wanted = new Map<string, { readonly chatId: string; readonly place: number }>();
  for (const { chat_id: chatId, place } of rows) {
    if (chatId === null || place === null) continue;
    for (let at = place - AROUND; at <= place + AROUND; at++) {
      const key = `${chatId} ${at}`;
      if (at > 0 && !here.has(key)) wanted.set(key, { chatId, place: at });
    }
  }
  if (wanted.size === 0) return [];
  const places = [...wanted.values()];
  const asked = rowsOf(kind, "w", {
    chat_id: places.map(({ chatId }) => chatId),
    place: places.map(({ place }) => place),
  });
  const columns = COLUMNS.map((column) => sql.ref(`i.${column}`));
  const { rows: found } = await sql<RecallItemRow>`
    SELECT ${sql.join(columns)} FROM ${asked} CROSS JOIN recall_items i
    WHERE i.chat_id = w.chat_id AND i.place = w.place`.execute(db);
  return found;
}

async function linkedTo(
  { db, kind }: RecallDb,
  reader: Reader,
  nodeIds: readonly string[],
  stems: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly Words[]>> {
  const linked = new Map<string, Words[]>();
  if (nodeIds.length === 0) return linked;
  const { rows } = await sql<{ node_id: string; length: number; stems: string }>`
    WITH link AS (
      SELECT source AS node_id, target AS other FROM edges WHERE ${isOneOf(kind, "source", nodeIds)} AND ${visible(reader, "edges")}
      UNION SELECT target, source FROM edges WHERE ${isOneOf(kind, "target", nodeIds)} AND ${visible(reader, "edges")}),
    nearest AS (
      SELECT l.node_id, l.other, row_number() OVER (PARTITION BY l.node_id ORDER BY l.other) AS n
      FROM link l WHERE ${isThere("some", sql`FROM nodes o WHERE o.id = l.other AND ${visible(reader, "o")}`)})
    SELECT nearest.node_id, i.length, i.stems FROM nearest JOIN recall_items i ON i.node_id = nearest.other
    WHERE nearest.n <= ${LINKED} ORDER BY nearest.node_id, nearest.other`.execute(db);
  for (const row of rows) linked.set(row.node_id, [...(linked.get(row.node_id) ?? []), wordsIn(row, stems)]);
  return linked;
}
