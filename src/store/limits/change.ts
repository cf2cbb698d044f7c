import { LIMIT_NAMES, limitName, limitUnit, type LimitName } from "../../core/limit-words.ts";
import { SparkyError } from "../../core/errors.ts";
import { audit } from "../audit/audit.ts";
import { requireManages } from "../people/access.ts";
import { AGENT_ID, type User } from "../people/user.ts";
import { claimableRuns } from "../runs/open.ts";
import { whoseWork, workOf } from "../runs/whose.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";

const COLUMNS = {
  requestsPerDay: "requests_day",
  requestsPerMonth: "requests_month",
  tokensPerDay: "tokens_day",
  tokensPerMonth: "tokens_month",
  dollarsPerDay: "dollars_day",
  dollarsPerMonth: "dollars_month",
  tasksAtOnce: "tasks_at_once",
} as const satisfies { readonly [name in LimitName]: string };

type Changes = { readonly [name in LimitName]?: number | null | undefined };

/** Those that are named; null takes one away. What waits for a limit of theirs looks again at once. */
export async function setLimits(
  store: Store,
  by: User,
  user: Pick<User, "id" | "name">,
  changes: Changes,
): Promise<void> {
  if (user.id === AGENT_ID) {
    throw new SparkyError("conflict", "agent has no limits of its own: its work counts for whoever it is for", {
      hint: "sparky user limits ann --tokens-per-day 100000",
    });
  }
  const named = LIMIT_NAMES.filter((name) => changes[name] !== undefined);
  if (named.length === 0) return;
  await store.transact(async (tx) => {
    const row = tx.db.selectFrom("user").select("role").where("id", "=", user.id);
    const { role } = await row.$if(tx.kind === "postgres", (q) => q.forNoKeyUpdate()).executeTakeFirstOrThrow();
    // An admin's own are not theirs to set either.
    requireManages(by, role);
    const columns = Object.fromEntries(named.map((name) => [COLUMNS[name], changes[name]]));
    await tx.db
      .insertInto("user_limits")
      .values({ user_id: user.id, ...columns })
      .onConflict((conflict) => conflict.column("user_id").doUpdateSet(columns))
      .execute();
    audit(tx, by, {
      kind: "user.limits",
      thing: user.name,
      detail: named.map((name) => told(name, changes)).join(", "),
    });
    await wakeWaiting(tx, user.id);
  }, PROMPTLY);
}

function told(name: LimitName, changes: Changes): string {
  const value = changes[name] ?? null;
  const of = name === "tasksAtOnce" ? "limit of tasks at once" : `${limitName(name)} of ${limitUnit(name)}`;
  return value === null ? `no ${of}` : `${of}: ${value}`;
}

async function wakeWaiting(tx: Tx, userId: string): Promise<void> {
  const waiting = await tx.db
    .selectFrom("runs")
    .innerJoin("chats", "chats.id", "runs.chat_id")
    .select(["runs.id", "runs.task_id", "chats.id as chat_id", "chats.owner_id"])
    .where(claimableRuns())
    .where("wait_reason", "=", "limit")
    .execute();
  for (const { id, task_id, chat_id, owner_id } of waiting) {
    const task = task_id === null ? undefined : await workOf(tx.db, task_id);
    if ((await whoseWork(tx.db, { id: chat_id, owner_id }, task)) !== userId) continue;
    const still = tx.db.updateTable("runs").set({ not_before: 0 }).where("id", "=", id);
    await still.where("state", "=", "waiting").where("wait_reason", "=", "limit").execute();
  }
  tx.wake();
}
