import type { StoredOAuthClientInformation } from "@modelcontextprotocol/client";
import type { Fetch } from "./http.ts";
import type { Grant } from "./kept-sign-in.ts";

/** Giving back what a person was given, at its issuer (RFC 7009). */

const REQUEST_MS = 10_000;

/** false: the issuer takes nothing back. Throws in words where it could not be told. */
export async function giveBack(
  { issuer, tokens, found }: Grant,
  client: StoredOAuthClientInformation | undefined,
  fetch: Fetch,
): Promise<boolean> {
  const { assertSecureTokenEndpoint, buildDiscoveryUrls, selectClientAuthMethod } =
    await import("@modelcontextprotocol/client");
  const metadata = found.authorizationServerMetadata;
  // Of OpenID Connect's metadata the library leaves it out.
  const isOpenId = metadata !== undefined && "jwks_uri" in metadata && !("revocation_endpoint" in metadata);
  const places = isOpenId ? buildDiscoveryUrls(found.authorizationServerUrl).filter(({ type }) => type === "oidc") : [];
  const said: { readonly [name: string]: unknown } = { ...metadata, ...(await firstOf(places, issuer, fetch)) };
  const endpoint = said["revocation_endpoint"];
  if (typeof endpoint !== "string") return false;
  if (client === undefined) throw new Error("this client is not known any more");
  const url = assertSecureTokenEndpoint(endpoint);
  const how = selectClientAuthMethod(
    client,
    words(said["revocation_endpoint_auth_methods_supported"] ?? said["token_endpoint_auth_methods_supported"]),
  );
  // With what it is renewed by the access ends too, at most servers: the other is told where there is none, and to be sure.
  const named = [
    ["refresh_token", tokens.refresh_token],
    ["access_token", tokens.access_token],
  ] as const;
  for (const [kind, token] of named) {
    if (token === undefined) continue;
    const headers = new Headers({ "content-type": "application/x-www-form-urlencoded" });
    const body = new URLSearchParams({ token, token_type_hint: kind });
    const secret = client.client_secret ?? "";
    if (how === "client_secret_basic") {
      headers.set("authorization", `Basic ${Buffer.from(`${client.client_id}:${secret}`).toString("base64")}`);
    } else {
      body.set("client_id", client.client_id);
      if (how === "client_secret_post") body.set("client_secret", secret);
    }
    await told(fetch, url, { method: "POST", headers, body });
  }
  return true;
}

/** What the issuer says of itself at the first of these places that has it. */
async function firstOf(
  places: readonly { readonly url: URL }[],
  issuer: string,
  fetch: Fetch,
): Promise<{ readonly [name: string]: unknown }> {
  for (const { url } of places) {
    const response = await fetch(url, { headers: { accept: "application/json" } });
    const said: unknown = response.ok ? await response.json() : (await response.body?.cancel(), null);
    if (typeof said === "object" && said !== null && "issuer" in said && said.issuer === issuer) return { ...said };
  }
  return {};
}

const words = (list: unknown): string[] =>
  Array.isArray(list) ? list.filter((each): each is string => typeof each === "string") : [];

/** What it does not know, it has no objection to: a success too. */
async function told(fetch: Fetch, url: URL, request: RequestInit): Promise<void> {
  const limit = new AbortController();
  const late = new Error(`it gave no answer within ${REQUEST_MS / 1000} s`);
  const timer = setTimeout(() => limit.abort(late), REQUEST_MS);
  try {
    const response = await fetch(url, { ...request, signal: limit.signal });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`it answered ${response.status} ${response.statusText}`.trim());
  } finally {
    clearTimeout(timer);
  }
}
