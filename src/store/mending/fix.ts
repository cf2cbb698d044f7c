import { sql, type RawBuilder } from "kysely";
import { areApart } from "../graph/apart.ts";
import { noteChange, type ChangedBy } from "../graph/changes.ts";
import { plainSql } from "../graph/plain.ts";
import { scopeSql } from "../graph/scope.ts";
import { visible } from "../graph/visible.ts";
import type { Store, Tx } from "../database/store.ts";
import { mayAs } from "../people/access.ts";
import type { User } from "../people/user.ts";
import { lockIndex } from "../recall/indexing.ts";
import { joinEdges, removeEdge } from "./edges.ts";
import { mergeIn } from "./merge.ts";
import { perform } from "./rehearse.ts";
import { told } from "./rights.ts";
import { edge, node } from "./things.ts";

/** What can be put right without asking what is meant; the rest of a check is for people. */
const FIXES = ["dangling", "selfLoops", "sameEdges", "duplicates", "empty"] as const;
export type FixKind = (typeof FIXES)[number];

export interface Fixed {
  readonly kind: FixKind;
  /** In words: what it was about. */
  readonly what: string;
  /** By which it is undone; absent: nothing was done yet. */
  readonly change?: number;
}

export interface Fixing {
  readonly dryRun: boolean;
  readonly done: readonly Fixed[];
  /** There is more of this: do it again. */
  readonly more: boolean;
}

/** So much in one transaction. */
const AT_A_TIME = 200;

/** Puts right what the viewer may change, some of it at a time; each is a change of its own, and undone by it. */
export async function fixGraph(
  store: Store,
  viewer: User,
  kinds: readonly FixKind[],
  dryRun: boolean,
): Promise<Fixing> {
  const { done, more } = await perform(store, dryRun, async (tx) => {
    await lockIndex(tx);
    const by: ChangedBy = { userId: viewer.id, now: tx.now };
    const fixed: Fixed[] = [];
    // Edges first: a node may be without any after that.
    for (const kind of FIXES.filter((each) => kinds.includes(each))) {
      const room = AT_A_TIME + 1 - fixed.length;
      if (room > 0) fixed.push(...(await FIX[kind](tx, viewer, by, room)));
    }
    if (fixed.length > 0) told(tx, mayAs(viewer, "everybodys", "memory.change") ? [null] : [viewer.id]);
    return { done: fixed, more: fixed.length > AT_A_TIME };
  });
  return { dryRun, done: dryRun ? done.map(({ kind, what }) => ({ kind, what })) : done, more };
}

type Fix = (tx: Tx, viewer: User, by: ChangedBy, most: number) => Promise<readonly Fixed[]>;

/** Rows that the viewer sees, and may change. */
const theirs = (viewer: User, table: string): RawBuilder<boolean> =>
  mayAs(viewer, "everybodys", "memory.change")
    ? visible(viewer.id, table)
    : sql<boolean>`${sql.ref(`${table}.owner_id`)} = ${viewer.id}`;

const FIX: { readonly [kind in FixKind]: Fix } = {
  dangling: (tx, viewer, by, most) =>
    removeEdges(
      tx,
      by,
      "dangling",
      sql<{ id: string }>`
      SELECT e.id FROM edges e LEFT JOIN nodes s ON s.id = e.source LEFT JOIN nodes t ON t.id = e.target
      WHERE (s.id IS NULL OR t.id IS NULL) AND ${theirs(viewer, "e")} ORDER BY e.id LIMIT ${most}`,
    ),

  selfLoops: (tx, viewer, by, most) =>
    removeEdges(
      tx,
      by,
      "selfLoops",
      sql<{ id: string }>`
      SELECT e.id FROM edges e WHERE e.source = e.target AND ${theirs(viewer, "e")} ORDER BY e.id LIMIT ${most}`,
    ),

  /** Which way they lead is never changed. */
  async sameEdges(tx, viewer, by, most) {
    const { rows } = await sql<{ id: string; first: string }>`
      WITH plainly AS (
        SELECT e.id, first_value(e.id) OVER (
          PARTITION BY e.source, e.target, ${plainSql("e.type")}, ${scopeSql("e")}
            ORDER BY e.created_at, e.id) AS first
        FROM edges e WHERE e.source <> e.target AND ${theirs(viewer, "e")})
      SELECT id, first FROM plainly WHERE id <> first ORDER BY first, id LIMIT ${most}`.execute(tx.db);
    const fixed: Fixed[] = [];
    for (const { id, first } of rows) {
      const what = (await edge.read(tx, id))?.name ?? id;
      const change = await joinEdges(tx, by, first, id, undefined);
      if (change !== null) fixed.push({ kind: "sameEdges", what, change });
    }
    return fixed;
  },

  /** Only those of one type: a town and a person of the same name are two. */
  async duplicates(tx, viewer, _by, most) {
    const { rows } = await sql<{ id: string; first: string; name: string }>`
      WITH plainly AS (
        SELECT n.id, n.name, first_value(n.id) OVER (
          PARTITION BY ${plainSql("n.type")}, ${plainSql("n.name")}, ${scopeSql("n")}
            ORDER BY n.created_at, n.id) AS first
        FROM nodes n WHERE ${theirs(viewer, "n")})
      SELECT id, first, name FROM plainly WHERE id <> first AND NOT ${areApart("plainly.id", "plainly.first")}
      ORDER BY first, id LIMIT ${most}`.execute(tx.db);
    const fixed: Fixed[] = [];
    for (const { id, first, name } of rows) {
      const { node: merged, change } = await mergeIn(tx, viewer, { keep: first, drop: id });
      fixed.push({ kind: "duplicates", what: `${name} → ${merged.name}`, ...(change !== undefined && { change }) });
    }
    return fixed;
  },

  /** Nodes that nothing is known of: no content, no data, no fact, no edge, no other name. */
  async empty(tx, viewer, by, most) {
    const { rows } = await sql<{ id: string }>`
      SELECT n.id FROM nodes n WHERE trim(n.content) = '' AND n.data = '{}' AND ${theirs(viewer, "n")}
        AND NOT EXISTS (SELECT 1 FROM edges WHERE source = n.id) AND NOT EXISTS (SELECT 1 FROM edges WHERE target = n.id)
        AND NOT EXISTS (SELECT 1 FROM node_aliases WHERE node_id = n.id)
        AND NOT EXISTS (SELECT 1 FROM facts WHERE subject_id = n.id)
        AND NOT EXISTS (SELECT 1 FROM facts WHERE object_id = n.id)
      ORDER BY n.id LIMIT ${most}`.execute(tx.db);
    const fixed: Fixed[] = [];
    for (const { id } of rows) {
      const found = await node.read(tx, id);
      if (found === null) continue;
      const { name, ownerId, fields } = found;
      const noted = { thing: "node", id, nodeId: id, name, ownerId, before: fields, after: null } as const;
      const change = await noteChange(tx.db, by, noted);
      await node.remove(tx, id, found);
      if (change !== null) fixed.push({ kind: "empty", what: name, change });
    }
    return fixed;
  },
};

async function removeEdges(
  tx: Tx,
  by: ChangedBy,
  kind: FixKind,
  which: RawBuilder<{ readonly id: string }>,
): Promise<readonly Fixed[]> {
  const { rows } = await which.execute(tx.db);
  const fixed: Fixed[] = [];
  for (const { id } of rows) {
    const what = (await edge.read(tx, id))?.name ?? id;
    const change = await removeEdge(tx, by, id, undefined);
    if (change !== null) fixed.push({ kind, what, change });
  }
  return fixed;
}
