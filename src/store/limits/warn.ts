import { sql } from "kysely";
import type { NewEvent } from "../../core/events.ts";
import { nearWords, type Near } from "../../core/limit-words.ts";
import type { Store, Tx } from "../database/store.ts";
import { SYSTEM_ACTOR } from "../people/actors.ts";
import type { Claimed } from "../runs/claim.ts";
import { fenceOf } from "../runs/record.ts";

/**
 * Notes that it is told now that most of these limits is used. Returns those of which it was not told yet, in this day or month and
 * since the limit was last changed: of nodes that do this at once one is told so.
 */
async function firstNear(tx: Tx, userId: string, near: readonly Near[]): Promise<readonly Near[]> {
  const first: Near[] = [];
  for (const each of near.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const [amount, period] = [each.limit, each.start];
    const row = await tx.db
      .insertInto("user_warned")
      .values({ user_id: userId, name: each.name, amount, period })
      .onConflict((conflict) =>
        conflict
          .columns(["user_id", "name"])
          .doUpdateSet({ amount, period })
          .where((eb) => eb.or([eb("user_warned.amount", "!=", amount), eb("user_warned.period", "!=", period)])),
      )
      .returning("name")
      .executeTakeFirst();
    if (row !== undefined) first.push(each);
  }
  return first;
}

/** What most is used of: limits of a run's own task, and of the person whose work it is. */
export interface NearLimits {
  readonly own: readonly { readonly name: string; readonly text: string }[];
  readonly userId: string;
  readonly persons: readonly Near[];
  readonly zone: string;
}

/** A notice for each of which it was not told yet, in the run's chat. Of its own the run's worker alone tells, behind its fence. */
export async function tellNear(store: Store, claimed: Claimed, near: NearLimits): Promise<void> {
  const { run } = claimed;
  const own = near.own.filter(({ name }) => !run.warned.split(" ").includes(name));
  if (own.length + near.persons.length === 0) return;
  await store.transact(async (tx) => {
    const persons = await firstNear(tx, near.userId, near.persons);
    const texts = [...own.map(({ text }) => text), ...persons.map((each) => nearWords(each, near.zone))];
    if (texts.length === 0) return;
    const by = { runId: run.id, taskId: run.task_id, step: null, actor: SYSTEM_ACTOR };
    const events = texts.map((text): NewEvent => ({ type: "notice", data: { text }, ...by }));
    await tx.append(run.chat_id, events, fenceOf(claimed));
    const names = own.map(({ name }) => `${name} `).join("");
    await tx.db
      .updateTable("runs")
      .set({ warned: sql<string>`warned || ${names}` })
      .where("id", "=", run.id)
      .execute();
  });
}
