import { sql, type Selectable } from "kysely";
import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { notFound } from "../../core/errors.ts";
import type { Json } from "../../core/events.ts";
import { orderBy, pageFrom, pageOf, totalOf, type PageQuery } from "../database/page.ts";
import { may } from "../people/access.ts";
import type { User } from "../people/user.ts";
import { parseData, visible } from "./visible.ts";
import type { GraphChangeRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";

/** A change as people are told of it. */
export interface GraphChange {
  readonly id: number;
  readonly thing: GraphChangeRow["thing"];
  readonly thingId: string;
  readonly name: string;
  readonly op: GraphChangeRow["op"];
  /** Of a thing that is new or gone all fields, else those that differ; absent: it was not there, or is no more. */
  readonly before?: { readonly [field: string]: Json };
  readonly after?: { readonly [field: string]: Json };
  /** Who did it: a person by name; of a run, whose it was, and where, for who may see that chat. */
  readonly by: { readonly user?: string; readonly runId?: string; readonly chatId?: string; readonly seq?: number };
  readonly at: string;
  /** It belongs to that change, and is undone with it. */
  readonly partOf?: number;
  /** How many belong to this one. */
  readonly parts?: number;
  readonly undone?: true;
  /** What the things and people that its fields name by ids are called now, of those that the viewer may see. */
  readonly names?: { readonly [id: string]: string };
}

export interface ChangesQuery extends PageQuery {
  /** A node, with its edges and facts; or an edge or a fact. */
  readonly thing?: string | undefined;
  readonly run?: string | undefined;
  /** Those of this call, by the event that asks for it. */
  readonly seq?: number | undefined;
  /** Those that belong to this change. */
  readonly partOf?: number | undefined;
}

const NEWEST = orderBy(["graph_changes.id desc"], z.tuple([z.int()]));

/** The newest first. What belongs to another change stands under that one, but for the things themselves that are asked for. */
export async function graphChanges(db: Db, viewer: User, query: ChangesQuery) {
  const { thing, run, seq, partOf } = query;
  const found = db
    .selectFrom("graph_changes")
    .where(visible(viewer.id, "graph_changes"))
    .$if(partOf !== undefined, (of) => of.where("part_of", "=", partOf ?? 0))
    .$if(partOf === undefined, (all) =>
      all.where((eb) =>
        eb.or([eb("part_of", "is", null), ...(thing === undefined ? [] : [eb("thing_id", "=", thing)])]),
      ),
    )
    .$if(run !== undefined, (by) => by.where("run_id", "=", run ?? ""))
    .$if(seq !== undefined, (by) => by.where("seq", "=", seq ?? 0))
    .$if(thing !== undefined, (about) =>
      about.where((eb) =>
        eb.or((["thing_id", "node_id", "other_id"] as const).map((column) => eb(column, "=", thing ?? ""))),
      ),
    );
  const rows = await toldOf(db, viewer, found.$call(pageFrom(NEWEST, query)).select("graph_changes.id"));
  const page = pageOf(rows, query, ({ id }) => [id]);
  const names = await namesIn(db, viewer, page.rows);
  const items = page.rows.map((row) => changeOf(row, names));
  return { items, next: page.next, ...(await totalOf(db, found, query.total)) };
}

/** One of them; throws `not_found` for one that does not exist or that the viewer may not see. */
export async function graphChange(db: Db, viewer: User, id: number): Promise<GraphChange> {
  const which = db
    .selectFrom("graph_changes")
    .where(visible(viewer.id, "graph_changes"))
    .where("id", "=", id)
    .select("id");
  const [row] = await toldOf(db, viewer, which);
  if (row === undefined) throw notFound(`change "${id}"`);
  return changeOf(row, await namesIn(db, viewer, [row]));
}

type Ids = { execute(): Promise<readonly { readonly id: number }[]> };
type Told = Selectable<GraphChangeRow> & { by_name: string | null; seen: number; parts: number };

/** With who did it. Where that was is told only to those who may see it, and while it is there. */
async function toldOf(db: Db, viewer: User, which: Ids): Promise<readonly Told[]> {
  const ids = (await which.execute()).map(({ id }) => id);
  if (ids.length === 0) return [];
  const { rows } = await sql<Told>`
    SELECT c.*, u.name AS by_name,
      CASE WHEN EXISTS (SELECT 1 FROM chats WHERE chats.id = c.chat_id AND ${may(viewer, "see", "chats")})
        THEN 1 ELSE 0 END AS seen,
      (SELECT count(*) FROM graph_changes p WHERE p.part_of = c.id AND ${visible(viewer.id, "p")}) AS parts
    FROM graph_changes c LEFT JOIN "user" u ON u.id = c.user_id
    WHERE c.id IN (${sql.join(ids)}) ORDER BY c.id DESC`.execute(db);
  return rows;
}

/** Where a fact that all share was said, and by whom, is told with the fact itself, to those who may see it. */
function fieldsOf({ thing, owner_id }: Told, json: string): Fields {
  const fields = parseData(json);
  if (thing !== "fact" || owner_id !== null) return fields;
  const { sources: _sources, author: _author, within: _within, ...told } = fields;
  return told;
}

/** The fields that hold an id, and of what. */
const ID_FIELDS = {
  nodes: ["subject", "object", "source", "target"],
  facts: ["supersededBy"],
  people: ["author", "owner"],
} as const;

type Fields = { readonly [field: string]: Json };

function idsIn(fields: readonly Fields[], kind: keyof typeof ID_FIELDS): readonly string[] {
  const ids = fields.flatMap((each) => ID_FIELDS[kind].map((field) => each[field]));
  return [...new Set(ids.filter((id) => typeof id === "string"))];
}

/** By id. */
async function namesIn(db: Db, viewer: User, rows: readonly Told[]): Promise<ReadonlyMap<string, string>> {
  const fields = rows.flatMap((row) => bothOf(row));
  const [nodes, facts, people] = await Promise.all([
    namesOf(idsIn(fields, "nodes"), (ids) =>
      db.selectFrom("nodes").select(["id", "name"]).where("id", "in", ids).where(visible(viewer.id, "nodes")).execute(),
    ),
    namesOf(idsIn(fields, "facts"), (ids) =>
      db
        .selectFrom("facts")
        .select(["id", "text as name"])
        .where("id", "in", ids)
        .where(visible(viewer.id, "facts"))
        .execute(),
    ),
    namesOf(idsIn(fields, "people"), (ids) =>
      db.selectFrom("user").select(["id", "name"]).where("id", "in", ids).execute(),
    ),
  ]);
  return new Map([...nodes, ...facts, ...people]);
}

type Named = readonly { readonly id: string; readonly name: string }[];

async function namesOf(
  ids: readonly string[],
  ask: (ids: readonly string[]) => Promise<Named>,
): Promise<readonly (readonly [string, string])[]> {
  const found = ids.length === 0 ? [] : await ask(ids);
  return found.map(({ id, name }) => [id, name]);
}

/** What it was and what it became, where it was there. */
function bothOf(row: Told): readonly Fields[] {
  return [row.before, row.after].flatMap((json) => (json === null ? [] : [fieldsOf(row, json)]));
}

function changeOf(row: Told, names: ReadonlyMap<string, string>): GraphChange {
  const fields = bothOf(row);
  const ids = (Object.keys(ID_FIELDS) as (keyof typeof ID_FIELDS)[]).flatMap((kind) => idsIn(fields, kind));
  const called = ids.flatMap((id) => {
    const name = names.get(id);
    return name === undefined ? [] : [[id, name] as const];
  });
  const place = row.run_id === null || row.chat_id === null || row.seen === 0 ? null : row;
  return {
    ...{ id: row.id, thing: row.thing, thingId: row.thing_id, name: row.name, op: row.op },
    ...(row.before !== null && { before: fieldsOf(row, row.before) }),
    ...(row.after !== null && { after: fieldsOf(row, row.after) }),
    by: {
      ...(row.by_name !== null && { user: row.by_name }),
      ...(place?.run_id != null && { runId: place.run_id }),
      ...(place?.chat_id != null && { chatId: place.chat_id }),
      ...(place?.seq != null && { seq: place.seq }),
    },
    at: isoTime(row.at),
    ...(row.part_of !== null && { partOf: row.part_of }),
    ...(row.parts > 0 && { parts: row.parts }),
    ...(row.undone_by !== null && { undone: true }),
    ...(called.length > 0 && { names: Object.fromEntries(called) }),
  };
}
