import { sql, type RawBuilder } from "kysely";

/** Whose a row is, as one text: rows of one scope are seen by the same people. */
export const scopeSql = (table: string): RawBuilder<string> =>
  sql<string>`(coalesce(${sql.ref(`${table}.owner_id`)}, '') || ' ' || coalesce(${sql.ref(`${table}.chat_id`)}, ''))`;
