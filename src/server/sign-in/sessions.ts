import { betterAuth, type BetterAuthOptions, type BetterAuthPlugin } from "better-auth";
import { APIError, createAuthEndpoint } from "better-auth/api";
import { setSessionCookie } from "better-auth/cookies";
import { admin } from "better-auth/plugins/admin";
import { magicLink } from "better-auth/plugins/magic-link";
import { username } from "better-auth/plugins/username";
import { z } from "zod";
import { SparkyError } from "../../core/errors.ts";
import type { Log } from "../../core/log.ts";
import { LINK_SECONDS } from "./login-link.ts";
import { cookiePrefix } from "./session-cookie.ts";
import type { Store } from "../../store/database/store.ts";
import { passwordHash } from "../../store/people/passwords.ts";
import type { Identity } from "../../store/people/identity.ts";
import { userSchema } from "../../wire/api.ts";
import { FEWEST_OF_PASSWORD, MOST_OF_PASSWORD } from "../../wire/people.ts";

/**
 * Accounts and sessions by better-auth. Its own routes are not mounted, so there is nothing to register with; what is
 * used of it is called from here. This file is imported only when somebody signs in or comes with a cookie: it is big.
 */

const DAY_SECONDS = 86_400;

/** Ours for the library's fields. */
const USERNAME = { user: { fields: { displayUsername: "display_username" } } };
const ADMIN = {
  user: { fields: { banReason: "ban_reason", banExpires: "ban_expires" } },
  session: { fields: { impersonatedBy: "impersonated_by" } },
};

/** Begins a session for whoever was found to hold a passkey, as signing in by a password does: also not for who is shut out. */
const byPasskey = {
  id: "by-passkey",
  endpoints: {
    beginByPasskey: createAuthEndpoint.serverOnly(
      { method: "POST", body: z.object({ userId: z.string(), passkeyId: z.string() }) },
      async (ctx) => {
        const { userId, passkeyId } = ctx.body;
        const user = await ctx.context.internalAdapter.findUserById(userId);
        if (user === null) throw new APIError("UNAUTHORIZED");
        const session = await ctx.context.internalAdapter.createSession(userId, false, { passkeyId });
        await setSessionCookie(ctx, { session, user });
        return ctx.json({ user });
      },
    ),
  },
} satisfies BetterAuthPlugin;

export function authOptions(store: Store, secret: string) {
  const times = { createdAt: "created_at", updatedAt: "updated_at" } as const;
  return {
    // Only for the library's own redirects, which are never used: links are made from the server's real address.
    baseURL: "http://localhost",
    secret,
    database: { db: store.db, type: store.kind, transaction: true },
    user: {
      fields: { emailVerified: "email_verified", ...times },
    },
    session: {
      expiresIn: 30 * DAY_SECONDS,
      updateAge: DAY_SECONDS,
      fields: {
        ...times,
        expiresAt: "expires_at",
        ipAddress: "ip_address",
        userAgent: "user_agent",
        userId: "user_id",
      },
      additionalFields: { passkeyId: { type: "string", required: false, input: false, fieldName: "passkey_id" } },
    },
    account: {
      fields: {
        ...times,
        accountId: "account_id",
        providerId: "provider_id",
        userId: "user_id",
        accessToken: "access_token",
        refreshToken: "refresh_token",
        idToken: "id_token",
        accessTokenExpiresAt: "access_token_expires_at",
        refreshTokenExpiresAt: "refresh_token_expires_at",
      },
    },
    verification: { fields: { ...times, expiresAt: "expires_at" } },
    // There is nothing to register with: accounts are added by an owner, or by whom an owner has invited.
    emailAndPassword: {
      enabled: false,
      disableSignUp: true,
      minPasswordLength: FEWEST_OF_PASSWORD,
      maxPasswordLength: MOST_OF_PASSWORD,
    },
    plugins: [
      // Which names there may be is checked where one is given.
      username({ minUsernameLength: 1, maxUsernameLength: 200, usernameValidator: () => true, schema: USERNAME }),
      // What people may do is ours to say: to the library nobody is an admin.
      admin({ adminRoles: [], defaultRole: "member", schema: ADMIN }),
      magicLink({
        disableSignUp: true,
        storeToken: "hashed",
        expiresIn: LINK_SECONDS,
        sendMagicLink: () => Promise.reject(new Error("sign-in links are handed over, never sent")),
      }),
      byPasskey,
    ],
    advanced: { cookiePrefix: cookiePrefix(secret), useSecureCookies: false },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
  } satisfies BetterAuthOptions;
}

