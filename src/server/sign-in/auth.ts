import { createHash } from "node:crypto";
import { SparkyError } from "../../core/errors.ts";
import type { Store } from "../../store/database/store.ts";
import { userOfToken } from "../../store/people/tokens.ts";
import type { User } from "../../wire/api.ts";
import type { Log } from "../../core/log.ts";
import { hasSessionCookie } from "./session-cookie.ts";
import type { Session, Sessions } from "./sessions.ts";

/** A revoked token stops working after at most this long. */
const TOKEN_CACHE_MS = 10_000;
const TOKEN_CACHE_SIZE = 1000;

const SIGN_IN_HINT = "open a sign-in link (`sparky open` makes one), or send `Authorization: Bearer` with an API token";

export interface Auth {
  /** Whom the headers speak for: a token when there is one, else a session cookie; null: nobody. */
  identify(headers: Headers, renew: boolean): Promise<Session | null>;
  userOfToken(token: string): Promise<User | null>;
  signIn(token: string, headers: Headers): Promise<Session | null>;
  signOut(headers: Headers): Promise<readonly string[]>;
  /** What to tell a caller whom `identify` did not know. */
  refusal(headers: Headers): SparkyError;
}

export function createAuth(store: Store, secret: string, log: Log): Auth {
  let sessions: Promise<Sessions> | null = null;
  const load = (): Promise<Sessions> =>
    (sessions ??= import("./sessions.ts").then(({ openSessions }) => openSessions(store, secret, log)));
  const users = new Map<string, { readonly user: User; readonly until: number }>();

  async function cachedUserOfToken(token: string): Promise<User | null> {
    const key = createHash("sha256").update(token).digest("base64");
    const now = store.clock.now();
    const known = users.get(key);
    if (known !== undefined && known.until > now) return known.user;
    users.delete(key);
    const user = await userOfToken(store, token);
    if (user === null) return null;
    if (users.size >= TOKEN_CACHE_SIZE) users.clear();
    users.set(key, { user, until: now + TOKEN_CACHE_MS });
    return user;
  }

  return {
    userOfToken: cachedUserOfToken,
    async identify(headers, renew) {
      const authorization = headers.get("authorization");
      if (authorization !== null) {
        const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
        const user = token === undefined ? null : await cachedUserOfToken(token);
        return user === null ? null : { user, cookies: [] };
      }
      if (!hasSessionCookie(headers, secret)) return null;
      return (await load()).find(headers, renew);
    },
    signIn: async (token, headers) => (await load()).signIn(token, headers),
    signOut: async (headers) => (await load()).signOut(headers),
    refusal(headers) {
      const message = headers.has("authorization")
        ? "this API token is not valid"
        : hasSessionCookie(headers, secret)
          ? "your sign-in has expired"
          : "not signed in";
      return new SparkyError("unauthenticated", message, { hint: SIGN_IN_HINT });
    },
  };
}
