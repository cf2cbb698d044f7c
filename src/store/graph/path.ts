import { notFound } from "../../core/errors.ts";
import { linksOf, otherEnd, type Link } from "./links.ts";
import type { GraphEdge } from "./neighbours.ts";
import { visible, type NodeLabel } from "./visible.ts";
import type { Db } from "../database/sql.ts";
import type { Store } from "../database/store.ts";

export interface GraphPath {
  /** From one to the other; empty: none was found. */
  readonly nodes: readonly NodeLabel[];
  readonly edges: readonly GraphEdge[];
  /** False: it was not looked everywhere, and there may be a way, or a shorter one. */
  readonly complete: boolean;
}

const MOST_STEPS = 6;
/** What is followed of one node each way, and looked at in all. */
const LINKS = 1000;
const MOST_SEEN = 20_000;
const AT_A_TIME = 300;

/** What is near one of the two ends, and by which edge each was reached. */
interface Side {
  readonly reached: Map<string, Link | null>;
  frontier: readonly string[];
  steps: number;
}

/** The shortest way between two nodes by up to six edges, whichever way they lead; looked for from both ends. */
export async function graphPath(
  store: Pick<Store, "db" | "kind">,
  userId: string,
  from: string,
  to: string,
): Promise<GraphPath> {
  for (const id of [from, to]) {
    if ((await labelsOf(store.db, userId, [id])).length === 0) throw notFound(`node ${JSON.stringify(id)}`);
  }
  const [a, b] = [sideOf(from), sideOf(to)];
  let complete = true;
  let meets = from === to ? from : null;
  while (meets === null && a.steps + b.steps < MOST_STEPS && a.frontier.length > 0 && b.frontier.length > 0) {
    const [side, other] = a.frontier.length <= b.frontier.length ? [a, b] : [b, a];
    const step = await goOn(store, userId, side, other);
    complete &&= step.complete;
    meets = step.meets;
    if (a.reached.size + b.reached.size > MOST_SEEN) {
      complete = false;
      break;
    }
  }
  const none = { nodes: [], edges: [], complete };
  if (meets === null) return none;
  const links = [...wayTo(a, meets).toReversed(), ...wayTo(b, meets)];
  const ids = [from];
  for (const { source, target } of links) ids.push(ids.at(-1) === source ? target : source);
  const labels = new Map((await labelsOf(store.db, userId, ids)).map((label) => [label.id, label]));
  const nodes = ids.flatMap((id) => labels.get(id) ?? []);
  if (nodes.length < ids.length) return none;
  return { nodes, edges: links.map(({ id, type, source, target }) => ({ id, type, source, target })), complete };
}

const sideOf = (id: string): Side => ({ reached: new Map([[id, null]]), frontier: [id], steps: 0 });

/** One step further from one end. Whatever is first met there lies on a shortest way. */
async function goOn(
  store: Pick<Store, "db" | "kind">,
  userId: string,
  side: Side,
  other: Side,
): Promise<{ readonly meets: string | null; readonly complete: boolean }> {
  const next: string[] = [];
  let complete = true;
  let meets: string | null = null;
  for (let at = 0; at < side.frontier.length && meets === null; at += AT_A_TIME) {
    if (next.length > MOST_SEEN) return { meets, complete: false };
    const some = side.frontier.slice(at, at + AT_A_TIME);
    // Of many at once no more of each than makes as many as are looked at in all.
    const each = Math.min(LINKS, Math.ceil(MOST_SEEN / some.length));
    const links = await linksOf(store, userId, some, each);
    for (const group of Map.groupBy(links, (link) => link.at).values()) complete &&= group.length < each;
    for (const link of links) {
      const id = otherEnd(link);
      if (side.reached.has(id)) continue;
      side.reached.set(id, link);
      next.push(id);
      if (other.reached.has(id)) meets ??= id;
    }
  }
  side.frontier = next;
  side.steps += 1;
  return { meets, complete };
}

/** From the end of the side to where the two met, backwards. */
function wayTo(side: Side, id: string): readonly Link[] {
  const links: Link[] = [];
  for (let link = side.reached.get(id); link !== null && link !== undefined; link = side.reached.get(link.at)) {
    links.push(link);
  }
  return links;
}

async function labelsOf(db: Db, userId: string, ids: readonly string[]): Promise<readonly NodeLabel[]> {
  return db
    .selectFrom("nodes")
    .select(["id", "type", "name"])
    .where("id", "in", [...ids])
    .where(visible(userId, "nodes"))
    .execute();
}
