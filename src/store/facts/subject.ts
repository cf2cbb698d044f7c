import { SparkyError } from "../../core/errors.ts";
import { graphAdd } from "../graph/add.ts";
import { candidatesFor } from "../graph/refs.ts";
import { isOwn, seenBy, type GraphWriter, type NewNode, type OwnedNode } from "../graph/save.ts";
import type { Db } from "../database/sql.ts";

/** What a fact is about: a node that is there, or a new one. */

export interface About {
  /** A node's id or name. */
  readonly ref: string;
  /** Of the node; where its name is not enough, and of a new one. */
  readonly type?: string | undefined;
}

const PERSON = "person";
const THING = "thing";
const SHOWN = 10;

/** The node that is meant; null: there is none yet. Throws `invalid_input` where several may be meant. */
export async function nodeFor(db: Db, writer: GraphWriter, { ref, type }: About): Promise<OwnedNode | null> {
  const known = await candidatesFor(db, seenBy(writer), [{ ref }]);
  const byId = known.find(({ id }) => id === ref);
  if (byId !== undefined) return byId;
  const fits = known.filter((node) => type === undefined || node.type.toLowerCase() === type.toLowerCase());
  const own = fits.filter((node) => isOwn(node, writer));
  const group = own.length > 0 ? own : fits;
  if (group.length <= 1) return group[0] ?? null;
  const exact = group.filter(({ name }) => name === ref);
  if (exact.length === 1 && exact[0] !== undefined) return exact[0];
  const list = group.slice(0, SHOWN).map((node) => `${node.type} "${node.name}" (id ${node.id})`);
  throw new SparkyError("invalid_input", `"${ref}" may be: ${list.join(", ")}`, {
    hint: "name it by its id, or give its type too",
  });
}

/** The same; a node that is not there yet is added. */
export async function nodeOrNew(db: Db, writer: GraphWriter, about: About): Promise<string> {
  const known = await nodeFor(db, writer, about);
  return known?.id ?? addNode(db, writer, { type: about.type ?? THING, name: about.ref });
}

export async function addNode(db: Db, writer: GraphWriter, node: NewNode): Promise<string> {
  const { nodes } = await graphAdd(db, writer, { nodes: [node], edges: [] });
  const [added] = nodes;
  if (added === undefined) throw new Error(`the node "${node.name}" was not added`);
  return added.id;
}

/** The node of a person themself. */
export async function nodeOfPerson(db: Db, writer: GraphWriter, name: string): Promise<string> {
  return nodeOrNew(db, writer, { ref: name, type: PERSON });
}
