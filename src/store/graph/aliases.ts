import { inScope, type NodeLabel, type Scope } from "./visible.ts";
import type { Db } from "../database/sql.ts";

/** Names that a node had before it was merged into another: it is still found by them, and none is made anew. */

export interface Alias {
  readonly type: string;
  readonly name: string;
}

export async function aliasesOf(db: Db, nodeId: string): Promise<readonly Alias[]> {
  return db
    .selectFrom("node_aliases")
    .select(["type", "name"])
    .where("node_id", "=", nodeId)
    .orderBy("type")
    .orderBy("name")
    .execute();
}

/** The node that the node of this type and name has become there. */
export async function aliased(db: Db, scope: Scope, alias: Alias): Promise<NodeLabel | undefined> {
  return db
    .selectFrom("node_aliases as a")
    .innerJoin("nodes as n", "n.id", "a.node_id")
    .select(["n.id", "n.type", "n.name"])
    .where("a.name", "=", alias.name)
    .where("a.type", "=", alias.type)
    .where(inScope(scope, "n"))
    .orderBy("n.id")
    .executeTakeFirst();
}

export async function setAliases(db: Db, nodeId: string, aliases: readonly Alias[]): Promise<void> {
  await db.deleteFrom("node_aliases").where("node_id", "=", nodeId).execute();
  if (aliases.length === 0) return;
  await db
    .insertInto("node_aliases")
    .values(aliases.map(({ type, name }) => ({ node_id: nodeId, type, name })))
    .execute();
}
