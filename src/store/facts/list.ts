import { sql, type RawBuilder } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { notFound } from "../../core/errors.ts";
import { graphNode, type NodeEdges, type NodeFacts } from "../graph/node.ts";
import { visible, type Reader } from "../graph/visible.ts";
import { may } from "../people/access.ts";
import type { User } from "../people/user.ts";
import type { RecalledFact } from "../recall/recall.ts";
import { factTexts } from "../recall/fact-texts.ts";
import { newestFirst, pageFrom, pageOf, totalOf, type PageQuery } from "../database/page.ts";
import { begins } from "../database/spellings.ts";
import type { FactKind, FactStatus } from "../database/schema.ts";
import type { Store } from "../database/store.ts";
import { factRow } from "./find.ts";
import { factsOf, type Fact } from "./fact.ts";

/** What is known, to be looked through. */

export interface FactsQuery extends PageQuery {
  /** `active` when left out. */
  readonly status?: FactStatus | "all" | undefined;
  /** A node's id; `me`: who the viewer is and what they like. */
  readonly about?: string | undefined;
  readonly kind?: FactKind | undefined;
  /** Only ids that start so. */
  readonly prefix?: string | undefined;
}

export interface FactPage {
  readonly items: readonly Fact[];
  readonly next: string | null;
  readonly total?: number;
}

const NEWEST = newestFirst("recorded_at", "id");

export async function listFacts(store: Store, viewer: User, query: FactsQuery): Promise<FactPage> {
  const { status = "active", about, kind, prefix } = query;
  const found = store.db
    .selectFrom("facts")
    .where(visible(viewer.id, "facts"))
    .$if(status !== "all", (q) => q.where("status", "=", status as FactStatus))
    .$if(kind !== undefined, (q) => q.where("kind", "=", kind as FactKind))
    .$if(about === "me", (q) => q.where(isOwn(viewer)).where("kind", "in", ["profile", "preference"]))
    .$if(prefix !== undefined, (q) => q.where(begins("id", prefix ?? "")))
    .$if(about !== undefined && about !== "me", (q) =>
      q.where((eb) => eb.or([eb("subject_id", "=", about ?? ""), eb("object_id", "=", about ?? "")])),
    );
  const total = await totalOf(store.db, found);
  const rows = await pageFrom(NEWEST, query)(found.selectAll()).execute();
  const page = pageOf(rows, query, (row) => [row.recorded_at, row.id]);
  return { items: await factsOf(store, viewer, page.rows), next: page.next, ...total };
}

/** What somebody shares is still what they said of themself. */
const isOwn = ({ id }: User): RawBuilder<boolean> =>
  sql<boolean>`(owner_id = ${id} OR (owner_id IS NULL AND author_id = ${id}))`;

export async function getFact(store: Store, viewer: User, id: string): Promise<Fact> {
  const row = await factRow(store.db, viewer.id, id);
  const [fact] = row === undefined ? [] : await factsOf(store, viewer, [row]);
  if (fact === undefined) throw notFound(`fact ${JSON.stringify(id)}`);
  return fact;
}

/** The words of these are given to every run, whatever it is about. The newest come first. */
const MOST_PINNED = 30;

export async function pinnedFacts(store: Store, reader: Reader): Promise<readonly RecalledFact[]> {
  const rows = await store.db
    .selectFrom("facts")
    .select("id")
    .where("pinned", "=", 1)
    .where("status", "=", "active")
    .where(visible(reader, "facts"))
    .orderBy("recorded_at", "desc")
    .orderBy("id")
    .limit(MOST_PINNED)
    .execute();
  const ids = rows.map(({ id }) => id);
  const texts = await factTexts(store.db, ids);
  return ids.flatMap((id) => {
    const fact = texts.get(id);
    if (fact === undefined) return [];
    const found = { why: ["pinned"], matched: 0, share: 0, isMeant: false, tellsNothing: false, score: 0 };
    return [{ ...fact, text: store.secrets.text(fact.text), ...found }];
  });
}

/** How much is known of a node, and what came last. */
export interface KnownOf {
  readonly count: number;
  readonly newest: string;
}

/** By node; those of which nothing is known are not in it. */
export async function knownOf(
  { db, secrets }: Store,
  viewer: User,
  nodeIds: readonly string[],
): Promise<ReadonlyMap<string, KnownOf>> {
  if (nodeIds.length === 0) return new Map();
  const { rows } = await sql<{ subject_id: string; text: string; n: number }>`
    SELECT subject_id, text, n FROM (
      SELECT subject_id, text, count(*) OVER (PARTITION BY subject_id) AS n,
        row_number() OVER (PARTITION BY subject_id ORDER BY recorded_at DESC, id DESC) AS place
      FROM facts
      WHERE subject_id IN (${sql.join(nodeIds)}) AND status = 'active' AND ${visible(viewer.id, "facts")}) AS known
    WHERE place = 1`.execute(db);
  return new Map(rows.map(({ subject_id, text, n }) => [subject_id, { count: Number(n), newest: secrets.text(text) }]));
}

/** All that is known of a node. */
export interface Entity {
  readonly node: NodeFacts;
  /** What holds first, then what is over; the newest first. */
  readonly facts: readonly Fact[];
  readonly edges: NodeEdges;
  readonly usedIn: { readonly count: number; readonly runs: readonly Use[] };
}

interface Use {
  readonly runId: string;
  readonly chatId: string;
  readonly seq: number;
  readonly at: string;
  /** Of its chat. */
  readonly title: string;
}

const MOST_FACTS = 200;
const MOST_RUNS = 10;

export async function entity(store: Store, viewer: User, nodeId: string): Promise<Entity> {
  const { edges, ...node } = await graphNode(store.db, viewer.id, nodeId);
  const rows = await store.db
    .selectFrom("facts")
    .selectAll()
    .where((eb) => eb.or([eb("subject_id", "=", nodeId), eb("object_id", "=", nodeId)]))
    .where("status", "!=", "forgotten")
    .where(visible(viewer.id, "facts"))
    .orderBy(sql`CASE status WHEN 'active' THEN 0 WHEN 'proposed' THEN 1 ELSE 2 END`)
    .orderBy("recorded_at", "desc")
    .orderBy("id")
    .limit(MOST_FACTS)
    .execute();
  const uses = store.db
    .selectFrom("recalled_items")
    .innerJoin("chats", "chats.id", "recalled_items.chat_id")
    .where("recalled_items.item_id", "in", [nodeId, ...rows.map(({ id }) => id)])
    .where(may(viewer, "see", "chats"));
  const { n } = await uses
    .select((eb) => eb.fn.count<number>("recalled_items.run_id").distinct().as("n"))
    .executeTakeFirstOrThrow();
  const runs = await uses
    .select(["recalled_items.run_id", "recalled_items.chat_id", "chats.title"])
    .select((eb) => [eb.fn.max("recalled_items.seq").as("seq"), eb.fn.max("recalled_items.at").as("at")])
    .groupBy(["recalled_items.run_id", "recalled_items.chat_id", "chats.title"])
    .orderBy("at", "desc")
    .orderBy("recalled_items.run_id")
    .limit(MOST_RUNS)
    .execute();
  return {
    node,
    facts: await factsOf(store, viewer, rows),
    edges,
    usedIn: {
      count: Number(n),
      runs: runs.map(({ run_id, chat_id, seq, at, title }) => ({
        ...{ runId: run_id, chatId: chat_id, seq: Number(seq), at: isoTime(Number(at)), title },
      })),
    },
  };
}
