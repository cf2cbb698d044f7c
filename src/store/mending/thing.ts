import type { Fields } from "../graph/changes.ts";
import type { Tx } from "../database/store.ts";

/** What the history keeps of: read as it is, and put back as it was. */

export interface Found {
  readonly name: string;
  readonly nodeId: string;
  readonly otherId?: string;
  readonly ownerId: string | null;
  readonly fields: Fields;
}

export interface Thing {
  /** As it is now, and nobody else changes it any more; null: it is not there. */
  read(tx: Tx, id: string): Promise<Found | null>;
  /** Puts it there. Throws `conflict` where something else is in its place. */
  add(tx: Tx, id: string, ownerId: string | null, fields: Fields): Promise<void>;
  change(tx: Tx, id: string, fields: Fields): Promise<void>;
  /** Throws `conflict` where something else needs it. */
  remove(tx: Tx, id: string, found: Found): Promise<void>;
}
