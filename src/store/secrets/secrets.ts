import { isoTime } from "../../core/clock.ts";
import { isSparkyError, notFound, SparkyError } from "../../core/errors.ts";
import { namesHint } from "../../core/nearest.ts";
import { LEAST_MASKED } from "../../core/masker.ts";
import { seal, unseal } from "../../core/seal.ts";
import type { Store } from "../database/store.ts";
import { audit } from "../audit/audit.ts";
import type { User } from "../people/user.ts";
import { sealKey } from "./key.ts";

/** Secrets: set, listed by name, removed. A value goes in and is never told again. */

const MOST = 200;

export interface SecretInfo {
  readonly name: string;
  readonly setAt: string;
}

/** What a value is sealed to. */
export const placeOf = (ownerId: string, name: string): string => `the secret ${name} of ${ownerId}`;

/** `masked`: it is long enough to be found wherever it stands. */
export async function setSecret(
  store: Store,
  owner: User,
  name: string,
  value: string,
  by: User = owner,
): Promise<SecretInfo & { readonly masked: boolean }> {
  const { id: ownerId } = owner;
  const key = await sealKey(store, "make");
  const sealed = seal(key, value, placeOf(ownerId, name), store.random);
  const at = await store.transact(async (tx) => {
    const { db, now } = tx;
    const others = await db
      .selectFrom("secrets")
      .select((eb) => eb.fn.countAll().as("count"))
      .where("owner_id", "=", ownerId)
      .where("name", "!=", name)
      .executeTakeFirstOrThrow();
    if (Number(others.count) >= MOST) {
      throw new SparkyError("conflict", `there are ${MOST} secrets already`, {
        hint: "remove one: sparky secret remove NAME",
      });
    }
    await db
      .insertInto("secrets")
      .values({ owner_id: ownerId, name, sealed, set_at: now })
      .onConflict((oc) => oc.columns(["owner_id", "name"]).doUpdateSet({ sealed, set_at: now }))
      .execute();
    audit(tx, by, { kind: "secret.set", thing: name });
    return now;
  });
  await knowSecrets(store, ownerId);
  return { name, setAt: isoTime(at), masked: value.length >= LEAST_MASKED };
}

export async function listSecrets(store: Store, ownerId: string): Promise<readonly SecretInfo[]> {
  const rows = await store.db
    .selectFrom("secrets")
    .select(["name", "set_at"])
    .where("owner_id", "=", ownerId)
    .orderBy("name")
    .execute();
  return rows.map(({ name, set_at }) => ({ name, setAt: isoTime(set_at) }));
}

export async function removeSecret(store: Store, owner: User, name: string, by: User = owner): Promise<void> {
  const { id: ownerId } = owner;
  await store.transact(async (tx) => {
    const { db } = tx;
    const { numDeletedRows } = await db
      .deleteFrom("secrets")
      .where("owner_id", "=", ownerId)
      .where("name", "=", name)
      .executeTakeFirst();
    if (numDeletedRows > 0n) return audit(tx, by, { kind: "secret.removed", thing: name });
    const rows = await db
      .selectFrom("secrets")
      .select("name")
      .where("owner_id", "=", ownerId)
      .orderBy("name")
      .execute();
    const hint = namesHint(
      name,
      rows.map((each) => each.name),
    );
    throw notFound(`the secret ${name}`, hint);
  });
  await knowSecrets(store, ownerId);
}

/** Reads them into `store.secrets`, where calls are filled in and texts masked. What cannot be decrypted is told there. */
export async function knowSecrets(store: Store, ownerId: string): Promise<void> {
  const turn = store.secrets.turn();
  const rows = await store.db
    .selectFrom("secrets")
    .select(["name", "sealed"])
    .where("owner_id", "=", ownerId)
    .execute();
  if (rows.length === 0) return store.secrets.know(ownerId, [], turn);
  try {
    const key = await sealKey(store, "find");
    const known = rows.map(({ name, sealed }) => ({ name, value: unseal(key, sealed, placeOf(ownerId, name)) }));
    store.secrets.know(ownerId, known, turn);
  } catch (error) {
    if (!isSparkyError(error)) throw error;
    store.secrets.cannotRead(ownerId, error, turn);
  }
}
