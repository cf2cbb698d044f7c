import { SparkyError } from "../../core/errors.ts";
import type { Store } from "../database/store.ts";
import { pairOf } from "../graph/apart.ts";
import type { User } from "../people/user.ts";
import { nodeOf } from "./merge.ts";
import { mayMend, told } from "./rights.ts";

export interface Apart {
  readonly left: string;
  readonly right: string;
  /** false: they may be one again. */
  readonly apart: boolean;
}

/** Keeps two nodes apart for good: they are not proposed as one any more, and nothing makes one of them by itself. */
export async function keepApart(store: Store, viewer: User, { left, right, apart }: Apart): Promise<Apart> {
  if (left === right) throw new SparkyError("invalid_input", "a node is the same as itself");
  await store.transact(async (tx) => {
    const owners: (string | null)[] = [];
    for (const id of [left, right]) {
      const { ownerId } = await nodeOf(tx, viewer, id);
      mayMend(viewer, ownerId);
      owners.push(ownerId);
    }
    const pair = pairOf(left, right);
    const insert = tx.db
      .insertInto("graph_apart")
      .values({ ...pair, at: tx.now })
      .onConflict((oc) => oc.doNothing())
      .returning("one");
    const remove = tx.db.deleteFrom("graph_apart").where("one", "=", pair.one).where("other", "=", pair.other);
    const changed = await (apart ? insert.execute() : remove.returning("one").execute());
    if (changed.length > 0) told(tx, owners);
  });
  return { left, right, apart };
}
