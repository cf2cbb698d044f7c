import { QUARTER_MS } from "../../core/periods.ts";
import type { Db } from "../database/sql.ts";

export interface Spent {
  /** Calls of models. */
  readonly requests: number;
  readonly tokens: number;
  readonly dollars: number;
}

/** Adds to what was spent in somebody's name, by this time. */
export async function addSpent(
  db: Db,
  userId: string,
  now: number,
  { requests, tokens, dollars }: Spent,
): Promise<void> {
  await db
    .insertInto("user_spent")
    .values({ user_id: userId, at: Math.floor(now / QUARTER_MS) * QUARTER_MS, requests, tokens, dollars })
    .onConflict((conflict) =>
      conflict.columns(["user_id", "at"]).doUpdateSet((eb) => ({
        requests: eb("user_spent.requests", "+", requests),
        tokens: eb("user_spent.tokens", "+", tokens),
        dollars: eb("user_spent.dollars", "+", dollars),
      })),
    )
    .execute();
}
