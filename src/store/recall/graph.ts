import type { RawBuilder } from "kysely";
import { isOneOf } from "../database/many.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import { graphSearch, type FoundNodes, type GraphSearch } from "../graph/search.ts";
import { nodesSeen } from "../graph/stats.ts";
import type { Reader } from "../graph/visible.ts";
import { wordsOf } from "../graph/words.ts";
import { extentOf, nodesHolding, picksOf } from "./candidates.ts";
import { indexNodes, indexRecall } from "./indexing.ts";
import { recall } from "./recall.ts";
import { stemmerOf } from "./stems.ts";
import { STOP_WORDS, wordsOf as recallWordsOf } from "./words.ts";

/** So many nodes are ranked; the others that have a word of the query follow them. A cursor names them all. */
const RANKED = 40;
/** Indexed before a search at most: what was added just now is to be found. */
const INDEX_NOW = 200;
/** In more nodes parts of words are looked for only where no word is known. */
const MANY_NODES = 5000;
/** What a word begins with, from so many letters on, is looked for in the index. */
const BEGINNING = 2;
const MOST_WORDS = 10;

/**
 * Nodes by words, the best first as recall ranks them, then all others with any part of a word, or, in a big graph, with the words
 * or what begins like them; without words every node. `tx`: within this transaction.
 */
export async function searchNodes(store: Store, reader: Reader, search: GraphSearch, tx?: Tx): Promise<FoundNodes> {
  const db = tx?.db ?? store.db;
  if (wordsOf(search.query).length === 0) return graphSearch(db, reader, search);
  if (tx === undefined) await indexRecall(store, INDEX_NOW);
  else await indexNodes(tx, await stemmerOf(store));
  const { query } = search;
  const { items } = await recall(store, reader, { query, kinds: ["node"], limit: RANKED }, db);
  const among = await inIndex(store, db, reader, query);
  return graphSearch(db, reader, { ...search, among, best: new Map(items.map(({ id, why }) => [id, why])) });
}

/** In a big graph the nodes that the index knows for the query; undefined: all have to be gone through. */
async function inIndex(store: Store, db: Db, reader: Reader, query: string): Promise<RawBuilder<boolean> | undefined> {
  const { kind } = store;
  if ((await nodesSeen(db, reader)) <= MANY_NODES) return undefined;
  const stem = await stemmerOf(store);
  const words = [...new Set(recallWordsOf(query))].filter((word) => !STOP_WORDS.has(word)).slice(0, MOST_WORDS);
  const extent = await extentOf({ db, kind }, [...new Set(words.map(stem))]);
  const picks = picksOf(kind, [...extent.holding.keys()], extent);
  const begins = words.filter((word) => word.length >= BEGINNING);
  const ids = await nodesHolding({ db, kind }, reader, picks, begins);
  return ids.length === 0 ? undefined : isOneOf(kind, "nodes.id", ids);
}
