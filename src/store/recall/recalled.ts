import { isoTime } from "../../core/clock.ts";
import type { EventOf } from "../../core/events.ts";
import { shorten } from "../../core/text.ts";
import { visible } from "../graph/visible.ts";
import { readableEvent } from "../log/events.ts";
import { may } from "../people/access.ts";
import { byAgent } from "../people/actors.ts";
import type { User } from "../people/user.ts";
import type { Claimed } from "../runs/claim.ts";
import { fenceOf } from "../runs/record.ts";
import type { Db } from "../database/sql.ts";
import type { Store, Tx } from "../database/store.ts";
import { forgottenOf } from "./forgotten.ts";
import { messageId, type RecalledItem } from "./recall.ts";

/** What of memory a run was given: an event says what and why, a row beside it keeps the words as the model had them. */

export interface Brought {
  readonly messageSeq: number;
  readonly query: string;
  readonly items: readonly RecalledItem[];
  readonly text: string;
}

const MAX_QUERY = 500;
const BATCH = 100;

/**
 * Behind the run's fence, in one transaction: the same words are there at each step, and after a crash. false: all of it was
 * forgotten since it was found.
 */
export async function keepRecalled(store: Store, claimed: Claimed, brought: Brought): Promise<boolean> {
  const { run } = claimed;
  const query = shorten(store.secrets.text(brought.query), MAX_QUERY);
  return store.transact(async (tx) => {
    // First, and before the chat's lock: so this waits for who forgets one of them, and who does so later finds these words.
    await countUses(tx, brought.items);
    const ids = brought.items.map(({ id }) => id);
    const forgotten = await forgottenOf(tx.db, ids);
    const items = brought.items.filter(({ id }) => !forgotten.has(id));
    if (items.length === 0) return false;
    const nodes = items.map(({ id, kind, why }) => ({ id, kind, why: why.join("; ") }));
    const data: EventOf<"recall">["data"] = { query, nodes, messageSeq: brought.messageSeq };
    const [event] = await tx.append(run.chat_id, [{ type: "recall", data, ...byAgent(run, null) }], fenceOf(claimed));
    if (event === undefined) throw new Error("an event was appended and is not there");
    const text = store.secrets.text(withoutLines(brought.text, [...forgotten]));
    await tx.db.insertInto("recalled").values({ chat_id: run.chat_id, seq: event.seq, text }).execute();
    // Of a node is asked which runs have used it.
    const used = items.map(({ id }) => ({
      item_id: id,
      chat_id: run.chat_id,
      seq: event.seq,
      run_id: run.id,
      at: tx.now,
    }));
    await tx.db.insertInto("recalled_items").values(used).execute();
    return true;
  });
}

/** How often a fact is used tells whether it is worth keeping. */
async function countUses(tx: Tx, items: readonly RecalledItem[]): Promise<void> {
  // In one order everywhere, so that two runs never wait for one another's rows.
  for (const id of items.flatMap((item) => (item.kind === "fact" ? [item.id] : [])).toSorted()) {
    await tx.db
      .updateTable("facts")
      .set((eb) => ({ uses: eb("uses", "+", 1), last_used_at: tx.now }))
      .where("id", "=", id)
      .where("status", "!=", "forgotten")
      .execute();
  }
}

/** The words of these `recall` events of a chat, by their `seq`. */
export async function recalledTexts(
  db: Db,
  chatId: string,
  seqs: readonly number[],
): Promise<readonly { readonly seq: number; readonly text: string }[]> {
  if (seqs.length === 0) return [];
  return db
    .selectFrom("recalled")
    .select(["seq", "text"])
    .where("chat_id", "=", chatId)
    .where("seq", "in", [...seqs])
    .execute();
}

/** What runs in other chats were given of a chat that is gone is not told to a model again. */
export async function forgetTold(db: Db, chatId: string): Promise<void> {
  await db.updateTable("recalled").set({ text: "" }).where("text", "like", `%[m:${chatId}.%`).execute();
}

/** Each item stands in one line, below what it all is. */
function withoutLines(text: string, ids: readonly string[]): string {
  const begin = ids.map((id) => `[m:${id}] `);
  const [about = "", ...lines] = text.split("\n");
  const left = lines.filter((line) => !begin.some((each) => line.startsWith(each)));
  return left.length === 0 ? "" : [about, ...left].join("\n");
}

