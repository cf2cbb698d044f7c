import { sql } from "kysely";
import type { Store } from "../src/store/database/store.ts";
import { graphCheck } from "../src/store/graph/check.ts";
import { neighbourhood } from "../src/store/graph/neighbours.ts";
import { graphPath } from "../src/store/graph/path.ts";
import { graphStats } from "../src/store/graph/stats.ts";
import { ensureUsers } from "../src/store/people/users.ts";
import { searchNodes } from "../src/store/recall/graph.ts";
import { indexRecall } from "../src/store/recall/indexing.ts";
import { eachDatabase } from "./kit/engines.ts";
import type { Figure, Setting } from "./kit/figure.ts";
import { quantile } from "./kit/measure.ts";

const NODES = 100_000;
const EDGES = 400_000;
const TYPES = ["person", "place", "note", "topic", "thing"];
const WORDS = 5000;
const TIMES = 200;
const REACH = { searchMs: 30, neighbourhoodMs: 10, statsMs: 20, checkMs: 10_000 };

/** A graph as big as one may become: what it takes to look around in it, to count it, and to check all of it. */
export async function graphFigures(setting: Setting): Promise<Figure[]> {
  const figures: Figure[] = [];
  for await (const database of eachDatabase(setting)) {
    await using opened = database;
    await using store = await opened.open();
    const { owner } = await ensureUsers(store);
    await grow(store);
    while (!(await indexRecall(store, 5000))) continue;
    const node = (at: number): string => `n${(at * 487) % NODES}`;
    const p95 = async (ask: (at: number) => Promise<unknown>, times = TIMES): Promise<number> => {
      const took: number[] = [];
      for (let at = 0; at < times; at++) {
        const started = performance.now();
        await ask(at);
        took.push(performance.now() - started);
      }
      return quantile(took, 0.95);
    };
    const links = await p95((at) => bareLinks(store, node(at)));
    const scan = await p95(() => bareCount(store), 3);
    const add = (what: string, value: number, reach: number | null, raw: Figure["raw"]): void =>
      void figures.push({ what: `${what}, ${opened.name}`, value, unit: "ms", reach, raw });
    const oneNode = { what: "one node's edges", value: links };
    const allEdges = { what: "all edges counted", value: scan };
    for (const depth of [1, 2, 3]) {
      const value = await p95((at) => neighbourhood(store, owner.id, node(at), { depth, limit: 300 }));
      const reach = depth === 1 ? REACH.neighbourhoodMs : null;
      add(`neighbourhood of depth ${depth} among 400,000 edges, p95`, value, reach, oneNode);
    }
    add(
      "the way between two of 100,000 nodes, p95",
      await p95((at) => graphPath(store, owner.id, node(at), node(at + 7))),
      null,
      oneNode,
    );
    add("statistics of 100,000 nodes, p95", await p95(() => graphStats(store.db, owner.id)), REACH.statsMs, allEdges);
    const query = (at: number): string => `${word(at * 31)} ${word(at * 17 + 5)}`;
    const search = await p95((at) => searchNodes(store, { viewer: owner, within: null }, { query: query(at) }));
    add("search among 100,000 nodes, p95", search, REACH.searchMs, oneNode);
    add(
      "check of 100,000 nodes and 400,000 edges",
      await p95(() => graphCheck(store.db, owner.id), 1),
      REACH.checkMs,
      allEdges,
    );
  }
  return figures;
}

const word = (n: number): string =>
  `${String(n % WORDS).replace(/\d/g, (digit) => "bcdfglmnrs".charAt(Number(digit)))}oning`;

/** Made in the database: by our own verbs it would take minutes, and that is not what is measured. */
async function grow(store: Store): Promise<void> {
  const { db } = store;
  for (let from = 0; from < NODES; from += 500) {
    const rows = Array.from({ length: 500 }, (_, at) => {
      const n = from + at;
      const content = Array.from({ length: 8 }, (__, place) => word(n * 7 + place * place * 13)).join(" ");
      return {
        id: `n${n}`,
        owner_id: null,
        type: TYPES[n % 5] ?? "",
        name: `${word(n)} ${n}`,
        content,
        data: "{}",
        created_at: n,
        updated_at: n,
      };
    });
    await db.insertInto("nodes").values(rows).execute();
    await db
      .insertInto("recall_nodes")
      .values(rows.map(({ id }) => ({ node_id: id })))
      .execute();
  }
  for (let from = 0; from < EDGES; from += 500) {
    const rows = Array.from({ length: 500 }, (_, at) => {
      const n = from + at;
      const source = n % NODES;
      const target = (source + 1 + ((n * 7919) % (NODES - 1))) % NODES;
      return {
        id: `e${n}`,
        owner_id: null,
        source: `n${source}`,
        target: `n${target}`,
        type: `joins ${n % 7}`,
        data: "{}",
        created_at: n,
      };
    });
    await db.insertInto("edges").values(rows).execute();
  }
  for (const [part, table] of [
    ["node", "nodes"],
    ["edge", "edges"],
  ] as const) {
    await sql`INSERT INTO graph_counts (part, type, n)
      SELECT ${sql.lit(part)}, type, count(*) FROM ${sql.table(table)} GROUP BY type`.execute(db);
  }
  if (store.kind === "postgres") await sql`VACUUM ANALYZE`.execute(db);
}

const bareLinks = ({ db }: Store, id: string): Promise<unknown> =>
  sql`SELECT id, type, source, target FROM edges WHERE source = ${id} OR target = ${id} LIMIT 300`.execute(db);

const bareCount = ({ db }: Store): Promise<unknown> => sql`SELECT type, count(*) FROM edges GROUP BY type`.execute(db);
