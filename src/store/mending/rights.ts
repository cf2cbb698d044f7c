import { SparkyError } from "../../core/errors.ts";
import type { Tx } from "../database/store.ts";
import { mayAs } from "../people/access.ts";
import type { User } from "../people/user.ts";

/** Whoever sees a thing of the graph may not always change it: what all share is put right by who acts for `agent`. */
export function mayMend(viewer: User, ownerId: string | null): void {
  if (ownerId === viewer.id || (ownerId === null && mayAs(viewer, "everybodys", "memory.change"))) return;
  throw new SparkyError("forbidden", "what everybody shares is changed by the owner of this instance alone", {
    hint: "ask them to",
  });
}

/** Tells everybody who sees one of these things that the graph has changed. */
export function told(tx: Tx, owners: readonly (string | null)[]): void {
  const users = [...new Set(owners)];
  tx.changed("graph", users.includes(null) ? "all" : users.filter((user) => user !== null));
}
