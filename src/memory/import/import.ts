import { isSparkyError, SparkyError } from "../../core/errors.ts";
import { breathe } from "../../store/database/breathe.ts";
import type { Store, Tx } from "../../store/database/store.ts";
import type { HeldEdge, HeldNode } from "../../store/graph/held.ts";
import { takeFacts, takeSupersessions } from "../../store/facts/take.ts";
import { stemmerOf } from "../../store/recall/stems.ts";
import type { OwnedNode } from "../../store/graph/save.ts";
import { linkKey, nameKey, takeEdges, takeNodes, type Taker } from "../../store/graph/take.ts";
import type { ImportFormat } from "../../wire/export-formats.ts";
import type { GraphImport } from "../../wire/graph-import.ts";
import { stage, type Staged } from "./stage.ts";

export interface ImportOptions {
  /** Found by the file's first signs when left out. */
  readonly format?: ImportFormat | undefined;
  readonly dryRun: boolean;
  /** What the file says is shared is written for everybody; else all that is new is the importer's own. */
  readonly shared: boolean;
}

/** So much in one transaction: short enough for whoever waits behind it. */
const PORTION = 500;

/**
 * Takes a file of memory in. First all of it is read and checked, so that a file with a fault, or half of one, changes nothing; then
 * it is written in portions. Whatever is there already is left, so an import that was cut off is taken up by doing it again.
 */
export async function importGraph(
  store: Store,
  userId: string,
  chunks: AsyncIterable<Uint8Array>,
  { format: given, dryRun, shared }: ImportOptions,
  signal: AbortSignal,
): Promise<GraphImport> {
  await using staged = await stage(chunks, given, (value) => store.secrets.value(value));
  const { format, notes } = staged;
  const done = { nodes: { created: 0, updated: 0, unchanged: 0, kept: 0 }, edges: noEdges(), facts: noFacts() };
  try {
    await takeAll(store, { userId, shared, dryRun }, staged, done, signal);
  } catch (error) {
    throw dryRun ? error : cutOff(error, done);
  }
  return { format, dryRun, shared, ...done, notes: [...notes] };
}

type Done = Pick<GraphImport, "nodes" | "edges" | "facts">;

const noFacts = (): GraphImport["facts"] => ({ created: 0, unchanged: 0, kept: 0 });

const noEdges = (): GraphImport["edges"] => ({ created: 0, updated: 0, unchanged: 0, skipped: 0 });

async function takeAll(store: Store, taker: Taker, staged: Staged, done: Done, signal: AbortSignal): Promise<void> {
  /** The nodes here that the file's ids stand for. */
  const here = new Map<string, OwnedNode>();
  const planned = new Map<string, HeldNode>();
  const write: Write = async (body, isNews) => {
    await breathe();
    if (signal.aborted) throw new SparkyError("unavailable", "the import was stopped in the middle");
    return store.transact(async (tx) => {
      const taken = await body(tx);
      if (!taker.dryRun && taken.some(isNews)) tx.changed("graph", taker.shared ? "all" : [taker.userId]);
      return taken;
    });
  };
  for await (const portion of staged.nodes.portions(PORTION)) {
    const taken = await write((tx) => takeNodes(tx, taker, portion, planned), isNews);
    for (const { fileId, took, node } of taken) {
      done.nodes[took] += 1;
      const { id, type, name, owner_id, chat_id } = node;
      here.set(fileId, { id, type, name, owner_id, chat_id });
      if (taker.dryRun) planned.set(nameKey(owner_id, node), node);
    }
  }
  const joined = new Map<string, HeldEdge>();
  for await (const portion of staged.edges.portions(PORTION)) {
    const edges = portion.map((edge) => ({
      ...edge,
      source: nodeOf(here, edge.source),
      target: nodeOf(here, edge.target),
    }));
    const taken = await write((tx) => takeEdges(tx, taker, edges, joined), isNews);
    for (const { took, edge } of taken) {
      done.edges[took] += 1;
      if (taker.dryRun) joined.set(linkKey(edge), edge);
    }
  }
  await takeAllFacts(store, taker, staged, done, { here, write });
}

async function takeAllFacts(
  store: Store,
  taker: Taker,
  staged: Staged,
  done: Done,
  { here, write }: { readonly here: ReadonlyMap<string, OwnedNode>; readonly write: Write },
): Promise<void> {
  const stem = await stemmerOf(store);
  const planned = new Set<string>();
  /** The facts here that the file's ids stand for, and those of them whose place another took. */
  const ids = new Map<string, string>();
  const superseded = new Map<string, string>();
  const made = new Set<string>();
  for await (const portion of staged.facts.portions(PORTION)) {
    const facts = portion.map(({ subject, object, factKind, relation = "", ...fact }) => ({
      ...fact,
      ...{ relation, kind: factKind, subject: nodeOf(here, subject) },
      object: object === undefined ? null : nodeOf(here, object),
    }));
    const taken = await write((tx) => takeFacts(tx, stem, taker, facts, planned), isNews);
    for (const { fileId, took, id } of taken) {
      done.facts[took] += 1;
      ids.set(fileId, id);
      if (took === "created") made.add(fileId);
    }
    for (const { id, supersededBy } of portion) {
      if (supersededBy !== undefined && made.has(id)) superseded.set(id, supersededBy);
    }
  }
  if (taker.dryRun) return;
  const pairs = [...superseded].flatMap(([id, by]): readonly (readonly [string, string])[] => {
    const [own, other] = [ids.get(id), ids.get(by)];
    return own === undefined || other === undefined || own === other ? [] : [[own, other]];
  });
  for (let from = 0; from < pairs.length; from += PORTION) {
    const some = pairs.slice(from, from + PORTION);
    await write(async (tx) => {
      await takeSupersessions(tx, some);
      return [];
    }, isNews);
  }
}

const isNews = ({ took }: { readonly took: string }): boolean => took === "created" || took === "updated";

function nodeOf(here: ReadonlyMap<string, OwnedNode>, fileId: string): OwnedNode {
  const node = here.get(fileId);
  if (node === undefined) throw new Error("an edge of a checked file has no end");
  return node;
}

type Write = <T extends { readonly took: string }>(
  body: (tx: Tx) => Promise<readonly T[]>,
  isNews: (one: T) => boolean,
) => Promise<readonly T[]>;

/** What went wrong between two portions, and how much is there by then. */
function cutOff(error: unknown, { nodes, edges, facts }: Done): unknown {
  const taken = nodes.created + nodes.updated + edges.created + edges.updated + facts.created;
  const further = facts.created === 0 ? "" : `, and ${facts.created} facts`;
  const words = `${nodes.created + nodes.updated} nodes and ${edges.created + edges.updated} edges of the file are in the memory${further}`;
  const hint = "import the same file again: what is there is left as it is, and the rest is added";
  if (isSparkyError(error)) {
    return taken === 0 ? error : new SparkyError(error.code, `${error.message}; ${words}`, { cause: error, hint });
  }
  return error;
}
