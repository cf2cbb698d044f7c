import type { Db } from "../database/sql.ts";

/** What was said and must not be recalled any more: it stays where it was said. */

export interface Spoken {
  readonly chatId: string;
  readonly seq: number;
  readonly runId: string | null;
}

/** Without what is hidden, and what a run says that was asked to forget something: it may repeat what that was. */
export async function shownOf<T extends Spoken>(db: Db, said: readonly T[]): Promise<readonly T[]> {
  const hidden = new Set<string>();
  const forgot = new Set<string>();
  for (const [chatId, those] of Map.groupBy(said, ({ chatId }) => chatId)) {
    for (const seq of await hiddenIn(db, chatId, those[0]?.seq ?? 0)) hidden.add(`${chatId} ${seq}`);
    const runs = [...new Set(those.flatMap(({ runId }) => runId ?? []))];
    if (runs.length === 0) continue;
    const rows = await db.selectFrom("recall_forgot").select("run_id").where("run_id", "in", runs).execute();
    for (const { run_id } of rows) forgot.add(run_id);
  }
  return said.filter(
    ({ chatId, seq, runId }) => !hidden.has(`${chatId} ${seq}`) && (runId === null || !forgot.has(runId)),
  );
}

/** From `from` on. */
export async function hiddenIn(db: Db, chatId: string, from: number): Promise<readonly number[]> {
  const rows = await db
    .selectFrom("recall_hidden")
    .select("seq")
    .where("chat_id", "=", chatId)
    .where("seq", ">=", from)
    .execute();
  return rows.map(({ seq }) => seq);
}
