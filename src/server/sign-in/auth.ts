import { SparkyError } from "../../core/errors.ts";
import type { Store } from "../../store/database/store.ts";
import type { Identity } from "../../store/people/identity.ts";
import { identityOfToken } from "../../store/people/tokens.ts";
import type { Identities } from "./identities.ts";
import type { Log } from "../../core/log.ts";
import { hasSessionCookie } from "./session-cookie.ts";
import type { Session, Sessions } from "./sessions.ts";

const SIGN_IN_HINT = "open a sign-in link (`sparky open` makes one), or send `Authorization: Bearer` with an API token";

export interface Auth {
  /** Whom the headers speak for: a token when there is one, else a session cookie; null: nobody. */
  identify(headers: Headers, renew: boolean): Promise<Session | null>;
  identityOfToken(token: string): Promise<Identity | null>;
  signIn(token: string, headers: Headers): ReturnType<Sessions["signIn"]>;
  signOut(headers: Headers): Promise<readonly string[]>;
  /** What to tell a caller whom `identify` did not know. */
  refusal(headers: Headers): SparkyError;
}

export function createAuth(store: Store, secret: string, log: Log, identities: Identities): Auth {
  let sessions: Promise<Sessions> | null = null;
  const load = (): Promise<Sessions> =>
    (sessions ??= import("./sessions.ts").then(({ openSessions }) => openSessions(store, secret, log)));
  return {
    identityOfToken: (token) => identityOfToken(store, token),
    async identify(headers, renew) {
      const authorization = headers.get("authorization");
      if (authorization !== null) {
        const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
        const identity = token === undefined ? null : await identityOfToken(store, token);
        return identity === null ? null : { ...identity, cookies: [] };
      }
      if (!hasSessionCookie(headers, secret)) return null;
      return (await load()).find(headers, renew);
    },
    signIn: async (token, headers) => (await load()).signIn(token, headers),
    async signOut(headers) {
      const sessions = await load();
      const session = await sessions.find(headers, false);
      const cookies = await sessions.signOut(headers);
      if (session !== null) identities.ended(session.credential);
      return cookies;
    },
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
