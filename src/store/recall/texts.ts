import { readableEvent } from "../log/events.ts";
import type { Db } from "../database/sql.ts";
import type { RecallItemRow } from "../database/schema.ts";

export type TextItem = Pick<RecallItemRow, "id" | "kind" | "chat_id" | "seq" | "node_id" | "fact_id">;
type Texts = ReadonlyMap<number, string>;

const READERS: { readonly [K in TextItem["kind"]]: (db: Db, items: readonly TextItem[]) => Promise<Texts> } = {
  message: messageTexts,
  fact: factTexts,
  node: nodeTexts,
};

/** What these items say, whole and as it is kept: whoever gives it away masks it. What is gone is not in it. */
export async function wholeTexts(db: Db, items: readonly TextItem[]): Promise<Texts> {
  const texts = new Map<number, string>();
  for (const [kind, those] of Map.groupBy(items, (item) => item.kind)) {
    for (const [id, text] of await READERS[kind](db, those)) texts.set(id, text);
  }
  return texts;
}

async function messageTexts(db: Db, items: readonly TextItem[]): Promise<Texts> {
  const places = new Map(items.map(({ id, chat_id, seq }) => [`${chat_id} ${seq}`, id]));
  const rows = await db
    .selectFrom("events")
    .select(["chat_id", "seq", "body"])
    .where((eb) =>
      eb.or(items.map((item) => eb.and([eb("chat_id", "=", item.chat_id ?? ""), eb("seq", "=", item.seq ?? 0)]))),
    )
    .execute();
  return new Map(
    rows.flatMap(({ chat_id, seq, body }) => {
      const event = readableEvent(chat_id, seq, body);
      const id = places.get(`${chat_id} ${seq}`);
      return event?.type !== "message" || id === undefined ? [] : [[id, event.data.text]];
    }),
  );
}

/** With the name of what it is about, as the index holds it. */
async function factTexts(db: Db, items: readonly TextItem[]): Promise<Texts> {
  const ids = new Map(items.map(({ id, fact_id }) => [fact_id ?? "", id]));
  const rows = await db
    .selectFrom("facts")
    .innerJoin("nodes", "nodes.id", "facts.subject_id")
    .select(["facts.id", "facts.text", "nodes.name"])
    .where("facts.id", "in", [...ids.keys()])
    .where("facts.status", "=", "active")
    .execute();
  return new Map(
    rows.flatMap(({ id, text, name }) => {
      const item = ids.get(id);
      return item === undefined ? [] : [[item, `${name}: ${text}`]];
    }),
  );
}

async function nodeTexts(db: Db, items: readonly TextItem[]): Promise<Texts> {
  const ids = new Map(items.map(({ id, node_id }) => [node_id ?? "", id]));
  const rows = await db
    .selectFrom("nodes")
    .select(["id", "type", "name", "content"])
    .where("id", "in", [...ids.keys()])
    .execute();
  return new Map(
    rows.flatMap(({ id, type, name, content }) => {
      const item = ids.get(id);
      return item === undefined ? [] : [[item, `${type} ${name}\n${content}`]];
    }),
  );
}
