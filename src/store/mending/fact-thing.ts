import { z } from "zod";
import { SparkyError } from "../../core/errors.ts";
import type { Fields } from "../graph/changes.ts";
import { factToBeIndexed } from "../recall/fact-items.ts";
import { forgetItems } from "../recall/indexing.ts";
import { FACT_KINDS, FACT_STATUSES } from "../database/schema.ts";
import type { Tx } from "../database/store.ts";
import { factFields } from "../facts/noted.ts";
import type { Thing } from "./thing.ts";

/** A fact as the history has it: read, and put back. What was forgotten has no history to be put back from. */

const at = z.number().nullable();
const schema = z.object({
  ...{ text: z.string(), subject: z.string(), relation: z.string(), object: z.string().nullable() },
  ...{ kind: z.enum(FACT_KINDS), status: z.enum(FACT_STATUSES), stated: z.boolean(), pinned: z.boolean() },
  ...{ author: z.string().nullable(), validFrom: at, validTo: at, recordedAt: z.number(), retiredAt: at },
  ...{ supersededBy: z.string().nullable(), within: z.string().nullable(), owner: z.string().nullable() },
  sources: z.array(z.string()),
});

export const fact: Thing = {
  async read({ db, kind }, id) {
    const rows = db.selectFrom("facts").selectAll().where("id", "=", id).where("status", "!=", "forgotten");
    const row = await rows.$if(kind === "postgres", (query) => query.forUpdate()).executeTakeFirst();
    if (row === undefined) return null;
    const end = row.object_id === null ? {} : { otherId: row.object_id };
    return { name: row.text, nodeId: row.subject_id, ...end, ownerId: row.owner_id, fields: await factFields(db, row) };
  },
  async add(tx, id, _, fields) {
    const { columns, sources } = columnsOf(fields);
    await tx.db
      .insertInto("facts")
      .values({ id, ...columns, uses: 0, last_used_at: null })
      .execute();
    await putSources(tx, id, sources);
    await factToBeIndexed(tx.db, id);
  },
  async change(tx, id, fields) {
    const { columns, sources } = columnsOf(fields);
    await tx.db.updateTable("facts").set(columns).where("id", "=", id).execute();
    await tx.db.deleteFrom("fact_sources").where("fact_id", "=", id).execute();
    await putSources(tx, id, sources);
    await factToBeIndexed(tx.db, id);
  },
  async remove(tx, id, { name }) {
    const newer = await tx.db.selectFrom("facts").select("id").where("superseded_by", "=", id).executeTakeFirst();
    if (newer !== undefined) {
      throw new SparkyError("conflict", `"${name}" has taken the place of another by now`, {
        hint: "undo first what it took the place of",
      });
    }
    const items = await tx.db.selectFrom("recall_items").select("id").where("fact_id", "=", id).execute();
    await forgetItems(
      tx,
      items.map((item) => item.id),
    );
    await tx.db.deleteFrom("recall_facts").where("fact_id", "=", id).execute();
    await tx.db.deleteFrom("facts").where("id", "=", id).execute();
  },
};

function columnsOf(fields: Fields) {
  const fact = schema.parse(fields);
  return {
    sources: fact.sources,
    columns: {
      ...{ owner_id: fact.owner, chat_id: fact.within, subject_id: fact.subject, relation: fact.relation },
      ...{ object_id: fact.object, text: fact.text, kind: fact.kind, stated: fact.stated ? 1 : 0 },
      ...{ author_id: fact.author, valid_from: fact.validFrom, valid_to: fact.validTo, recorded_at: fact.recordedAt },
      ...{ retired_at: fact.retiredAt, superseded_by: fact.supersededBy, pinned: fact.pinned ? 1 : 0 },
      status: fact.status,
    },
  };
}

/** Of chats that are gone since there is none any more. */
async function putSources({ db }: Tx, factId: string, sources: readonly string[]): Promise<void> {
  for (const source of sources) {
    const [chatId = "", seq = ""] = source.split(".");
    const chat = await db.selectFrom("chats").select("id").where("id", "=", chatId).executeTakeFirst();
    if (chat === undefined) continue;
    await db
      .insertInto("fact_sources")
      .values({ fact_id: factId, chat_id: chatId, seq: Number(seq) })
      .execute();
  }
}