/** What of this runs were given is not told to a model again; the other things that they were given with it are. */
export async function forgetLines(db: Db, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += BATCH) {
    const batch = ids.slice(from, from + BATCH);
    const rows = await db
      .selectFrom("recalled_items as i")
      .innerJoin("recalled as r", (join) => join.onRef("r.chat_id", "=", "i.chat_id").onRef("r.seq", "=", "i.seq"))
      .select(["r.chat_id", "r.seq", "r.text"])
      .where("i.item_id", "in", batch)
      .distinct()
      .execute();
    for (const { chat_id, seq, text } of rows) {
      await db
        .updateTable("recalled")
        .set({ text: withoutLines(text, batch) })
        .where("chat_id", "=", chat_id)
        .where("seq", "=", seq)
        .execute();
    }
  }
}

/** What a `recall` event names, as far as the viewer may see it: the event itself is seen by whoever sees the chat. */
export interface NamedItem {
  readonly id: string;
  readonly kind: "message" | "fact" | "node";
  readonly text: string;
  readonly at: string;
  /** Who said it, or the name of the node, or of the one that the fact is about. */
  readonly title: string;
  readonly chatId: string | null;
  readonly seq: number | null;
  /** The node, or the one that the fact is about. */
  readonly nodeId: string | null;
}

const EXCERPT = 300;

export async function itemsById(store: Store, viewer: User, ids: readonly string[]): Promise<readonly NamedItem[]> {
  const { db, secrets } = store;
  const items: NamedItem[] = [];
  for (const id of ids) {
    const place = /^([^.]+)\.(\d{1,15})$/.exec(id);
    if (place === null) {
      const node = await db
        .selectFrom("nodes")
        .select(["name", "content", "updated_at"])
        .where("id", "=", id)
        .where(visible(viewer.id, "nodes"))
        .executeTakeFirst();
      if (node === undefined) {
        const fact = await namedFact(store, viewer, id);
        if (fact !== null) items.push(fact);
        continue;
      }
      const text = shorten(secrets.text(node.content), EXCERPT);
      items.push({
        id,
        kind: "node",
        text,
        at: isoTime(node.updated_at),
        title: node.name,
        chatId: null,
        seq: null,
        nodeId: id,
      });
      continue;
    }
    const [, chatId = "", at = ""] = place;
    const seq = Number(at);
    const row = await db
      .selectFrom("events")
      .innerJoin("chats", "chats.id", "events.chat_id")
      .select("events.body")
      .where("events.chat_id", "=", chatId)
      .where("events.seq", "=", seq)
      .where(may(viewer, "see", "chats"))
      .executeTakeFirst();
    const event = row === undefined ? null : readableEvent(chatId, seq, row.body);
    if (event?.type !== "message") continue;
    const text = shorten(secrets.text(event.data.text), EXCERPT);
    items.push({
      id: messageId(chatId, seq),
      kind: "message",
      text,
      at: event.at,
      title: event.actor.name,
      chatId,
      seq,
      nodeId: null,
    });
  }
  return items;
}

/** By its first source, where the viewer may see that. */
async function namedFact({ db, secrets }: Store, viewer: User, id: string): Promise<NamedItem | null> {
  const fact = await db
    .selectFrom("facts")
    .innerJoin("nodes", "nodes.id", "facts.subject_id")
    .select(["facts.text", "facts.recorded_at", "facts.subject_id", "nodes.name"])
    .where("facts.id", "=", id)
    .where("facts.status", "!=", "forgotten")
    .where(visible(viewer.id, "facts"))
    .executeTakeFirst();
  if (fact === undefined) return null;
  const source = await db
    .selectFrom("fact_sources")
    .innerJoin("chats", "chats.id", "fact_sources.chat_id")
    .select(["fact_sources.chat_id", "fact_sources.seq"])
    .where("fact_sources.fact_id", "=", id)
    .where(may(viewer, "see", "chats"))
    .orderBy("fact_sources.seq")
    .limit(1)
    .executeTakeFirst();
  const text = shorten(secrets.text(fact.text), EXCERPT);
  const place = { chatId: source?.chat_id ?? null, seq: source?.seq ?? null };
  return { id, kind: "fact", text, at: isoTime(fact.recorded_at), title: fact.name, ...place, nodeId: fact.subject_id };
}
