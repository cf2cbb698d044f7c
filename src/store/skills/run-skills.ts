import { z } from "zod";
import type { Db } from "../database/sql.ts";
import type { Tx } from "../database/store.ts";

/** The skills that a run began with: it has these to its end, also after a crash, whatever people approve meanwhile. */

const pinned = z.array(z.object({ name: z.string(), hash: z.string() }));

export type RunSkills = readonly { readonly name: string; readonly hash: string }[];

/** null: it has not begun. */
export async function skillsOfRun(db: Db, runId: string): Promise<RunSkills | null> {
  const row = await db.selectFrom("run_skills").select("skills").where("run_id", "=", runId).executeTakeFirst();
  return row === undefined ? null : pinned.parse(JSON.parse(row.skills));
}

/** The first one to say so counts. */
export async function pinRunSkills(tx: Tx, runId: string, skills: RunSkills): Promise<void> {
  await tx.db
    .insertInto("run_skills")
    .values({ run_id: runId, skills: JSON.stringify(skills) })
    .onConflict((oc) => oc.column("run_id").doNothing())
    .execute();
}
