import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** What it does from now on; a test may change it at any time. */
export interface Ways {
  /** Of what it gives; left out where undefined. */
  expiresIn?: unknown;
  /** Whether what a grant is renewed by is good for one time, and another is given with the answer. */
  rotates: boolean;
  /** Before it answers a renewal that has happened; "cut": it never answers. */
  onRenewed: () => Promise<"answer" | "cut">;
  /** Where one signs in, if it is not here. */
  issuer: string | null;
  /** Whether it tells of itself as OpenID Connect does, and only so. */
  openId: boolean;
  /** Whether it reads who a client is where the client says. */
  readsClients: boolean;
  /** What comes back with the browser as its issuer; "": nothing. */
  iss: string | null;
  /** Whether it takes back what it gave. */
  revokes: boolean;
  /** Instead of a renewal, or of taking something back. */
  refuses: { readonly status: number; readonly body: object } | null;
}

/** A tool server over HTTP that wants a sign-in, with the sign-in's own server at the same address. */
export async function oauthServer(chosen: Partial<Ways> = {}) {
  const ways: Ways = {
    issuer: null,
    openId: false,
    readsClients: false,
    iss: null,
    expiresIn: 3600,
    rotates: true,
    onRenewed: async () => "answer",
    revokes: true,
    refuses: null,
    ...chosen,
  };
  const codes = new Map<string, { readonly challenge: string; readonly redirect: string }>();
  /** Those that are good now. */
  const tokens = new Set<string>();
  const renewals = new Set<string>();
  const revoked: string[] = [];
  const seen: string[] = [];
  let base = "";
  const answer = async (request: IncomingMessage): Promise<{ status: number; headers?: object; body?: object }> => {
    const url = new URL(request.url ?? "/", base);
    const body = await text(request);
    seen.push(`${request.method} ${url.pathname}`);
    switch (url.pathname) {
      case "/.well-known/oauth-protected-resource/mcp":
        return { status: 200, body: { resource: `${base}/mcp`, authorization_servers: [ways.issuer ?? base] } };
      case "/.well-known/oauth-authorization-server":
      case "/.well-known/openid-configuration":
        if (ways.openId === url.pathname.endsWith("server")) return { status: 404 };
        return {
          status: 200,
          body: {
            issuer: base,
            authorization_endpoint: `${base}/authorize`,
            token_endpoint: `${base}/token`,
            registration_endpoint: `${base}/register`,
            ...(ways.revokes && { revocation_endpoint: `${base}/revoke` }),
            ...(ways.openId && {
              jwks_uri: `${base}/jwks`,
              subject_types_supported: ["public"],
              id_token_signing_alg_values_supported: ["RS256"],
            }),
            client_id_metadata_document_supported: ways.readsClients,
            authorization_response_iss_parameter_supported: true,
            response_types_supported: ["code"],
            code_challenge_methods_supported: ["S256"],
            token_endpoint_auth_methods_supported: ["none"],
          },
        };
      case "/register":
        return { status: 201, body: { ...(JSON.parse(body) as object), client_id: randomUUID() } };
      case "/authorize": {
        const code = randomUUID();
        const redirect = url.searchParams.get("redirect_uri") ?? "";
        codes.set(code, { challenge: url.searchParams.get("code_challenge") ?? "", redirect });
        const location = `${redirect}?${new URLSearchParams({ code, state: url.searchParams.get("state") ?? "", ...(ways.iss !== "" && { iss: ways.iss ?? base }) }).toString()}`;
        return { status: 302, headers: { location } };
      }
      case "/token": {
        const form = new URLSearchParams(body);
        seen.push(`token ${form.get("grant_type")}`);
        if (form.get("grant_type") === "refresh_token") return renewed(form);
        const known = codes.get(form.get("code") ?? "");
        codes.delete(form.get("code") ?? "");
        const proof = createHash("sha256")
          .update(form.get("code_verifier") ?? "")
          .digest("base64url");
        if (known === undefined || known.challenge !== proof || form.get("resource") !== `${base}/mcp`) {
          return { status: 400, body: { error: "invalid_grant" } };
        }
        return { status: 200, body: given(true) };
      }
      case "/revoke": {
        const form = new URLSearchParams(body);
        const token = form.get("token") ?? "";
        revoked.push(token);
        renewals.delete(token);
        tokens.delete(token);
        return ways.refuses ?? { status: form.get("client_id") === null ? 401 : 200 };
      }
      default:
        return serve(request, body);
    }
  };
  const given = (renewable: boolean) => {
    const [access, renewal] = [randomUUID(), randomUUID()];
    tokens.add(access);
    if (renewable) renewals.add(renewal);
    return {
      ...{ access_token: access, token_type: "Bearer", expires_in: ways.expiresIn },
      ...(renewable && { refresh_token: renewal }),
    };
  };
  const renewed = async (form: URLSearchParams) => {
    if (ways.refuses !== null) return ways.refuses;
    const by = form.get("refresh_token") ?? "";
    if (!renewals.has(by) || form.get("client_id") === null || form.get("resource") !== `${base}/mcp`) {
      return { status: 400, body: { error: "invalid_grant" } };
    }
    if (ways.rotates) renewals.delete(by);
    const body = given(ways.rotates);
    return (await ways.onRenewed()) === "cut" ? { status: 0 } : { status: 200, body };
  };
  const serve = (request: IncomingMessage, body: string) => {
    const metadata = `${base}/.well-known/oauth-protected-resource/mcp`;
    if (!tokens.has(/^Bearer (.*)$/.exec(request.headers.authorization ?? "")?.[1] ?? "")) {
      return { status: 401, headers: { "www-authenticate": `Bearer resource_metadata="${metadata}"` } };
    }
    if (request.method !== "POST") return { status: 405 };
    const { id, method } = JSON.parse(body) as { readonly id?: number; readonly method: string };
    if (id === undefined) return { status: 202 };
    const results: { readonly [method: string]: object } = {
      initialize: {
        protocolVersion: "2025-11-25",
        capabilities: { tools: {} },
        serverInfo: { name: "closed", version: "1" },
      },
      "tools/list": { tools: [{ name: "echo", inputSchema: { type: "object" } }] },
      "tools/call": { content: [{ type: "text", text: "for who is signed in" }] },
    };
    const result = results[method];
    const error = { code: -32_601, message: "no such method" };
    return { status: 200, body: { jsonrpc: "2.0", id, ...(result === undefined ? { error } : { result }) } };
  };
  const server = createServer((request, response) => {
    void answer(request).then(({ status, headers = {}, body }) => {
      if (status === 0) return void request.socket.destroy();
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  return {
    url: `${base}/mcp`,
    seen,
    tokens,
    renewals,
    revoked,
    ways,
    /** How often it was asked for a renewal. */
    asked: () => seen.filter((each) => each === "token refresh_token").length,
    async [Symbol.asyncDispose](): Promise<void> {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
