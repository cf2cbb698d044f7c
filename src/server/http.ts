import { Hono } from "hono";
import { isSparkyError, SparkyError } from "../core/errors.ts";
import type { User } from "../wire/api.ts";
import { errorBody } from "../wire/errors.ts";
import { openApiDocument, scopesFor } from "../wire/openapi.ts";
import type { Credential, Identity } from "../store/people/identity.ts";
import { requirePerson, requireScope, requireWholeToken } from "./sign-in/scope.ts";
import type { Acting } from "./sign-in/acting.ts";
import type { Auth } from "./sign-in/auth.ts";
import type { Door } from "./sign-in/door.ts";
import type { Identities } from "./sign-in/identities.ts";
import type { ServerDeps } from "./deps.ts";
import { secureHeaders } from "./http-headers.ts";
import type { Arrival } from "./network/arrival.ts";
import { readJson } from "./input.ts";
import { mustMay } from "./sign-in/must-may.ts";
import { isSafeWay, onlyBySafeWay, withPlainCookies } from "./sign-in/session-cookie.ts";
import { signInPages } from "./sign-in/pages.ts";
import { builtFonts } from "./sign-in/built-fonts.ts";
import { passkeyPlace } from "./sign-in/passkey-place.ts";
import { passkeyPages } from "./sign-in/passkey-pages.ts";
import { passkeys as openPasskeys } from "./sign-in/passkeys.ts";
import type { RawCall, Reply, Route } from "./routes/route.ts";
import { activityRoutes } from "./routes/activity.ts";
import { preferenceRoutes } from "./routes/preferences.ts";
import { passkeyRoutes } from "./routes/passkeys.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { questionRoutes } from "./routes/questions.ts";
import { awayRoutes } from "./routes/away.ts";
import { changeRoutes } from "./routes/changes.ts";
import { WaitingSkills } from "../skills/waiting.ts";
import { blobRoutes } from "./routes/blobs.ts";
import { fileRoutes } from "./routes/files.ts";
import { bulkRoutes } from "./routes/bulk.ts";
import { chatRoutes } from "./routes/chats.ts";
import { runRoutes } from "./routes/runs.ts";
import { shareRoutes } from "./routes/shares.ts";
import { chatLinkRoutes } from "./routes/chat-links.ts";
import { dataRoutes } from "./routes/data.ts";
import { graphFileRoutes } from "./routes/graph-files.ts";
import { graphRoutes } from "./routes/graph.ts";
import { graphChangeRoutes } from "./routes/graph-changes.ts";
import { graphMendingRoutes } from "./routes/graph-mending.ts";
import { factRoutes } from "./routes/facts.ts";
import { limitRoutes } from "./routes/limits.ts";
import { peopleRoutes } from "./routes/people.ts";
import { recallRoutes } from "./routes/recall.ts";
import { searchRoutes } from "./routes/search.ts";
import { systemRoutes } from "./routes/system.ts";
import { modelRoutes } from "./routes/models.ts";
import { secretRoutes } from "./routes/secrets.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { skillRoutes } from "./routes/skills.ts";
import { auditRoutes } from "./routes/audit.ts";
import { workRoutes } from "./routes/work.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { statsRoutes } from "./routes/stats.ts";
import { taskRoutes } from "./routes/tasks.ts";
import { offerRoutes } from "./routes/offers.ts";
import { toolRoutes } from "./routes/tools.ts";
import type { McpDoor } from "./mcp/door.ts";
import { staticFiles } from "./static-files.ts";
import { streamRoutes } from "./routes/stream.ts";

/** How a request came in. */
export interface RequestInfo {
  /** Speaks for this user, without a sign-in: for callers inside this process. */
  readonly viewer?: User;
  /** The peer's address. */
  readonly remote?: string;
  /** Destroys the connection. */
  readonly cut?: () => void;
}

/** The same, as far as is known of the caller behind the peer. */
interface Came extends RequestInfo {
  readonly arrival: Arrival;
  /** With cookies as the account library names them. */
  readonly headers: Headers;
}

export interface HttpParts extends Door {
  readonly auth: Auth;
  readonly identities: Identities;
  readonly acting: Acting;
  /** The address for links, when the request does not say one. */
  base(): string;
  /** Aborts when the server closes: answers that wait end. */
  readonly closing: AbortSignal;
}

/** Who sent a request; without a credential, a caller inside this process or anybody at all. */
interface Caller {
  readonly user: User;
  readonly credential: Credential | null;
  readonly scopes?: Identity["scopes"];
  readonly cookies: readonly string[];
}

