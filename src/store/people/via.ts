import type { Tx } from "../database/store.ts";
import { TOKEN_FILE } from "./tokens.ts";

/** By which credential: a yes by the token file may be a command's of the agent itself, and can be told from a person's. */
export async function viaOf({ db, credential }: Tx): Promise<string> {
  if (credential === undefined) return "token file";
  if (credential.kind === "session") return "session";
  const token = await db.selectFrom("tokens").select("name").where("id", "=", credential.id).executeTakeFirst();
  return token?.name.startsWith(TOKEN_FILE) ? "token file" : `token:${token?.name ?? credential.id}`;
}
