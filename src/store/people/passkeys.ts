import { sql } from "kysely";
import { isoTime } from "../../core/clock.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import { manages } from "../../core/rights.ts";
import { passwordHash } from "./passwords.ts";
import type { User } from "./user.ts";
import { audit } from "../audit/audit.ts";
import type { PasskeyRow } from "../database/schema.ts";
import type { Db } from "../database/sql.ts";
import { PROMPTLY, type Store, type Tx } from "../database/store.ts";

/** Passkeys: what proves that somebody holds one lies on their device; here is only what it is checked by. */

/** A challenge that was answered, so that no other answer to it counts. */
export interface Spent {
  readonly nonce: string;
  readonly expiresAt: number;
}

/** Nodes' clocks may differ by so much: what is over for one may hold for another. */
const SKEW_MS = 3_600_000;
/** More than anybody has devices. */
const MOST = 20;
const SPENT = "passkey-challenge:";

export async function passkeysOf({ db }: Pick<Store, "db">, userId: string): Promise<readonly PasskeyRow[]> {
  const rows = db.selectFrom("passkeys").selectAll().where("user_id", "=", userId);
  return rows.orderBy("created_at", "desc").orderBy("id").execute();
}

export async function findPasskey({ db }: Pick<Store, "db">, credential: string): Promise<PasskeyRow | null> {
  return (await db.selectFrom("passkeys").selectAll().where("credential", "=", credential).executeTakeFirst()) ?? null;
}

/** Throws `conflict` where there is one already, and where the challenge was answered before. */
export async function addPasskey(
  store: Store,
  by: User,
  made: Pick<PasskeyRow, "name" | "address" | "credential" | "public_key" | "uses">,
  spent: Spent,
): Promise<PasskeyRow> {
  return store.transact(async (tx) => {
    if (!(await spend(tx, spent))) throw new SparkyError("conflict", "this answer was given before");
    if ((await passkeysOf(tx, by.id)).length >= MOST) {
      throw new SparkyError("conflict", `you have ${MOST} passkeys`, { hint: "remove one that you use no more" });
    }
    const row = { id: tx.newId(), user_id: by.id, ...made, created_at: tx.now, used_at: null };
    const added = tx.db
      .insertInto("passkeys")
      .values(row)
      .onConflict((oc) => oc.column("credential").doNothing());
    if ((await added.returning("id").executeTakeFirst()) === undefined)
      throw new SparkyError("conflict", "this passkey is here already");
    audit(tx, by, { kind: "passkey.added", thing: made.name, detail: made.address });
    return row;
  }, PROMPTLY);
}

/** False: the challenge was answered before, or it is gone, or its device counts backwards, as a copy of it would. */
export async function usePasskey(
  store: Store,
  { id, uses }: Pick<PasskeyRow, "id" | "uses">,
  spent: Spent,
): Promise<boolean> {
  return store.transact(async (tx) => {
    if (!(await spend(tx, spent))) return false;
    const counted = await tx.db
      .updateTable("passkeys")
      .set({ uses, used_at: tx.now })
      .where("id", "=", id)
      .where((eb) => (uses === 0 ? eb("uses", "=", 0) : eb("uses", "<", uses)))
      .returning("id")
      .executeTakeFirst();
    return counted !== undefined;
  }, PROMPTLY);
}

export async function renamePasskey(store: Store, by: User, id: string, name: string): Promise<PasskeyRow> {
  return store.transact(async (tx) => {
    const renamed = tx.db.updateTable("passkeys").set({ name }).where("id", "=", id).where("user_id", "=", by.id);
    const row = await renamed.returningAll().executeTakeFirst();
    if (row === undefined) throw notFound(`passkey ${JSON.stringify(id)}`);
    audit(tx, by, { kind: "passkey.renamed", thing: name });
    return row;
  }, PROMPTLY);
}

export interface Removed {
  readonly name: string;
  readonly user: string;
  /** How many passkeys they have still, and whether a password. */
  readonly left: number;
  readonly password: boolean;
  /** The sessions that it has begun, which end with it, but for the one that asks. */
  readonly ended: readonly string[];
}

/** One's own, or of somebody whom one looks after. Throws `not_found` for any other. */
export async function removePasskey(store: Store, viewer: User, id: string): Promise<Removed> {
  return store.transact(async (tx) => {
    const { db } = tx;
    const found = await db
      .selectFrom("passkeys")
      .innerJoin("user", "user.id", "passkeys.user_id")
      .select(["passkeys.name", "passkeys.user_id", "user.name as user", "user.role"])
      .where("passkeys.id", "=", id)
      .executeTakeFirst();
    const isTheirs = found !== undefined && (found.user_id === viewer.id || manages(viewer.role, found.role));
    if (!isTheirs) throw notFound(`passkey ${JSON.stringify(id)}`);
    const { name, user, user_id: userId } = found;
    if (tx.credential?.kind === "session") {
      await sql`UPDATE "session" SET passkey_id = NULL WHERE id = ${tx.credential.id} AND passkey_id = ${id}`.execute(
        db,
      );
    }
    const { rows } = await sql<{ id: string }>`DELETE FROM "session" WHERE passkey_id = ${id} RETURNING id`.execute(db);
    await db.deleteFrom("passkeys").where("id", "=", id).execute();
    audit(tx, viewer, { kind: "passkey.removed", thing: name, ...(userId !== viewer.id && { detail: user }) });
    const left = (await passkeysOf(tx, userId)).length;
    const password = (await passwordHash(db, userId)) !== null;
    return { name, user, left, password, ended: rows.map((row) => row.id) };
  }, PROMPTLY);
}

/** When the session was begun, in milliseconds; null: it has ended. */
export async function sessionBegan(db: Db, id: string): Promise<number | null> {
  const { rows } = await sql<{ created_at: Date | string }>`
    SELECT created_at FROM "session" WHERE id = ${id}`.execute(db);
  return rows[0] === undefined ? null : new Date(rows[0].created_at).getTime();
}

/** Of all who answer a challenge one is the first. It lies beside sign-in links for as long as it would hold. */
async function spend({ db, now }: Tx, { nonce, expiresAt }: Spent): Promise<boolean> {
  await sql`DELETE FROM "verification" WHERE identifier = ${SPENT} AND expires_at < ${isoTime(now)}`.execute(db);
  const { rows } = await sql`
    INSERT INTO "verification" (id, identifier, value, expires_at, created_at, updated_at)
    VALUES (${SPENT + nonce}, ${SPENT}, '{}', ${isoTime(expiresAt + SKEW_MS)}, ${isoTime(now)}, ${isoTime(now)})
    ON CONFLICT (id) DO NOTHING RETURNING id`.execute(db);
  return rows.length > 0;
}
