import type { ExpressionBuilder } from "kysely";
import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import { AUDIT_KINDS, isOfAccounts, type AuditKind } from "../../core/audit-kinds.ts";
import { orderBy, pageFrom, pageOf, totalOf, type PageQuery } from "../database/page.ts";
import { BELOW, standingsWith } from "../../core/rights.ts";
import type { Schema } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import { mayHere } from "../people/access.ts";
import type { User } from "../people/user.ts";

/** What was done, as it is told. */
export interface AuditEntry {
  readonly number: number;
  readonly at: string;
  readonly kind: AuditKind;
  readonly by: string;
  readonly via: string;
  readonly runId?: string;
  readonly chatId?: string;
  readonly thing: string;
  readonly detail?: string;
}

export interface AuditQuery extends PageQuery {
  /** The name of an account. */
  readonly user?: string | undefined;
  readonly kind?: AuditKind | undefined;
  /** Milliseconds since the epoch: what was done then or later. */
  readonly since?: number | undefined;
}

const NEWEST = orderBy(["audit.number desc"], z.tuple([z.int()]));

const OF_ACCOUNTS = AUDIT_KINDS.filter(isOfAccounts);

/** Whose accounts' acts they are told too: the ids, so that the index of the audit serves. */
async function belowOf(db: Db, viewer: User): Promise<readonly string[]> {
  if (!standingsWith("audit.see", viewer.role).includes("below")) return [];
  const rows = await db.selectFrom("user").select("id").where("role", "in", BELOW[viewer.role]).execute();
  return rows.map(({ id }) => id);
}

/** The newest first; of others as far as the table of rights says, and for who has not all only what concerns accounts. */
export async function listAudit(db: Db, viewer: User, query: AuditQuery) {
  const below = mayHere(viewer, "audit.all") ? [] : await belowOf(db, viewer);
  const ofBelow = (eb: ExpressionBuilder<Schema, "audit">) =>
    below.length === 0 ? [] : [eb.and([eb("user_id", "in", below), eb("kind", "in", OF_ACCOUNTS)])];
  const found = db
    .selectFrom("audit")
    .$if(!mayHere(viewer, "audit.all"), (some) =>
      some.where((eb) => eb.or([eb("user_id", "=", viewer.id), ...ofBelow(eb)])),
    )
    .$if(query.user !== undefined, (by) => by.where("by_name", "=", query.user ?? ""))
    .$if(query.kind !== undefined, (of) => of.where("kind", "=", query.kind ?? ""))
    .$if(query.since !== undefined, (from) => from.where("at", ">=", query.since ?? 0));
  const rows = await found.selectAll().$call(pageFrom(NEWEST, query)).execute();
  const page = pageOf(rows, query, ({ number }) => [number]);
  const items = page.rows.map((row): AuditEntry => ({
    number: row.number,
    at: isoTime(row.at),
    // Only kinds are written.
    kind: row.kind as AuditKind,
    by: row.by_name,
    via: row.via,
    ...(row.run_id !== null && { runId: row.run_id }),
    ...(row.chat_id !== null && { chatId: row.chat_id }),
    thing: row.thing,
    ...(row.detail !== null && { detail: row.detail }),
  }));
  return { items, next: page.next, ...(await totalOf(db, found, query.total)) };
}
