import { sql, type RawBuilder } from "kysely";
import { noteChange, type ChangedBy } from "../graph/changes.ts";
import { scopeSql } from "../graph/scope.ts";
import { parseData, visible } from "../graph/visible.ts";
import type { Tx } from "../database/store.ts";
import type { User } from "../people/user.ts";
import { mergedValues } from "./merged.ts";
import { edge } from "./things.ts";

/** The edges of a node that becomes a part of another. */

export interface Moving {
  readonly keep: { readonly id: string; readonly name: string };
  readonly drop: string;
  /** The change that all of this belongs to. */
  readonly lead: number;
}

/** How many are the viewer's to see; and whose all of them were. */
export interface Moved {
  readonly moved: number;
  readonly joined: number;
  readonly owners: readonly (string | null)[];
}

interface Side {
  readonly end: "source" | "target";
  readonly other: "source" | "target";
}
const SIDES: readonly Side[] = [
  { end: "source", other: "target" },
  { end: "target", other: "source" },
];

/** All of them, whoever sees them: what others have joined to a node that all share is theirs as before. */
export async function moveEdges(tx: Tx, viewer: User, by: ChangedBy, moving: Moving): Promise<Moved> {
  const sums = { moved: 0, joined: 0 };
  const owners: (string | null)[] = [];
  for (const side of SIDES) {
    sums.joined += await joinTwins(tx, viewer, by, moving, side);
    const { rows } = await sql<{ owner_id: string | null; n: number; seen: number }>`
      SELECT owner_id, count(*) AS n, sum(CASE WHEN ${visible(viewer.id, "edges")} THEN 1 ELSE 0 END) AS seen
      FROM edges WHERE ${sql.ref(side.end)} = ${moving.drop} GROUP BY owner_id`.execute(tx.db);
    sums.moved += rows.reduce((sum, row) => sum + Number(row.seen), 0);
    owners.push(...rows.map((row) => row.owner_id));
    await move(tx, by, moving, side);
  }
  return { ...sums, owners };
}

/** What would stand there twice is one, with the values of both. */
async function joinTwins(
  tx: Tx,
  viewer: User,
  by: ChangedBy,
  { keep, drop, lead }: Moving,
  { end, other }: Side,
): Promise<number> {
  const [at, to] = [(table: string) => sql.ref(`${table}.${end}`), (table: string) => sql.ref(`${table}.${other}`)];
  const { rows } = await sql<{ stays: string; goes: string; owner_id: string | null }>`
    SELECT k.id AS stays, d.id AS goes, d.owner_id FROM edges d
    JOIN edges k ON ${to("k")} = ${to("d")} AND k.type = d.type AND ${scopeSql("k")} = ${scopeSql("d")}
      AND ${at("k")} = ${keep.id}
    WHERE ${at("d")} = ${drop} ORDER BY d.id`.execute(tx.db);
  for (const { stays, goes } of rows) await joinEdges(tx, by, stays, goes, lead);
  return rows.filter((row) => row.owner_id === null || row.owner_id === viewer.id).length;
}

/** The second becomes a part of the first. Returns the change of the first; null: it had all of it. */
export async function joinEdges(
  tx: Tx,
  by: ChangedBy,
  stays: string,
  goes: string,
  lead: number | undefined,
): Promise<number | null> {
  const [first, second] = [await edge.read(tx, stays), await edge.read(tx, goes)];
  if (first === null || second === null) return null;
  const data = mergedValues(
    parseData(JSON.stringify(first.fields["data"])),
    parseData(JSON.stringify(second.fields["data"])),
  );
  const after = { ...first.fields, data };
  const noted = { thing: "edge", id: stays, nodeId: first.nodeId, otherId: first.otherId, name: first.name } as const;
  const change = await noteChange(tx.db, by, {
    ...noted,
    ownerId: first.ownerId,
    before: first.fields,
    after,
    partOf: lead,
  });
  await edge.change(tx, stays, after);
  const removed = await removeEdge(tx, by, goes, lead ?? change ?? undefined);
  return change ?? removed;
}

export async function removeEdge(tx: Tx, by: ChangedBy, id: string, lead: number | undefined): Promise<number | null> {
  const found = await edge.read(tx, id);
  if (found === null) return null;
  const { name, nodeId, otherId, ownerId, fields } = found;
  const noted = { thing: "edge", id, nodeId, otherId, name, ownerId } as const;
  const change = await noteChange(tx.db, by, { ...noted, before: fields, after: null, partOf: lead });
  await edge.remove(tx, id, found);
  return change;
}

/** In two statements, however many there are. */
async function move(tx: Tx, by: ChangedBy, { keep, drop, lead }: Moving, { end, other }: Side): Promise<void> {
  const whole = (n: number): RawBuilder<number> => sql<number>`CAST(${n} AS BIGINT)`;
  const text = (words: string): RawBuilder<string> => sql<string>`CAST(${words} AS TEXT)`;
  const [before, after] = [drop, keep.id].map((id) => text(JSON.stringify({ [end]: id })));
  const name =
    end === "source"
      ? sql`${text(`${keep.name} `)} || e.type || ' ' || coalesce(o.name, '?')`
      : sql`coalesce(o.name, '?') || ' ' || e.type || ${text(` ${keep.name}`)}`;
  await sql`
    INSERT INTO graph_changes
      (thing, thing_id, node_id, other_id, name, op, before, after, part_of, user_id, owner_id, at)
    SELECT 'edge', e.id, ${end === "source" ? text(keep.id) : sql`e.source`}, ${end === "source" ? sql`e.target` : text(keep.id)},
      substr(${name}, 1, 300), 'changed', ${before}, ${after}, ${whole(lead)}, ${text(by.userId)}, e.owner_id, ${whole(by.now)}
    FROM edges e LEFT JOIN nodes o ON o.id = ${sql.ref(`e.${other}`)}
    WHERE ${sql.ref(`e.${end}`)} = ${drop} ORDER BY e.id`.execute(tx.db);
  await sql`UPDATE edges SET ${sql.ref(end)} = ${keep.id} WHERE ${sql.ref(end)} = ${drop}`.execute(tx.db);
}
