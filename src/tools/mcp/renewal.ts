import { randomUUID } from "node:crypto";
import type { StoredOAuthClientInformation } from "@modelcontextprotocol/client";
import { sleep, type Clock } from "../../core/clock.ts";
import { messageOf, SparkyError } from "../../core/errors.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { Fetch } from "./http.ts";
import { giveBack } from "./revocation.ts";
import { granted, type Grant, type KeptSignIn, type SignInPlace } from "./kept-sign-in.ts";

/**
 * A grant is renewed by one at a time, whichever node it is on: whoever may do so has written that down first, and what is
 * given is kept before it is used. Most servers take what a grant is renewed by only once.
 */

export interface Renewing {
  readonly server: string;
  readonly place: SignInPlace;
  readonly clock: Clock;
  readonly fetch: Fetch;
  /** As which client, where that is our own choice. */
  readonly client: StoredOAuthClientInformation | undefined;
  /** Ends the wait for somebody else's renewal. */
  readonly stopping: AbortSignal;
}

/** Whoever renews is waited for this long: then it is gone. */
const CLAIM_MS = 30_000;
const LOOK_MS = 100;
/** Of the codes of a refusal: the server would perhaps answer otherwise in a while. */
const FOR_NOW = new Set(["server_error", "temporarily_unavailable", "too_many_requests", "slow_down"]);
const UNKNOWN_CLIENT = new Set(["invalid_client", "unauthorized_client"]);

/**
 * What to use instead of a token that has ended, or was refused. null: the person has to sign in again. Throws `unavailable`
 * where that is not known now.
 */
export async function renewed(renewing: Renewing, used: string): Promise<string | null> {
  const { place, clock, stopping } = renewing;
  for (;;) {
    const kept = await place.read();
    if (kept === null || kept.grant === null || kept.again !== null) return null;
    const { tokens } = kept.grant;
    // Somebody else was quicker.
    if (tokens.access_token !== used) return tokens.access_token;
    if (tokens.refresh_token === undefined) {
      await signInAgain(place, used, "the access has ended, and the server gave nothing to renew it by");
      return null;
    }
    const by = randomUUID();
    const at = clock.now();
    const claimed = await place.change((now) =>
      now.grant?.tokens.access_token === used && !isClaimed(now, at) ? { ...now, claim: { by, at } } : null,
    );
    if (claimed) return renew(renewing, kept, kept.grant, by);
    await sleep(clock, LOOK_MS, stopping);
  }
}

/** A clock may have been set back since. */
const isClaimed = ({ claim }: KeptSignIn, now: number): boolean =>
  claim !== null && Math.abs(now - claim.at) < CLAIM_MS;

/** For this grant: another that has been given meanwhile is not touched. */
export async function signInAgain(place: SignInPlace, token: string, why: string): Promise<void> {
  await place.change((now) => (now.grant?.tokens.access_token === token ? { ...now, again: why, claim: null } : null));
}

async function renew(renewing: Renewing, kept: KeptSignIn, grant: Grant, by: string): Promise<string | null> {
  const { server, place, clock, fetch } = renewing;
  const { issuer, tokens, found } = grant;
  const { refreshAuthorization, OAuthError } = await import("@modelcontextprotocol/client");
  const client = renewing.client ?? grant.client;
  const { authorizationServerMetadata: metadata, resourceMetadata } = found;
  let given;
  try {
    if (client === undefined) throw new OAuthError("invalid_client", "this client is not known any more");
    given = await refreshAuthorization(found.authorizationServerUrl, {
      ...(metadata !== undefined && { metadata }),
      clientInformation: client,
      refreshToken: tokens.refresh_token ?? "",
      ...(resourceMetadata !== undefined && { resource: resourceMetadata.resource }),
      fetchFn: fetch,
    });
  } catch (error) {
    if (error instanceof OAuthError && !FOR_NOW.has(error.code)) {
      // Whoever had claimed it before has perhaps been given another, and ended before it was kept.
      const why = kept.claim === null ? "the server has ended this sign-in" : "a renewal of this sign-in was cut off";
      if (UNKNOWN_CLIENT.has(error.code)) await forgetClient(place, issuer);
      await signInAgain(place, tokens.access_token, `${why} (${error.code.slice(0, 50)})`);
      return null;
    }
    await place.change((now) => (now.claim?.by === by ? { ...now, claim: null } : null));
    throw new SparkyError(
      "unavailable",
      `the sign-in at the server ${server} could not be renewed just now: ${messageOf(error)}`,
      { hint: `try again in a while, or sign in again: sparky mcp login ${shellWord(server)}`, cause: error },
    );
  }
  const next = granted({ ...given, issuer }, { issuer, client, found }, clock.now());
  const isKept = await place.change((now) =>
    now.grant?.tokens.access_token === tokens.access_token ? { ...now, grant: next, again: null, claim: null } : null,
  );
  if (isKept) return given.access_token;
  // Signed in anew, or out, meanwhile: what was given is nobody's.
  await giveBack(next, client, fetch).catch(() => false);
  const last = await place.read();
  return last?.again === null ? (last.grant?.tokens.access_token ?? null) : null;
}

async function forgetClient(place: SignInPlace, issuer: string): Promise<void> {
  await place.change((now) => {
    const clients = Object.entries(now.clients).filter(([at]) => at !== issuer);
    return { ...now, clients: Object.fromEntries(clients) };
  });
}
