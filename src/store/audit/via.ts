import { sql } from "kysely";
import type { Tx } from "../database/store.ts";

/** How the token in a home's file is called, before the home's name. */
export const TOKEN_FILE = "token file of ";

/** By which credential: a yes by the token file may be a command's of the agent itself, and can be told from a person's. */
export async function viaOf({ db, credential }: Tx): Promise<string> {
  if (credential === undefined) return "token file";
  if (credential.kind === "session") {
    const { rows } = await sql`
      SELECT 1 FROM "session" WHERE id = ${credential.id} AND passkey_id IS NOT NULL`.execute(db);
    return rows.length > 0 ? "passkey" : "session";
  }
  const token = await db.selectFrom("tokens").select("name").where("id", "=", credential.id).executeTakeFirst();
  return token?.name.startsWith(TOKEN_FILE) ? "token file" : `token:${token?.name ?? credential.id}`;
}
