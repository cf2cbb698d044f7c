import { randomBytes } from "node:crypto";
import type {
  OAuthClientInformationContext,
  OAuthClientMetadata,
  OAuthClientProvider,
  StoredOAuthClientInformation,
  StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import { SparkyError } from "../../core/errors.ts";

/** What is kept of a person's sign-in at a server, sealed: all of it lets somebody in. */
export interface KeptSignIn {
  /** By the issuer that gave them: never shown to another. */
  readonly clients: { readonly [issuer: string]: StoredOAuthClientInformation };
  readonly tokens: { readonly [issuer: string]: StoredOAuthTokens };
  /** Whose tokens were saved last. */
  readonly issuer: string | null;
  readonly verifier: string | null;
}

export interface SignInOptions {
  /** Where the browser comes back to. */
  readonly redirectUrl: string;
  /** A public page that says who this client is; servers that do not read it are registered at. */
  readonly clientMetadataUrl?: string;
  /** A client that the server's owner has made for us. */
  readonly client?: StoredOAuthClientInformation;
  read(): Promise<KeptSignIn | null>;
  /** Durable before it returns: new tokens are kept before they are used. */
  write(kept: KeptSignIn): Promise<void>;
}

const NOTHING: KeptSignIn = { clients: {}, tokens: {}, issuer: null, verifier: null };

/** OAuth 2.1 at one server for one person, by the library: what it needs to know is kept here. */
export class SignIn implements OAuthClientProvider {
  readonly #options: SignInOptions;
  /** The tokens that were used last. */
  #seen = "{}";
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
    return this.#options.redirectUrl;
  }

  get clientMetadata(): OAuthClientMetadata {
    return {
      client_name: "Sparky",
      redirect_uris: [this.redirectUrl],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      application_type: "native",
    };
  }

  state(): string {
    return this.expected;
  }

  async clientInformation(at?: OAuthClientInformationContext): Promise<StoredOAuthClientInformation | undefined> {
    return this.#options.client ?? own((await this.#kept()).clients, at?.issuer ?? "");
  }

  async saveClientInformation(client: StoredOAuthClientInformation, at?: OAuthClientInformationContext): Promise<void> {
    const kept = await this.#kept();
    await this.#options.write({ ...kept, clients: { ...kept.clients, [at?.issuer ?? ""]: client } });
  }

  async tokens(at?: OAuthClientInformationContext): Promise<StoredOAuthTokens | undefined> {
    const { tokens, issuer } = await this.#kept();
    this.#seen = JSON.stringify(tokens);
    return own(tokens, at?.issuer ?? issuer ?? "");
  }

  async saveTokens(tokens: StoredOAuthTokens, at?: OAuthClientInformationContext): Promise<void> {
    const kept = await this.#kept();
    const issuer = at?.issuer ?? "";
    await this.#options.write({ ...kept, issuer, verifier: null, tokens: { ...kept.tokens, [issuer]: tokens } });
  }

  redirectToAuthorization(page: URL): void {
    if (!/^https?:$/.test(page.protocol))
      throw new SparkyError("unavailable", "the server's sign-in is at no web page");
    this.page = page;
  }

  async saveCodeVerifier(verifier: string): Promise<void> {
    await this.#options.write({ ...(await this.#kept()), verifier });
  }

  async codeVerifier(): Promise<string> {
    const { verifier } = await this.#kept();
    if (verifier !== null) return verifier;
    throw new SparkyError("unavailable", "this sign-in is not known any more", { hint: "sign in again" });
  }

  async invalidateCredentials(what: "all" | "client" | "tokens" | "verifier" | "discovery"): Promise<void> {
    const kept = await this.#kept();
    // Another node was quicker to renew them: what it has kept is good.
    if (what === "tokens" && JSON.stringify(kept.tokens) !== this.#seen) return;
    const isAll = what === "all";
    await this.#options.write({
      ...kept,
      ...((isAll || what === "client") && { clients: {} }),
      ...((isAll || what === "tokens") && { tokens: {}, issuer: null }),
      ...((isAll || what === "verifier") && { verifier: null }),
    });
  }

  async #kept(): Promise<KeptSignIn> {
    return (await this.#options.read()) ?? NOTHING;
  }
}

function own<T>(values: { readonly [name: string]: T }, name: string): T | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** The person has to sign in at the server, by a browser; `finish` takes what the browser comes back with. */
export class SignInNeeded extends SparkyError {
  readonly page: URL;
  readonly finish: (answer: URLSearchParams) => Promise<void>;

  constructor(server: string, page: URL, finish: (answer: URLSearchParams) => Promise<void>, cause: unknown) {
    super("unavailable", `the server ${server} wants you to sign in`, { hint: `sparky mcp login ${server}`, cause });
    this.page = page;
    this.finish = finish;
  }
}
