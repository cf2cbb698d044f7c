import type { Json } from "../../core/events.ts";
import type { Db } from "../database/sql.ts";

/** What the tool `recall` once gave and is forgotten since: it stays in the log, and is told to no model again. */

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The hits of a result of `recall`, by their ids. */
function hitsOf(result: Json | undefined): readonly { readonly id: string; readonly hit: { [key: string]: Json } }[] {
  if (!isObject(result) || !Array.isArray(result["items"])) return [];
  return result["items"].flatMap((hit) =>
    isObject(hit) && typeof hit["id"] === "string" ? [{ id: hit["id"], hit }] : [],
  );
}

export const recalledIds = (result: Json | undefined): readonly string[] => hitsOf(result).map(({ id }) => id);

/** Without the hits that are forgotten. */
export function withoutForgotten(result: Json, forgotten: ReadonlySet<string>): Json {
  const hits = hitsOf(result);
  const chats = new Set([...forgotten].flatMap((id) => chatOf(id) ?? []));
  if (!isObject(result) || !hits.some(({ id }) => forgotten.has(id) || chats.has(chatOf(id) ?? ""))) return result;
  const items = hits.flatMap(({ id, hit: { chat, ...hit } }) => {
    if (forgotten.has(id)) return [];
    // It may be called by its first words.
    return [chats.has(chatOf(id) ?? "") || chat === undefined ? hit : { ...hit, chat }];
  });
  return { ...result, items };
}

const chatOf = (id: string): string | undefined => /^([^.]+)\.\d+$/.exec(id)?.[1];

const BATCH = 100;

/** Of these ids, as they are cited, those that are forgotten or hidden by now. */
export async function forgottenOf(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const forgotten = new Set<string>();
  for (let from = 0; from < ids.length; from += BATCH) {
    const batch = ids.slice(from, from + BATCH);
    const facts = await db
      .selectFrom("facts")
      .select("id")
      .where("id", "in", batch)
      .where("status", "=", "forgotten")
      .execute();
    for (const { id } of facts) forgotten.add(id);
    const chats = [...new Set(batch.flatMap((id) => chatOf(id) ?? []))];
    if (chats.length === 0) continue;
    const hidden = await db.selectFrom("recall_hidden").selectAll().where("chat_id", "in", chats).execute();
    for (const { chat_id, seq } of hidden) forgotten.add(`${chat_id}.${seq}`);
  }
  return forgotten;
}
