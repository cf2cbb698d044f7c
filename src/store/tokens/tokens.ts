import { isoTime } from "../../core/clock.ts";
import { notFound, SparkyError } from "../../core/errors.ts";
import { newId } from "../../core/ids.ts";
import { namesHint } from "../../core/nearest.ts";
import type { Scope } from "../../core/scopes.ts";
import { audit } from "../audit/audit.ts";
import type { TokenRow } from "../database/schema.ts";
import type { Store } from "../database/store.ts";
import { freshToken, hashOf, scopesOf } from "../people/tokens.ts";
import { TOKEN_FILE } from "../audit/via.ts";
import type { User } from "../people/user.ts";

/** The tokens that a person makes for programs: with a name, what each may be used for, and perhaps an end. */

export interface NewToken {
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly expiresAt?: string | undefined;
}

export interface Token {
  readonly id: string;
  readonly name: string;
  /** null: everything. */
  readonly scopes: Scope[] | null;
  readonly createdAt: string;
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly isFile: boolean;
}

const MOST = 100;

export async function listTokens({ db }: Pick<Store, "db">, owner: User): Promise<readonly Token[]> {
  const rows = await db
    .selectFrom("tokens")
    .selectAll()
    .where("user_id", "=", owner.id)
    .orderBy("created_at", "desc")
    .orderBy("id")
    .execute();
  return rows.map(tokenOf);
}

/** Throws `conflict` where the person has one of this name, `invalid_input` for an end that is over. */
export async function makeToken(
  store: Store,
  owner: User,
  wanted: NewToken,
): Promise<Token & { readonly token: string }> {
  const { name } = wanted;
  const token = freshToken(store);
  const row = await store.transact(async (tx) => {
    const expires = wanted.expiresAt === undefined ? null : Date.parse(wanted.expiresAt);
    if (expires !== null && expires <= tx.now)
      throw new SparkyError("invalid_input", `expiresAt: ${isoTime(expires)} lies in the past`);
    // Two at once are made one after the other.
    if (tx.kind === "postgres")
      await tx.db.selectFrom("user").select("id").where("id", "=", owner.id).forNoKeyUpdate().execute();
    const others = await tx.db.selectFrom("tokens").select("name").where("user_id", "=", owner.id).execute();
    if (others.some((other) => other.name === name)) {
      throw new SparkyError("conflict", `there is a token ${JSON.stringify(name)} already`, {
        hint: "revoke that one, or take another name",
      });
    }
    if (others.length >= MOST)
      throw new SparkyError("conflict", `there are ${MOST} tokens already`, { hint: "revoke one" });
    const made: TokenRow = {
      id: newId(store.random),
      user_id: owner.id,
      name,
      hash: hashOf(token),
      created_at: tx.now,
      scopes: [...new Set(wanted.scopes)].join(" "),
      expires_at: expires,
      last_used_at: null,
    };
    await tx.db.insertInto("tokens").values(made).execute();
    audit(tx, owner, { kind: "token.made", thing: name, detail: made.scopes ?? undefined });
    return made;
  });
  return { ...tokenOf(row), token };
}

/** By its name or id. The token's id, so that what is open by it ends. That of a home's file goes with the file. */
export async function revokeToken(store: Store, owner: User, which: string): Promise<string> {
  return store.transact(async (tx) => {
    const rows = await tx.db.selectFrom("tokens").selectAll().where("user_id", "=", owner.id).execute();
    const row = rows.find(({ id, name }) => id === which || name === which);
    if (row === undefined) {
      const hint = namesHint(
        which,
        rows.map(({ name }) => name),
      );
      throw notFound(`token ${JSON.stringify(which)}`, hint);
    }
    if (row.name.startsWith(TOKEN_FILE)) {
      throw new SparkyError("conflict", "this is the token of the home's file", {
        hint: "delete the file `token` in the home and start again: there is a new one then",
      });
    }
    await tx.db.deleteFrom("tokens").where("id", "=", row.id).execute();
    audit(tx, owner, { kind: "token.revoked", thing: row.name });
    return row.id;
  });
}

function tokenOf(row: TokenRow): Token {
  const { id, name, scopes, created_at, expires_at, last_used_at } = row;
  const time = (at: number | null): string | null => (at === null ? null : isoTime(at));
  return {
    id,
    name,
    scopes: scopes === null ? null : [...(scopesOf(scopes) ?? [])],
    createdAt: isoTime(created_at),
    expiresAt: time(expires_at),
    lastUsedAt: time(last_used_at),
    isFile: name.startsWith(TOKEN_FILE),
  };
}
