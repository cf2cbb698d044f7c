import { sql } from "kysely";
import { SparkyError } from "../../core/errors.ts";
import { isOwn, type OwnedNode } from "./save.ts";
import { visible, type Scope, type Whose } from "./visible.ts";
import { equals } from "../database/spellings.ts";
import type { Db } from "../database/sql.ts";

/** What an edge's end is called by: an id, or a name and, where several nodes bear it, a type. */
export interface NodeRef {
  readonly ref: string;
  readonly type?: string | undefined;
}

/** A node by name; the id is null while it has no row. */
interface Named {
  readonly id: string | null;
  readonly type: string;
  readonly name: string;
}

/** Every node that can be seen and that one of the references could mean. */
export async function candidatesFor(db: Db, whose: Whose, refs: readonly NodeRef[]): Promise<readonly OwnedNode[]> {
  const found: OwnedNode[] = [];
  const names = [...new Set(refs.map(({ ref }) => ref))];
  for (let from = 0; from < names.length; from += BATCH) {
    const batch = names.slice(from, from + BATCH);
    const { rows } = await sql<OwnedNode>`
      SELECT id, type, name, owner_id, chat_id FROM nodes WHERE ${visible(whose, "nodes")}
      AND (id IN (${sql.join(batch)}) OR ${sql.join(
        batch.map((name) => equals("name", name)),
        sql` OR `,
      )})`.execute(db);
    found.push(...rows, ...(await formerly(db, whose, batch)));
  }
  return [...Map.groupBy(found, ({ id }) => id).values()].flatMap((same) => {
    const aliases = same.flatMap((node) => node.aliases ?? []);
    return same.slice(0, 1).map((node) => (aliases.length === 0 ? node : { ...node, aliases }));
  });
}

/** Nodes that were once called so, with those names. */
async function formerly(db: Db, whose: Whose, names: readonly string[]): Promise<readonly OwnedNode[]> {
  const { rows } = await sql<OwnedNode & { alias: string }>`
    SELECT n.id, n.type, n.name, n.owner_id, n.chat_id, a.name AS alias FROM node_aliases a
    JOIN nodes n ON n.id = a.node_id AND ${visible(whose, "n")}
    WHERE ${sql.join(
      names.map((name) => equals("a.name", name)),
      sql` OR `,
    )}`.execute(db);
  return [...Map.groupBy(rows, ({ id }) => id).values()].flatMap((same) =>
    same.slice(0, 1).map(({ alias: _, ...node }) => ({ ...node, aliases: same.map(({ alias }) => alias) })),
  );
}

/** Keeps a statement's parameters and depth far below what the engines take. */
const BATCH = 50;
const SHOWN = 10;

/**
 * The one node that is meant. Tried in this order: the id; then the name as written among the nodes of the same call,
 * the writer's own, and all that can be seen; then the same without regard to case; then what was once called so. Throws
 * `invalid_input` for none (a node that may not be seen is none) and for several.
 */
export function resolveRef<T extends Named>(ref: NodeRef, known: readonly OwnedNode[], tiers: Tiers<T>): T | OwnedNode {
  const fits = (node: Named): boolean => ref.type === undefined || same(node.type, ref.type);
  const byId = known.find((node) => node.id === ref.ref);
  if (byId !== undefined) return byId;
  const groups: readonly (readonly (T | OwnedNode)[])[] = [
    tiers.added,
    known.filter((node) => isOwn(node, tiers.scope)),
    known,
  ];
  for (const equal of [(a: string, b: string) => a === b, same]) {
    for (const group of groups) {
      const matches = group.filter((node) => equal(node.name, ref.ref) && fits(node));
      const [only] = matches;
      if (only !== undefined && matches.length === 1) return only;
      if (matches.length > 1) throw ambiguous(ref, matches);
    }
  }
  const former = known.filter((node) => node.aliases?.some((name) => same(name, ref.ref)) && fits(node));
  if (former.length > 1) throw ambiguous(ref, former);
  const [only] = former;
  if (only !== undefined) return only;
  const what = ref.type === undefined ? `"${ref.ref}"` : `"${ref.ref}" of type "${ref.type}"`;
  throw new SparkyError("invalid_input", `an edge names the node ${what}, which does not exist`, {
    hint: "add the node in the same call, or find its id with graph_search",
  });
}

export interface Tiers<T> {
  /** Nodes that the same call adds. */
  readonly added: readonly T[];
  /** Where the call writes. */
  readonly scope: Scope;
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

function ambiguous(ref: NodeRef, matches: readonly Named[]): SparkyError {
  const list = matches
    .slice(0, SHOWN)
    .map((node) => `${node.type} "${node.name}"${node.id === null ? " (of this call)" : ` (id ${node.id})`}`);
  return new SparkyError("invalid_input", `an edge names "${ref.ref}", which may be: ${list.join(", ")}`, {
    hint: "name the node by its id, or give its type too",
  });
}
