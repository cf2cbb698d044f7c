import { sql, type RawBuilder } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import type { Db } from "../database/sql.ts";
import type { EngineKind, Tx } from "../database/store.ts";
import type { Scope } from "../../core/scopes.ts";
import type { User } from "./user.ts";

/** By what somebody has come in: the row of a session or of an API token. It holds while the row is there, and its user not shut out. */
export interface Credential {
  readonly kind: "session" | "token";
  readonly id: string;
}

export interface Identity {
  readonly user: User;
  readonly credential: Credential;
  /** What a token may be used for; null or left out: everything that its user may do. */
  readonly scopes?: readonly Scope[] | null;
}

/** Those of them that hold now, each with its user's role as it is now, by kind and id. */
export async function holding(
  db: Db,
  kind: EngineKind,
  now: number,
  credentials: readonly Credential[],
): Promise<ReadonlyMap<string, User["role"]>> {
  const ids = (of: Credential["kind"]): RawBuilder<unknown> =>
    sql.join(["", ...credentials.filter((each) => each.kind === of).map((each) => each.id)]);
  const { rows } = await sql<{ kind: Credential["kind"]; id: string; role: User["role"] }>`
    SELECT 'session' AS kind, s.id, u.role FROM "session" s JOIN "user" u ON u.id = s.user_id
    WHERE s.id IN (${ids("session")}) AND s.expires_at > ${instant(kind, now)} AND NOT u.banned
    UNION ALL
    SELECT 'token', t.id, u.role FROM tokens t JOIN "user" u ON u.id = t.user_id
    WHERE t.id IN (${ids("token")}) AND (t.expires_at IS NULL OR t.expires_at > ${now}) AND NOT u.banned
  `.execute(db);
  return new Map(rows.map((row) => [keyOf(row), row.role]));
}

export const keyOf = ({ kind, id }: Credential): string => `${kind} ${id}`;

/**
 * Throws `unauthenticated` when it does not hold any more, or with another role. Until the transaction has ended nobody
 * takes it back: whoever does, and is answered, knows that nothing is done with it any more.
 */
export async function requireIdentity({ db, kind, now }: Tx, { user, credential }: Identity): Promise<void> {
  if (kind === "postgres") {
    const table = sql.table(credential.kind === "session" ? "session" : "tokens");
    await sql`SELECT 1 FROM ${table} WHERE id = ${credential.id} FOR KEY SHARE`.execute(db);
  }
  const held = await holding(db, kind, now, [credential]);
  if (held.get(keyOf(credential)) !== user.role) throw ended();
}

export function ended(): SparkyError {
  return new SparkyError("unauthenticated", "your sign-in has ended, or what it may do has changed", {
    hint: "sign in again",
  });
}

/** The library keeps text on SQLite, and a time on PostgreSQL. */
function instant(kind: EngineKind, now: number): RawBuilder<unknown> {
  return kind === "sqlite" ? sql`${isoTime(now)}` : sql`to_timestamp(CAST(${now} AS double precision) / 1000)`;
}
