import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { notFound } from "../../core/errors.ts";
import { manages, ROLES } from "../../core/rights.ts";
import { shorten } from "../../core/text.ts";
import { isoOf, type LibraryTime } from "./library-time.ts";
import { audit } from "../audit/audit.ts";
import type { User } from "./user.ts";
import { PROMPTLY, type Store } from "../database/store.ts";

/** Where somebody is signed in: the library's sessions, without what lets anybody in. */
interface OpenSession {
  readonly id: string;
  readonly user: string;
  readonly createdAt: string;
  /** When it was last prolonged: once a day while it is used. */
  readonly usedAt: string;
  readonly expiresAt: string;
  /** What the browser says of itself. */
  readonly browser: string | null;
}

interface Row {
  readonly id: string;
  readonly name: string;
  readonly created_at: LibraryTime;
  readonly updated_at: LibraryTime;
  readonly expires_at: LibraryTime;
  readonly user_agent: string | null;
}

const MOST = 200;
const LONGEST_BROWSER = 300;

/** The newest first, those that hold still. */
export async function sessionsOf(store: Store, userId: string, prefix: string): Promise<readonly OpenSession[]> {
  const now = store.clock.now();
  const { rows } = await sql<Row>`
    SELECT s.id, u.name, s.created_at, s.updated_at, s.expires_at, s.user_agent
    FROM "session" s JOIN "user" u ON u.id = s.user_id
    WHERE s.user_id = ${userId} AND s.expires_at > ${isoTime(now)} AND substr(s.id, 1, ${prefix.length}) = ${prefix}
    ORDER BY s.created_at DESC, s.id LIMIT ${MOST}`.execute(store.db);
  return rows.map(({ id, name, created_at, updated_at, expires_at, user_agent }) => ({
    ...{ id, user: name, createdAt: isoOf(created_at), usedAt: isoOf(updated_at), expiresAt: isoOf(expires_at) },
    browser: user_agent === null || user_agent === "" ? null : shorten(user_agent, LONGEST_BROWSER),
  }));
}

/** Ends one of one's own, or of somebody whom one looks after. Throws `not_found` for any other. */
export async function endSession(store: Store, viewer: User, id: string): Promise<void> {
  await store.transact(async (tx) => {
    const { rows } = await sql`
      DELETE FROM "session" WHERE id = ${id} AND (user_id = ${viewer.id} OR user_id IN (
        SELECT id FROM "user" WHERE role IN (${sql.join(["", ...ROLES.filter((role) => manages(viewer.role, role))])})))
      RETURNING id`.execute(tx.db);
    if (rows.length === 0) throw notFound(`session ${JSON.stringify(id)}`);
    audit(tx, viewer, { kind: "session.ended", thing: id });
  }, PROMPTLY);
}