/** The HTTP side as a function: no sockets, no listener. It never rejects. */
export function createHttp(
  deps: ServerDeps,
  parts: HttpParts,
): (request: Request, info?: RequestInfo) => Promise<Response> {
  const { log, store } = deps;
  const { auth, identities, acting, origins, limit } = parts;
  const waitingSkills = new WaitingSkills(store, deps.skillRoots);
  const fonts = builtFonts(deps.webRoot);
  const passkeys = openPasskeys(deps);
  const routes = [
    ...systemRoutes(deps, auth, waitingSkills),
    ...peopleRoutes(deps, auth, identities),
    ...passkeyRoutes(deps, { auth, identities, passkeys }),
    ...limitRoutes(deps),
    ...workRoutes(deps),
    ...preferenceRoutes(deps),
    ...bulkRoutes(deps, parts.closing),
    ...chatRoutes(deps),
    ...shareRoutes(deps),
    ...chatLinkRoutes(deps),
    ...runRoutes(deps),
    ...streamRoutes(deps, parts.closing),
    ...taskRoutes(deps),
    ...activityRoutes(deps),
    ...scheduleRoutes(deps),
    ...skillRoutes(deps),
    ...secretRoutes(deps),
    ...approvalRoutes(deps),
    ...questionRoutes(deps),
    ...awayRoutes(deps, waitingSkills),
    ...changeRoutes(deps, waitingSkills),
    ...blobRoutes(deps),
    ...fileRoutes(deps),
    ...graphRoutes(deps, parts.closing),
    ...graphFileRoutes(deps, parts.closing),
    ...graphChangeRoutes(deps),
    ...graphMendingRoutes(deps),
    ...modelRoutes(deps),
    ...toolRoutes(deps, auth, fonts),
    ...offerRoutes(deps),
    ...searchRoutes(deps),
    ...recallRoutes(deps),
    ...factRoutes(deps),
    ...dataRoutes(deps),
    ...statsRoutes(deps),
    ...auditRoutes(deps),
    ...tokenRoutes(deps, identities),
  ];
  const files = staticFiles(deps.webRoot);
  const app = new Hono<{ Bindings: Came }>();

  async function signedIn({ viewer, arrival, headers }: Came): Promise<Caller> {
    if (viewer !== undefined) return { user: viewer, credential: null, cookies: [] };
    const session = await auth.identify(headers, true);
    if (session !== null) return session;
    // Only those who fail are slowed down: others behind the same address, as behind a router, go on.
    if (headers.has("authorization")) {
      limit.check(arrival.address);
      limit.failed(arrival.address);
    }
    throw auth.refusal(headers);
  }

  async function serve(route: Route, request: Request, came: Came, params: { readonly [name: string]: string }) {
    const anybody = { user: { id: "", name: "", role: "member" as const }, credential: null, cookies: [] };
    const caller: Caller = route.doc.right === null ? anybody : await signedIn(came);
    requireScope(caller.scopes, scopesFor(route.doc));
    if (route.doc.lets) requirePerson(caller.credential, deps.approveBy);
    if (route.doc.letsIn) requireWholeToken(caller.scopes, deps.approveBy);
    const { user: viewer, credential, cookies } = caller;
    if (route.doc.right !== null) mustMay(viewer, route.doc.right);
    const identity = credential === null ? null : { user: viewer, credential };
    const url = new URL(request.url);
    const safe = isSafeWay(request.headers, came.arrival, deps.secret);
    const call: RawCall = {
      viewer,
      credential,
      params,
      query: Object.fromEntries(url.searchParams),
      headers: came.headers,
      base: came.viewer === undefined ? baseOf(came.arrival.host ?? url.host, safe) : parts.base(),
      json: async () => {
        const body = await readJson(request);
        return route.doc.keepsSecrets ? body : store.secrets.value(body);
      },
      request,
      cut: came.cut,
      hold: () => (identity === null ? null : identities.hold(identity)),
    };
    const reply = await acting.as(identity, () => route.run(call));
    const kept = [...cookies, ...(reply instanceof Response ? [] : (reply.cookies ?? []))];
    const set = safe ? kept.map(onlyBySafeWay) : kept;
    return reply instanceof Response
      ? withCookies(reply, set)
      : json({ ...reply, body: store.secrets.value(reply.body), cookies: set });
  }

  for (const route of routes) {
    app.on(route.doc.method, route.doc.path, (c) => serve(route, c.req.raw, c.env, c.req.param()));
  }
  let door: Promise<McpDoor> | null = null;
  const openDoor = async (): Promise<McpDoor> => {
    const { createDoor } = await import("./mcp/door.ts");
    const { version, serveMcp: serve } = deps;
    const doorParts = { log, version, closing: parts.closing, ...(serve !== undefined && { serve }) };
    return createDoor(async (request) => app.fetch(request, inside(request)), doorParts);
  };
  app.all("/mcp", async (c) => {
    try {
      // No cookie opens it: it is for programs, and they have a token.
      const caller = c.req.raw.headers.has("authorization") ? await signedIn(c.env) : null;
      if (caller === null || caller.credential === null) throw noToken();
      const { user, credential } = caller;
      const opened = await (door ??= openDoor());
      return await opened.answer(c.req.raw, identities.hold({ user, credential }), c.env.cut);
    } catch (error) {
      const refused = failure(error);
      if (refused.status === 401) refused.headers.set("www-authenticate", "Bearer");
      return refused;
    }
  });
  let document: object | null = null;
  app.get("/openapi.json", () => {
    document ??= openApiDocument(
      routes.map((route) => route.doc),
      deps.version,
    );
    return json({ status: 200, body: document });
  });
  const pages = signInPages({ deps, auth, limit, fonts });
  const cameBy = (request: Request, { arrival, headers }: Came) => ({ request, arrival, headers });
  app.get("/login", (c) => pages.login(cameBy(c.req.raw, c.env)));
  app.post("/login", (c) => pages.signIn(cameBy(c.req.raw, c.env)));
  const byPasskey = passkeyPages({ deps, auth, limit, passkeys });
  const atPlace = (request: Request, { arrival, headers }: Came) => {
    const base = baseOf(arrival.host ?? new URL(request.url).host, isSafeWay(request.headers, arrival, deps.secret));
    return { request, arrival, headers, place: passkeyPlace(base) };
  };
  app.post("/login/passkey/begin", (c) => byPasskey.begin(atPlace(c.req.raw, c.env)));
  app.post("/login/passkey", (c) => byPasskey.signIn(atPlace(c.req.raw, c.env)));
  app.get("/invite", (c) => pages.invite(cameBy(c.req.raw, c.env)));
  app.post("/invite", (c) => pages.accept(cameBy(c.req.raw, c.env)));
  app.notFound((c) => {
    const { method, path } = c.req;
    const page = method === "GET" || method === "HEAD";
    if (page && !/^\/(api(\/|$)|ws$|\.well-known\/)/.test(path)) return files(c.req.raw);
    throw new SparkyError("not_found", `there is no ${method} ${path}`, { hint: "GET /openapi.json lists the routes" });
  });
  app.onError((error) => failure(error));

  function failure(error: unknown): Response {
    const { status, body } = errorBody(error);
    if (status >= 500) log[isSparkyError(error) ? "warn" : "error"]({ err: error }, "a request failed");
    return json({ status, body });
  }

  return async (request, info = {}) => {
    const url = new URL(request.url);
    const started = store.clock.now();
    let response: Response;
    try {
      const { method, headers: sent } = request;
      const peer = { address: info.remote ?? "", host: sent.get("host") ?? url.host, encrypted: isTls(url) };
      const arrival = parts.arrival(peer, (name) => sent.get(name));
      if (info.viewer === undefined) origins.check({ method, host: arrival.host, origin: sent.get("origin") });
      const headers = withPlainCookies(sent, arrival, deps.secret);
      response = await app.fetch(request, { ...info, arrival, headers });
    } catch (error) {
      response = failure(error);
    }
    secureHeaders(response.headers);
    // The path without its query: a sign-in link's token is there.
    log.debug(
      { method: request.method, path: url.pathname, status: response.status, ms: store.clock.now() - started },
      "request",
    );
    return response;
  };
}

const isTls = ({ protocol }: URL): boolean => protocol === "https:";

/** As the caller knows this server: `https://sparky.example`. */
const baseOf = (host: string, safe: boolean): string => new URL(`${safe ? "https" : "http"}://${host}`).origin;

/** A request that another one has made here: it has that one's token, which has been found right. */
function inside({ headers, url }: Request): Came {
  return { arrival: { address: "", host: new URL(url).host, encrypted: false }, headers };
}

const noToken = (): SparkyError =>
  new SparkyError("unauthenticated", "this needs an API token", {
    hint: "send the header Authorization: Bearer TOKEN",
  });

function json({ status, body, cookies = [] }: Reply): Response {
  const headers = new Headers();
  if (body !== undefined) headers.set("content-type", "application/json; charset=utf-8");
  return withCookies(new Response(body === undefined ? null : JSON.stringify(body), { status, headers }), cookies);
}

function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
