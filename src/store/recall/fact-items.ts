import { AGENT_ID } from "../people/user.ts";
import type { Db } from "../database/sql.ts";
import { measuresOf, type Item } from "./item.ts";
import type { Stemmer } from "./stems.ts";
import { wordsOf } from "./words.ts";

/** Of these facts what the index holds: only what is known now, with the name of what it is about. */
export async function factItems(db: Db, ids: readonly string[], stem: Stemmer): Promise<readonly Item[]> {
  const rows = await db
    .selectFrom("facts")
    .innerJoin("nodes", "nodes.id", "facts.subject_id")
    .select(["facts.id", "facts.text", "facts.author_id", "facts.recorded_at", "nodes.name"])
    .where("facts.id", "in", [...ids])
    .where("facts.status", "=", "active")
    .orderBy("facts.id")
    .execute();
  return rows.map(({ id, text, author_id, recorded_at, name }): Item => {
    const words = [...wordsOf(name), ...wordsOf(text)];
    return {
      ...{ kind: "fact", chat_id: null, seq: null, place: null, session: null, node_id: null, fact_id: id },
      ...{ author: author_id ?? AGENT_ID, at: recorded_at },
      ...measuresOf(text, words, stem),
      only_asks: 0,
    };
  });
}

/** With the change itself, as of nodes. */
export async function factToBeIndexed(db: Db, factId: string): Promise<void> {
  await db
    .insertInto("recall_facts")
    .values({ fact_id: factId })
    .onConflict((oc) => oc.column("fact_id").doUpdateSet({ fact_id: factId }))
    .execute();
}
