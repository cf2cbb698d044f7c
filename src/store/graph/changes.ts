import { isDeepStrictEqual } from "node:util";
import type { Json } from "../../core/events.ts";
import { shorten } from "../../core/text.ts";
import type { GraphChangeRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** What became of the graph is kept in the transaction of each change, so that it can be shown, and undone. */

/** The fields of a thing, or those of them that differ. */
export type Fields = { readonly [field: string]: Json };

/** The call of a run that changes something, by the event that asks for it. */
export interface RunPlace {
  readonly runId: string;
  readonly chatId: string;
  readonly seq: number | null;
}

export interface ChangedBy {
  readonly userId: string;
  readonly now: number;
  /** Absent: a person does it. */
  readonly run?: RunPlace | undefined;
}

export interface Changed {
  readonly thing: GraphChangeRow["thing"];
  readonly id: string;
  /** The node whose page shows it, and the one at an edge's other end. */
  readonly nodeId: string;
  readonly otherId?: string | undefined;
  readonly name: string;
  readonly ownerId: string | null;
  /** Where `before` and `after` do not say it. */
  readonly op?: "merged" | "restored" | undefined;
  /** All fields of a thing that is new or gone, else both alike; null: it is not there. */
  readonly before: Fields | null;
  readonly after: Fields | null;
  /** The change that this one belongs to. */
  readonly partOf?: number | undefined;
}

const LONGEST_NAME = 300;

/** Returns the change's id; null: nothing differs, and nothing is kept. */
export async function noteChange(db: Db, by: ChangedBy, changed: Changed): Promise<number | null> {
  const row = rowOf(by, changed);
  if (row === null) return null;
  const { id } = await db.insertInto("graph_changes").values(row).returning("id").executeTakeFirstOrThrow();
  return id;
}

/** The same of many at once. */
export async function noteChanges(db: Db, by: ChangedBy, all: readonly Changed[]): Promise<void> {
  const rows = all.flatMap((changed) => rowOf(by, changed) ?? []);
  if (rows.length > 0) await db.insertInto("graph_changes").values(rows).execute();
}

function rowOf(by: ChangedBy, changed: Changed) {
  const [before, after] = differing(changed.before, changed.after);
  if (isDeepStrictEqual(before, after) && changed.op === undefined) return null;
  return {
    ...{ thing: changed.thing, thing_id: changed.id, node_id: changed.nodeId, other_id: changed.otherId ?? null },
    name: shorten(changed.name, LONGEST_NAME),
    op: changed.op ?? (before === null ? "added" : after === null ? "removed" : "changed"),
    ...{ before: textOf(before), after: textOf(after), part_of: changed.partOf ?? null, undone_by: null },
    ...placeOf(by),
    ...{ owner_id: changed.ownerId, at: by.now },
  } as const;
}

/** The columns that say who did it. */
export function placeOf({ userId, run }: ChangedBy) {
  return { run_id: run?.runId ?? null, chat_id: run?.chatId ?? null, seq: run?.seq ?? null, user_id: userId };
}

function differing(before: Fields | null, after: Fields | null): readonly [Fields | null, Fields | null] {
  if (before === null || after === null) return [before, after];
  const differs = new Set(
    [...Object.keys(before), ...Object.keys(after)].filter(
      (field) => !isDeepStrictEqual(valueOf(before, field), valueOf(after, field)),
    ),
  );
  const kept = (fields: Fields): Fields =>
    Object.fromEntries(Object.entries(fields).filter(([field]) => differs.has(field)));
  return [kept(before), kept(after)];
}

const valueOf = (fields: Fields, field: string): Json | undefined =>
  Object.hasOwn(fields, field) ? fields[field] : undefined;

const textOf = (fields: Fields | null): string | null => (fields === null ? null : JSON.stringify(fields));

/** What an edge is called in the history. */
export const edgeName = (source: string, type: string, target: string): string => `${source} ${type} ${target}`;
