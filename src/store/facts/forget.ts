import { sql } from "kysely";
import { may } from "../people/access.ts";
import { AGENT_ID, type User } from "../people/user.ts";
import { forgetItems, indexSaid } from "../recall/indexing.ts";
import { messageId } from "../recall/recall.ts";
import { forgetLines } from "../recall/recalled.ts";
import type { Stemmer } from "../recall/stems.ts";
import { wordsOf } from "../recall/words.ts";
import type { FactRow } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";
import { lockFactsOf } from "./learn.ts";
import { blankChanges } from "./noted.ts";
import { tellingStems } from "./telling.ts";

/**
 * Forgetting is real: the text of the fact is gone from its row and so from every list and export, from the index, and from what
 * runs are told again of what they were given. The messages that say it stay where they were said, in the log, and are recalled no
 * more: those that it was learned from, and all others of the same person that hold each of its words or cite it.
 */

/** Indexed before, of what was said last: what is not in the index cannot be found in it. */
const PAGES = 5;
/** With fewer words than this a fact says too little to tell which other messages mean it. */
const ENOUGH = 2;
const MOST_HIDDEN = 500;

interface Place {
  readonly chatId: string;
  readonly seq: number;
}

/** The run that was asked to, and the messages that asked. */
interface Asked {
  readonly runId: string;
  readonly chatId: string;
  readonly asked: readonly Place[];
}

/** With the wordings that were corrected to this one. */
export async function forgetFact(tx: Tx, stem: Stemmer, viewer: User, known: FactRow, by?: Asked): Promise<void> {
  await indexSaid(tx, stem, PAGES);
  const fact = await held(tx, known);
  const sources = await tx.db
    .selectFrom("fact_sources")
    .select(["chat_id as chatId", "seq"])
    .where("fact_id", "=", fact.id)
    .execute();
  const places = [...sources, ...(by?.asked ?? []), ...(await saying(tx, stem, viewer, fact))];
  await hide(tx, places);
  if (by !== undefined) {
    const row = { run_id: by.runId, chat_id: by.chatId };
    await tx.db
      .insertInto("recall_forgot")
      .values(row)
      .onConflict((oc) => oc.doNothing())
      .execute();
  }
  await forgetItems(tx, await itemsOf(tx, "fact_id", [fact.id]));
  await tx.db.deleteFrom("recall_facts").where("fact_id", "=", fact.id).execute();
  await blankChanges(tx.db, fact.id);
  await forgetLines(tx.db, [fact.id, ...places.map(({ chatId, seq }) => messageId(chatId, seq))]);
  await tx.db
    .updateTable("facts")
    .set({
      text: "",
      relation: "",
      object_id: null,
      status: "forgotten",
      pinned: 0,
      retired_at: tx.now,
      superseded_by: null,
    })
    .where("id", "=", fact.id)
    .execute();
  for (const wording of await corrected(tx, fact)) await forgetFact(tx, stem, viewer, wording, by);
}

async function itemsOf(tx: Tx, column: "fact_id", ids: readonly string[]): Promise<readonly number[]> {
  const rows = await tx.db
    .selectFrom("recall_items")
    .select("id")
    .where(column, "in", [...ids])
    .execute();
  return rows.map(({ id }) => id);
}

/** Those whose place it took because they never were so: what was so until then is another fact. */
async function corrected({ db }: Tx, { id, owner_id }: FactRow): Promise<readonly FactRow[]> {
  const query = db.selectFrom("facts").selectAll().where("superseded_by", "=", id).where("valid_to", "is", null);
  const rows = await query.where("status", "=", "retired").execute();
  return rows.filter((row) => row.owner_id === owner_id);
}

/** As it is now; whoever learns it again, or tells a run of it, waits until this is over. */
async function held(tx: Tx, known: FactRow): Promise<FactRow> {
  const query = tx.db.selectFrom("facts").selectAll().where("id", "=", known.id).where("status", "!=", "forgotten");
  const { subject_id } = (await query.executeTakeFirst()) ?? known;
  await lockFactsOf(tx, subject_id);
  const now = await query.$if(tx.kind === "postgres", (rows) => rows.forUpdate()).executeTakeFirst();
  return now ?? known;
}

/** What who has said the fact, and the agent, said of it in chats in which the viewer may write: what others said stays theirs. */
async function saying(tx: Tx, stem: Stemmer, viewer: User, fact: FactRow): Promise<readonly Place[]> {
  const told = [...tellingStems(fact.text, stem).keys()];
  const cited = wordsOf(fact.id).map(stem);
  const looks = [cited, ...(told.length >= ENOUGH ? [told] : [])];
  const authors = [fact.author_id ?? viewer.id, AGENT_ID];
  const found: Place[] = [];
  for (const stems of looks) {
    const held =
      tx.kind === "sqlite"
        ? sql<boolean>`i.id IN (SELECT rowid FROM recall_words WHERE recall_words MATCH ${stems.map((each) => `"${each}"`).join(" AND ")})`
        : sql<boolean>`i.words @@ ${stems.map((each) => `'${each}'`).join(" & ")}::tsquery`;
    const { rows } = await sql<Place>`
      SELECT i.chat_id AS "chatId", i.seq FROM recall_items i
      WHERE i.kind = 'message' AND i.author IN (${sql.join(authors)}) AND ${held}
        AND i.chat_id IN (SELECT chats.id FROM chats WHERE ${may(viewer, "write", "chats")})
      ORDER BY i.id LIMIT ${MOST_HIDDEN}`.execute(tx.db);
    found.push(...rows);
  }
  return found;
}

async function hide(tx: Tx, places: readonly Place[]): Promise<void> {
  for (const [chatId, those] of Map.groupBy(places, ({ chatId }) => chatId)) {
    const seqs = [...new Set(those.map(({ seq }) => seq))];
    await tx.db
      .insertInto("recall_hidden")
      .values(seqs.map((seq) => ({ chat_id: chatId, seq })))
      .onConflict((oc) => oc.columns(["chat_id", "seq"]).doNothing())
      .execute();
    const items = await tx.db
      .selectFrom("recall_items")
      .select("id")
      .where("chat_id", "=", chatId)
      .where("seq", "in", seqs)
      .execute();
    await forgetItems(
      tx,
      items.map(({ id }) => id),
    );
  }
}
