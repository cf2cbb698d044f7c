import { audit } from "../audit/audit.ts";
import {
  expressionBuilder,
  sql,
  type Expression,
  type ExpressionBuilder,
  type ExpressionWrapper,
  type SqlBool,
} from "kysely";
import { giverHolds } from "./approvers.ts";
import { isoTime } from "../../core/clock.ts";
import type { Effect } from "../../core/events.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import type { Origin } from "../../core/origins.ts";
import { ENDED } from "../../core/run-state.ts";
import type { Claimed } from "../runs/claim.ts";
import { lineOf, originsOf } from "../runs/descent.ts";
import type { ApprovalRow, ChatRow, GrantRow, Schema } from "../database/schema.ts";
import type { Store, Tx } from "../database/store.ts";
import { may, mayHere } from "../people/access.ts";
import { AGENT_ID, type User } from "../people/user.ts";

/** What a yes covers: this call; this tool for the rest of the run and of what it starts; or this tool until a time. */
export type GrantScope =
  | { readonly kind: "call" }
  | { readonly kind: "run" }
  /** Milliseconds since the epoch. */
  | { readonly kind: "until"; readonly at: number };

export interface Grant {
  readonly id: string;
  readonly tool: string;
  /** Only commands that this rule covers; null: every call of the tool. */
  readonly rule: string | null;
  readonly terms: string | null;
  /** For whose runs. */
  readonly principalId: string;
  readonly runId: string | null;
  readonly until: string | null;
  readonly grantedBy: string;
  readonly createdAt: string;
}

/** A longer one is a policy, and belongs into the configuration. */
const LONGEST_MS = 7 * 24 * 3_600_000;

export async function addGrant(
  tx: Tx,
  viewer: User,
  chat: ChatRow,
  approval: ApprovalRow,
  scope: Exclude<GrantScope, { kind: "call" }>,
): Promise<void> {
  await tx.db
    .insertInto("grants")
    .values({ ...(await standing(tx, viewer, chat, approval, scope)), tool: approval.tool })
    .execute();
}

/** What grants and rules have in common: for whose runs a yes stands, for which, and how long. */
export async function standing(
  tx: Tx,
  viewer: User,
  chat: ChatRow,
  approval: ApprovalRow,
  scope: Exclude<GrantScope, { kind: "call" }>,
): Promise<Omit<GrantRow, "tool">> {
  if (scope.kind === "until" && (scope.at <= tx.now || scope.at > tx.now + LONGEST_MS)) {
    throw new SparkyError("invalid_input", "scope: the time must lie within the next seven days");
  }
  // What `agent` may do until a time, it may do in every member's tasks.
  if (scope.kind === "until" && chat.owner_id === AGENT_ID && !mayHere(viewer, "agent.act")) {
    throw new SparkyError("forbidden", "only the owner can let `agent` use a tool until a time", {
      hint: "allow it for this run instead",
    });
  }
  return {
    id: tx.newId(),
    principal_id: chat.owner_id,
    run_id: scope.kind === "run" ? approval.run_id : null,
    until_at: scope.kind === "until" ? scope.at : null,
    origins: scope.kind === "until" ? (await originsOfRun(tx, approval.run_id)).join(" ") : null,
    terms: approval.terms,
    granted_by: viewer.id,
    created_at: tx.now,
    revoked_at: null,
  };
}

async function originsOfRun(tx: Tx, runId: string): Promise<readonly Origin[]> {
  const task = await tx.db
    .selectFrom("tasks")
    .innerJoin("runs", "runs.task_id", "tasks.id")
    .select(["tasks.origins", "tasks.schedule"])
    .where("runs.id", "=", runId)
    .executeTakeFirst();
  return originsOf(task ?? null);
}

/**
 * Whether a standing yes covers a call of this tool in this run: one for the run, or for a run that it descends from; or
 * one until a time, for runs of the same owner that come from the same as the one that it was given in.
 */
export async function isGranted(
  store: Store,
  { run, chat, task }: Claimed,
  { tool, terms, effect }: Pick<Grant, "tool" | "terms"> & { readonly effect: Effect },
): Promise<boolean> {
  const row = await store.db
    .selectFrom("grants")
    .select("id")
    .where("tool", "=", tool)
    .where((eb) => standsFor(eb, { run, chat, task }, { terms, effect, now: store.clock.now() }))
    .executeTakeFirst();
  return row !== undefined;
}

