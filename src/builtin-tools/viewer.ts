import { notFound } from "../core/errors.ts";
import type { Db } from "../store/database/sql.ts";
import type { User } from "../store/people/user.ts";
import type { Principal } from "../tools/tool.ts";

/** The principal with its role, which decides what it may see. */
export const viewerOf = (db: Db, { userId }: Principal): Promise<User> => userWith(db, userId);

export async function userWith(db: Db, id: string): Promise<User> {
  const user = await db.selectFrom("user").select(["id", "name", "role"]).where("id", "=", id).executeTakeFirst();
  if (user === undefined) throw notFound(`the account ${id}`);
  return user;
}