export interface Session extends Identity {
  /** `Set-Cookie` values that the answer must carry. */
  readonly cookies: readonly string[];
}

export interface Sessions {
  /** Null when the cookie is missing, forged, expired or revoked. `renew`: a session in use is prolonged. */
  find(headers: Headers, renew: boolean): Promise<Session | null>;
  /** Spends a one-time token; null when it is unknown, spent or expired. */
  signIn(token: string, headers: Headers): Promise<Omit<Session, "credential"> | null>;
  /** Null: they do not go together, or there is no such name, or it is shut out. Whichever it is takes the same time. */
  signInByPassword(name: string, password: string, headers: Headers): Promise<Omit<Session, "credential"> | null>;
  /** For who has been found to hold it; null: they are shut out. */
  signInByPasskey(
    passkey: { readonly id: string; readonly user_id: string },
    headers: Headers,
  ): Promise<Omit<Session, "credential"> | null>;
  hash(password: string): Promise<string>;
  isPassword(hash: string, password: string): Promise<boolean>;
  signOut(headers: Headers): Promise<readonly string[]>;
}

export function openSessions(store: Store, secret: string, log: Log): Sessions {
  const auth = betterAuth({
    ...authOptions(store, secret),
    logger: {
      level: "warn",
      log: (level, message) => log[level === "error" ? "warn" : "debug"]({ from: "auth" }, message),
    },
  });
  return {
    async find(headers, renew) {
      const query = { disableRefresh: !renew };
      // The library answers a failure of the database with one of its own, which does not name it.
      const asked = auth.api.getSession({ headers, query, returnHeaders: true }).catch((cause: unknown) => {
        const hint = "try again in a moment";
        throw new SparkyError("unavailable", "your sign-in cannot be checked just now", { cause, hint });
      });
      const { response, headers: answer } = await asked;
      const user = userSchema.safeParse(response?.user);
      if (!user.success || response === null || response.user.banned === true) return null;
      const credential = { kind: "session", id: response.session.id } as const;
      return { user: user.data, credential, cookies: answer.getSetCookie() };
    },
    async signIn(token, headers) {
      return signedIn(await auth.api.magicLinkVerify({ query: { token }, headers, asResponse: true }));
    },
    async signInByPassword(name, password, headers) {
      const user = await store.db
        .selectFrom("user")
        .select("id")
        .where("username", "=", name.toLowerCase())
        .executeTakeFirst();
      // The library takes less time for who has no password.
      if (user === undefined || (await passwordHash(store.db, user.id)) === null) {
        await (await auth.$context).password.hash(password);
        return null;
      }
      const body = { username: name, password };
      return signedIn(await auth.api.signInUsername({ body, headers, asResponse: true }));
    },
    async signInByPasskey({ id, user_id }, headers) {
      const body = { userId: user_id, passkeyId: id };
      return signedIn(await auth.api.beginByPasskey({ body, headers, asResponse: true }));
    },
    hash: async (password) => (await auth.$context).password.hash(password),
    isPassword: async (hash, password) => (await auth.$context).password.verify({ hash, password }),
    async signOut(headers) {
      const { headers: answer } = await auth.api.signOut({ headers, returnHeaders: true });
      return answer.getSetCookie();
    },
  };
}

async function signedIn(answer: Response): Promise<Omit<Session, "credential"> | null> {
  // Nobody is told that a password is wrong which could not be looked at.
  if (answer.status >= 500) {
    throw new SparkyError("unavailable", "nobody can be signed in just now", { hint: "try again in a moment" });
  }
  if (!answer.ok) return null;
  const { user } = z.object({ user: userSchema }).parse(await answer.json());
  return { user, cookies: answer.headers.getSetCookie() };
}
