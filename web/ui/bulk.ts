import type { BulkDone } from "../../src/wire/bulk.ts";

/** For what is deleted: where somebody else was first, it is as it was to be. */
export function goneIsDone({ items }: BulkDone): BulkDone {
  return { items: items.map((item) => (item.error?.code === "not_found" ? { ...item, error: null } : item)) };
}
