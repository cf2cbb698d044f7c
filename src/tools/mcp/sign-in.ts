import { randomBytes } from "node:crypto";
import type {
  OAuthClientInformationContext,
  OAuthClientMetadata,
  OAuthClientProvider,
  OAuthDiscoveryState,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import type { Clock } from "../../core/clock.ts";
import { SparkyError } from "../../core/errors.ts";
import { shorten } from "../../core/text.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { WebAccess } from "../web/download.ts";
import type { Fetch } from "./http.ts";
import { granted, NOTHING_KEPT, type KeptSignIn, type SignInPlace } from "./kept-sign-in.ts";
import { hostOf, isLoopback } from "../web/reach.ts";
import { CLIENT_PATH, clientMetadata } from "./oauth-client.ts";
import { renewed, signInAgain } from "./renewal.ts";
import { signInFetch } from "./sign-in-fetch.ts";
import { tokenRequests } from "./token-requests.ts";

export interface SignInOptions {
  readonly server: string;
  /** Where the browser comes back to; null: nowhere, so nobody signs in, and only what was given before counts. */
  readonly redirectUrl: string | null;
  /** A public page that says who this client is; servers that do not read it are registered at. */
  readonly clientMetadataUrl?: string;
  /** A client that the server's owner has made for us. */
  readonly client?: StoredOAuthClientInformation;
  readonly clock: Clock;
  readonly place: SignInPlace;
  /** What the server names elsewhere is reached as the web tools reach it. */
  readonly web: WebAccess;
  /** Cuts off what is asked of the issuer. */
  readonly stopping: AbortSignal;
  /** A renewal is under way: whoever stops leaves it a while. */
  readonly onRenewal: (renewal: Promise<unknown>) => void;
}

/** After a renewal ahead of time has failed. */
const PAUSE_MS = 60_000;

/**
 * OAuth 2.1 at one server for one person. Signing in is the library's; renewing is ours, as it is done by one at a time: the
 * library never sees what a grant is renewed by.
 */
export class SignIn implements OAuthClientProvider {
  readonly #options: SignInOptions;
  #fetch: Fetch = () => Promise.reject(new Error("not connected"));
  #renewing: Promise<string | null> | null = null;
  #renewsAheadFrom = -Infinity;
  #found: OAuthDiscoveryState | undefined;
  #isBack = false;
  #verifier: string | null = null;
  /** The browser must go there; null: nobody has to sign in. */
  page: URL | null = null;
  /** Comes back with the browser: an answer to another question is refused. */
  readonly expected = randomBytes(24).toString("base64url");
  readonly clientMetadataUrl?: string;

  constructor(options: SignInOptions) {
    this.#options = options;
    if (options.clientMetadataUrl !== undefined) this.clientMetadataUrl = options.clientMetadataUrl;
  }

  get redirectUrl(): string {
    return this.#options.redirectUrl ?? "http://127.0.0.1";
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      ...clientMetadata(this.redirectUrl),
      application_type: isLoopback(hostOf(new URL(this.redirectUrl))) ? "native" : "web",
    };
  }

  state(): string {
    return this.expected;
  }

  async clientInformation(at?: OAuthClientInformationContext): Promise<StoredOAuthClientInformation | undefined> {
    const kept = await this.#kept();
    const { server, client } = this.#options;
    if (client !== undefined && at !== undefined) {
      // It was made at one issuer: that of the first sign-in.
      const [first] = Object.entries(kept.clients).find(([, { client_id }]) => client_id === client.client_id) ?? [];
      if (first !== undefined && first !== at.issuer) {
        throw new SparkyError(
          "unavailable",
          `the server ${server} wants you to sign in at ${shorten(at.issuer, 200)} by the client of its definition, which was used at ${shorten(first, 200)}`,
          { hint: `if it has moved, take its oauth out of mcp.json and write it anew, with a new client` },
        );
      }
    }
    const known = this.#clientAt(at?.issuer ?? "", kept);
    return known === undefined || at === undefined ? known : { ...known, issuer: at.issuer };
  }

  async saveClientInformation(client: StoredOAuthClientInformation, at?: OAuthClientInformationContext): Promise<void> {
    await this.#change((kept) => ({ ...kept, clients: { ...kept.clients, [at?.issuer ?? ""]: client } }));
  }

  /** For a request to the server, which names no issuer, it is renewed first if it is about to end. */
  async tokens(at?: OAuthClientInformationContext): Promise<StoredOAuthTokens | undefined> {
    let { grant, again } = await this.#kept();
    const now = this.#options.clock.now();
    if (grant === null || again !== null || (at !== undefined && at.issuer !== grant.issuer)) return undefined;
    const isDue = grant.renewAt !== null && now >= grant.renewAt && grant.tokens.refresh_token !== undefined;
    if (at === undefined && isDue && now >= this.#renewsAheadFrom) {
      try {
        await this.#renewed(grant.tokens.access_token);
      } catch {
        // It may be good for a while; the server says if it is not.
        this.#renewsAheadFrom = now + PAUSE_MS;
      }
      ({ grant, again } = await this.#kept());
      if (grant === null || again !== null) return undefined;
    }
    const shown = { ...grant.tokens };
    delete shown.refresh_token;
    return shown;
  }

  async saveTokens(tokens: StoredOAuthTokens, at?: OAuthClientInformationContext): Promise<void> {
    const issuer = at?.issuer ?? "";
    const found = this.#found ?? { authorizationServerUrl: issuer };
    const now = this.#options.clock.now();
    await this.#change((kept) => {
      const client = this.#clientAt(issuer, kept);
      const clients = client === undefined ? kept.clients : { ...kept.clients, [issuer]: client };
      return { clients, grant: granted(tokens, { issuer, found, client }, now), again: null, claim: null };
    });
  }

  redirectToAuthorization(page: URL): void {
    if (!/^https?:$/.test(page.protocol))
      throw new SparkyError("unavailable", "the server's sign-in is at no web page");
    this.page = page;
  }

  saveCodeVerifier(verifier: string): void {
    this.#verifier = verifier;
  }

  codeVerifier(): string {
    if (this.#verifier !== null) return this.#verifier;
    throw new SparkyError("unavailable", "this sign-in is not known any more", { hint: "sign in again" });
  }

  saveDiscoveryState(found: OAuthDiscoveryState): void {
    if (this.#options.redirectUrl === null) {
      throw new SparkyError("unavailable", `the server ${this.#options.server} wants you to sign in`, {
        hint: `start Sparky's server, then: sparky mcp login ${shellWord(this.#options.server)}`,
      });
    }
    this.#found = found;
  }

  /** A code is given back where the browser was sent for it; each sign-in that begins looks anew where that is. */
  discoveryState(): OAuthDiscoveryState | undefined {
    return this.#isBack ? this.#found : undefined;
  }

  /** What is known of a sign-in on its way; null: none is. */
  get begun(): BegunSignIn | null {
    return this.#verifier === null || this.#found === undefined
      ? null
      : { verifier: this.#verifier, found: this.#found };
  }

  /** The browser is back from what was begun here, or by another of this person's sign-ins at the server. */
  async goOn({ verifier, found }: BegunSignIn, work: () => Promise<void>): Promise<void> {
    this.#verifier = verifier;
    this.#found = found;
    this.#isBack = true;
    try {
      await work();
    } finally {
      this.#isBack = false;
    }
  }

  async invalidateCredentials(what: "all" | "client" | "tokens" | "verifier" | "discovery"): Promise<void> {
    if (what === "all" || what === "client") await this.#change((kept) => ({ ...kept, clients: {} }));
  }

  /** HTTP for the server at this address and its sign-in: a token that the server refuses is renewed once. */
  over(fetch: Fetch, own: URL): Fetch {
    const { server, web, stopping } = this.#options;
    const forTokens = tokenRequests(signInFetch(fetch, { server, own, web }), stopping);
    this.#fetch = forTokens;
    return async (url, init) => {
      const headers = new Headers(init?.headers);
      const used = /^Bearer (.+)$/.exec(headers.get("authorization") ?? "")?.[1];
      if (used === undefined) return forTokens(url, init);
      const response = await fetch(url, init);
      if (response.status !== 401) return response;
      const next = await this.#renewed(used);
      if (next === null) return response;
      await response.body?.cancel();
      headers.set("authorization", `Bearer ${next}`);
      const second = await fetch(url, { ...init, headers });
      if (second.status === 401) {
        await signInAgain(this.#options.place, next, "the server refuses what was given for it only now");
      }
      return second;
    };
  }

  /** All that wait for it here wait for the same. */
  #renewed(used: string): Promise<string | null> {
    if (this.#renewing !== null) return this.#renewing;
    const { server, place, clock, client, stopping, onRenewal } = this.#options;
    const renewing = renewed({ server, place, clock, fetch: this.#fetch, client, stopping }, used).finally(() => {
      this.#renewing = null;
    });
    this.#renewing = renewing;
    onRenewal(renewing.catch(() => null));
    return renewing;
  }

  #clientAt(issuer: string, { clients }: KeptSignIn): StoredOAuthClientInformation | undefined {
    if (this.#options.client !== undefined) return this.#options.client;
    const known = Object.hasOwn(clients, issuer) ? clients[issuer] : undefined;
    return known !== undefined && this.#comesBackHere(known) ? known : undefined;
  }

  /** The browser comes back only to where the client has said that it does. */
  #comesBackHere(client: StoredOAuthClientInformation): boolean {
    if ("redirect_uris" in client) return client.redirect_uris.includes(this.redirectUrl);
    return !client.client_id.endsWith(CLIENT_PATH) || client.client_id === this.clientMetadataUrl;
  }

  async #kept(): Promise<KeptSignIn> {
    return (await this.#options.place.read()) ?? NOTHING_KEPT;
  }

  async #change(update: (kept: KeptSignIn) => KeptSignIn): Promise<void> {
    await this.#options.place.change(update);
  }
}

/** What lets somebody go on who comes back from an issuer: all of it is secret. */
export interface BegunSignIn {
  /** Proves that whoever comes with the code is who has sent the browser for it. */
  readonly verifier: string;
  readonly found: OAuthDiscoveryState;
}

/** The person has to sign in at the server, by a browser. */
export class SignInNeeded extends SparkyError {
  readonly page: URL;
  readonly begun: BegunSignIn;

  constructor(server: string, page: URL, begun: BegunSignIn, cause: unknown) {
    super("unavailable", `the server ${server} wants you to sign in`, {
      hint: `sparky mcp login ${shellWord(server)}`,
      cause,
    });
    this.page = page;
    this.begun = begun;
  }
}
