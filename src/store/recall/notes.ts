import type { Db } from "../database/sql.ts";

/**
 * What a run has written into the graph is its own note. A page may have told it so: no person has said it, as they have said what
 * is kept as a fact. So whoever recalls such a node is told so with it.
 */
export const NOTE = "a note of the agent's, maybe of what it read: no person's words";

/**
 * Which of these nodes a run has written, by their history: all or some of it. Of what is older than the history nobody else has
 * written.
 */
export async function notesAmong(db: Db, nodeIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (nodeIds.length === 0) return new Set();
  const rows = await db
    .selectFrom("graph_changes")
    .select("thing_id")
    .select((eb) => eb.fn.count<number>("run_id").as("by_runs"))
    .where("thing", "=", "node")
    .where("thing_id", "in", [...nodeIds])
    .groupBy("thing_id")
    .execute();
  const ofPeople = new Set(rows.filter(({ by_runs }) => Number(by_runs) === 0).map(({ thing_id }) => thing_id));
  return new Set(nodeIds.filter((id) => !ofPeople.has(id)));
}