type Standing = Omit<GrantRow, "tool">;

/** The rows in force of either table that count for a call of this run on these terms. */
export function standsFor<T extends "grants" | "command_rules">(
  builder: ExpressionBuilder<Schema, T>,
  { run, chat, task }: Pick<Claimed, "run" | "chat" | "task">,
  { terms, effect, now }: { readonly terms: string | null; readonly effect: Effect; readonly now: number },
) {
  // Both have these columns.
  const eb = builder as unknown as ExpressionBuilder<{ standing: Standing }, "standing">;
  return eb.and([
    terms === null ? eb("terms", "is", null) : eb("terms", "=", terms),
    eb("revoked_at", "is", null),
    giverHolds(chat, effect),
    eb.or([
      eb("run_id", "in", lineOf(run.id)),
      eb.and([
        eb("principal_id", "=", chat.owner_id),
        eb("until_at", ">", now),
        eb("origins", "=", originsOf(task).join(" ")),
      ]),
    ]),
  ]) as unknown as ExpressionWrapper<Schema, T, SqlBool>;
}

/** The grants in force that the viewer may take back: for their own runs, and for `agent`'s if they gave them or own the instance. */
export async function listGrants(store: Pick<Store, "db" | "clock">, viewer: User): Promise<readonly Grant[]> {
  const openTask = expressionBuilder<Schema, never>()
    .selectFrom("tasks as d")
    .select(sql`1`.as("one"))
    .where("d.status", "not in", [...ENDED])
    .where((eb) => eb("d.root_run", "=", sql<string>`coalesce(a.root_run, r.id)`));
  const rows = await store.db
    .selectFrom(EITHER.as("grants"))
    .leftJoin("runs as r", "r.id", "grants.run_id")
    .leftJoin("tasks as a", "a.id", "r.task_id")
    .innerJoin("user as u", "u.id", "grants.granted_by")
    .selectAll("grants")
    .select("u.name as by")
    .where("grants.revoked_at", "is", null)
    .where((eb) =>
      eb.or([
        eb("grants.until_at", ">", store.clock.now()),
        eb.and([
          eb("grants.run_id", "is not", null),
          // What it has started may go on without it.
          eb.or([eb("r.ended_at", "is", null), eb.exists(openTask)]),
        ]),
      ]),
    )
    .where(() => may(viewer, "see", "grants") as unknown as Expression<SqlBool>)
    .orderBy("grants.created_at", "desc")
    .limit(500)
    .execute();
  return rows.map((row) => grantOf(row, row.by));
}

export async function revokeGrant(store: Store, viewer: User, id: string): Promise<void> {
  await store.transact(async (tx) => {
    let revoked = 0n;
    for (const table of ["grants", "command_rules"] as const) {
      const theirs = tx.db
        .selectFrom(EITHER.as("grants"))
        .select("grants.id")
        .where(() => may(viewer, "revoke", "grants") as unknown as Expression<SqlBool>);
      const { numUpdatedRows } = await tx.db
        .updateTable(table)
        .set({ revoked_at: tx.now })
        .where("id", "=", id)
        .where("revoked_at", "is", null)
        .where("id", "in", theirs)
        .executeTakeFirst();
      revoked += numUpdatedRows;
    }
    if (revoked === 0n) throw notFound(`grant ${JSON.stringify(id)}`);
    audit(tx, viewer, { kind: "grant.revoked", thing: id });
    tx.changed("approvals", [viewer.id], id);
  });
}

/** A rule is for the shell, whichever of its tools runs the command. */
const RULED_TOOL = "shell";
const COMMON = "id, principal_id, terms, run_id, until_at, origins, granted_by, created_at, revoked_at";
const EITHER = sql<GrantRow & { rule: string | null }>`(
  SELECT ${sql.raw(COMMON)}, tool, NULL AS rule FROM grants
  UNION ALL SELECT ${sql.raw(COMMON)}, ${sql.lit(RULED_TOOL)} AS tool, rule FROM command_rules)`;

function grantOf(row: GrantRow & { rule: string | null }, by: string): Grant {
  return {
    id: row.id,
    tool: row.tool,
    rule: row.rule,
    terms: row.terms,
    principalId: row.principal_id,
    runId: row.run_id,
    until: row.until_at === null ? null : isoTime(row.until_at),
    grantedBy: by,
    createdAt: isoTime(row.created_at),
  };
}
