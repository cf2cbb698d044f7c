import { SparkyError } from "../../core/errors.ts";
import type { Store } from "../../store/database/store.ts";
import type { Identity } from "../../store/people/identity.ts";
import { identityOfToken } from "../../store/people/tokens.ts";
import type { Identities } from "./identities.ts";
import { KnownSignIns } from "./known-sign-ins.ts";
import type { Log } from "../../core/log.ts";
import { MOST_OF_PASSWORD } from "../../wire/people.ts";
import { BackOff } from "./rate-limit.ts";
import { takingTurns } from "./taking-turns.ts";
import { hasSessionCookie } from "./session-cookie.ts";
import type { Session, Sessions } from "./sessions.ts";

const SIGN_IN_HINT = "open a sign-in link (`sparky open` makes one), or send `Authorization: Bearer` with an API token";

const MAX_NAME_TYPED = 200;
/** A try costs some 60 ms of a core, and 32 MB for so long. */
const AT_ONCE = 2;
const MOST_WAITING = 20;

interface Given {
  readonly name: string;
  readonly password: string;
}

type Holder = Parameters<Sessions["signInByPasskey"]>[0];

export interface Auth {
  /** Whom the headers speak for: a token when there is one, else a session cookie; null: nobody. */
  identify(headers: Headers, renew: boolean): Promise<Session | null>;
  identityOfToken(token: string): Promise<Identity | null>;
  signIn(token: string, headers: Headers): ReturnType<Sessions["signIn"]>;
  /** Throws `rate_limited` where too much was tried for this name. `caller`: the peer's address. */
  signInByPassword(given: Given, headers: Headers, caller: string): ReturnType<Sessions["signInByPassword"]>;
  /** `check`: whose the passkey of this id is, if it is right. Throws `rate_limited` where too much was tried for it. */
  signInByPasskey(
    id: string,
    check: () => Promise<Holder | null>,
    headers: Headers,
    caller: string,
  ): ReturnType<Sessions["signInByPasskey"]>;
  hash(password: string): Promise<string>;
  /** The same limit, for who must tell the one that they have. */
  isPassword(hash: string, password: string, userId: string): Promise<boolean>;
  signOut(headers: Headers): Promise<readonly string[]>;
  /** What to tell a caller whom `identify` did not know. */
  refusal(headers: Headers): SparkyError;
}

export function createAuth(store: Store, secret: string, log: Log, identities: Identities): Auth {
  let sessions: Promise<Sessions> | null = null;
  const load = (): Promise<Sessions> =>
    (sessions ??= import("./sessions.ts").then(({ openSessions }) => openSessions(store, secret, log)));
  const what = "wrong passwords";
  const fromThere = new BackOff(store.clock, { what, free: 5, mostMs: 900_000 });
  const fromThereByPasskey = new BackOff(store.clock, { what: "wrong passkeys", free: 5, mostMs: 900_000 });
  // Nobody is locked out by what others try: at most for as long as it takes to type.
  const fromAnywhere = new BackOff(store.clock, { what, free: 100, mostMs: 10_000 });
  const known = new KnownSignIns(store.clock, identities);
  const turn = takingTurns(AT_ONCE);
  let waiting = 0;
  /** Asked before a try is counted: what is turned away here was none. */
  const checkLine = (): void => {
    if (waiting < MOST_WAITING) return;
    throw new SparkyError("rate_limited", "too many passwords are being tried just now", {
      hint: "try again in a moment",
    });
  };
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    checkLine();
    waiting++;
    try {
      return await turn(work);
    } finally {
      waiting--;
    }
  };
  return {
    identityOfToken: (token) => identityOfToken(store, token),
    async identify(headers, renew) {
      const authorization = headers.get("authorization");
      if (authorization !== null) {
        const token = /^Bearer +(\S+)$/i.exec(authorization)?.[1];
        if (token === undefined) return null;
        return known.find(authorization, async () => {
          const identity = await identityOfToken(store, token);
          return identity === null ? null : { ...identity, cookies: [] };
        });
      }
      if (!hasSessionCookie(headers, secret)) return null;
      return known.find(headers.get("cookie") ?? "", async () => (await load()).find(headers, renew));
    },
    signIn: async (token, headers) => (await load()).signIn(token, headers),
    async signInByPassword({ name, password }, headers, caller) {
      if (name === "" || name.length > MAX_NAME_TYPED || password.length > MOST_OF_PASSWORD) return null;
      checkLine();
      const keys = [`${caller} ${name.toLowerCase()}`, name.toLowerCase()] as const;
      fromThere.attempt(keys[0]);
      fromAnywhere.attempt(keys[1]);
      const session = await inTurn(async () => (await load()).signInByPassword(name, password, headers));
      if (session === null) return null;
      fromThere.succeeded(keys[0]);
      fromAnywhere.succeeded(keys[1]);
      return session;
    },
    async signInByPasskey(id, check, headers, caller) {
      const key = `${caller} ${id}`;
      fromThereByPasskey.attempt(key);
      const holder = await check();
      const session = holder === null ? null : await (await load()).signInByPasskey(holder, headers);
      if (session !== null) fromThereByPasskey.succeeded(key);
      return session;
    },
    hash: (password) => inTurn(async () => (await load()).hash(password)),
    async isPassword(hash, password, userId) {
      checkLine();
      fromThere.attempt(`own ${userId}`);
      const isRight = await inTurn(async () => (await load()).isPassword(hash, password));
      if (isRight) fromThere.succeeded(`own ${userId}`);
      return isRight;
    },
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
