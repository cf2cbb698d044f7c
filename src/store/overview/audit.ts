import type { ExpressionBuilder } from "kysely";
import { z } from "zod";
import { isoTime } from "../../core/clock.ts";
import type { AuditKind } from "../../core/audit-kinds.ts";
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

/** The newest first; of others as far as the table of rights says. */
export async function listAudit(db: Db, viewer: User, query: AuditQuery) {
  const isBelow = standingsWith("audit.see", viewer.role).includes("below");
  const below = (eb: ExpressionBuilder<Schema, "audit">) =>
    isBelow
      ? [eb("user_id", "in", eb.selectFrom("user").select("user.id").where("user.role", "in", BELOW[viewer.role]))]
      : [];
  const found = db
    .selectFrom("audit")
    .$if(!mayHere(viewer, "audit.all"), (some) =>
      some.where((eb) => eb.or([eb("user_id", "=", viewer.id), ...below(eb)])),
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
