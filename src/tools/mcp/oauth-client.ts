/** Who Sparky is to an issuer, where its browser comes back to this address. */

/** Of the page that says so, for issuers that read it. */
export const CLIENT_PATH = "/oauth/client.json";
export const CALLBACK_PATH = "/oauth/callback";

export const clientMetadata = (redirectUrl: string) => ({
  client_name: "Sparky",
  redirect_uris: [redirectUrl],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
});

/** The page's content. */
export const oauthClient = (base: string) => ({
  client_id: base + CLIENT_PATH,
  ...clientMetadata(base + CALLBACK_PATH),
});
