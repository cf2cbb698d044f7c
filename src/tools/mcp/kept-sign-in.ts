import type {
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";

/** What is kept of a person's sign-in at a server, sealed: all of it lets somebody in. */
export interface KeptSignIn {
  /** By the issuer that gave them: never shown to another. */
  readonly clients: { readonly [issuer: string]: StoredOAuthClientInformation };
  readonly grant: Grant | null;
  /** Why the person has to sign in again; null: nothing is known against it. */
  readonly again: string | null;
  /** Who renews the grant just now. */
  readonly claim: { readonly by: string; readonly at: number } | null;
}

/** What a person has been given. */
export interface Grant {
  readonly issuer: string;
  readonly tokens: StoredOAuthTokens;
  /** Whom it was given to: another client cannot renew it. */
  readonly client: StoredOAuthClientInformation | undefined;
  /** From when on it is renewed before it is used; null: not before it is refused. */
  readonly renewAt: number | null;
  /** Where it was given: there it is renewed. */
  readonly found: OAuthDiscoveryState;
}

export interface SignInPlace {
  read(): Promise<KeptSignIn | null>;
  /**
   * Makes of what is kept what `update` makes of it, which may be asked more than once; null: it stays. Durable before it
   * returns, and never over what another has kept meanwhile. Whether it has changed.
   */
  change(update: (kept: KeptSignIn) => KeptSignIn | null): Promise<boolean>;
}

export const NOTHING_KEPT: KeptSignIn = { clients: {}, grant: null, again: null, claim: null };

/** At most this long before its end. */
const AHEAD_MS = 30_000;
/** What ends later than that is renewed when it is refused. */
const LONGEST_S = 366 * 24 * 3600;

/** A server's word about the time is not one about ours: what makes no sense is not heeded. */
export function granted(tokens: StoredOAuthTokens, by: Omit<Grant, "tokens" | "renewAt">, now: number): Grant {
  const { expires_in: seconds = 0 } = tokens;
  const lifeMs = seconds > 0 && seconds < LONGEST_S ? seconds * 1000 : null;
  return {
    ...by,
    tokens,
    renewAt: lifeMs === null ? null : Math.floor(now + lifeMs - Math.min(AHEAD_MS, lifeMs / 10)),
  };
}
