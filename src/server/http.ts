import { Hono } from "hono";
import { isSparkyError, SparkyError } from "../core/errors.ts";
import type { User } from "../wire/api.ts";
import { errorBody } from "../wire/errors.ts";
import { openApiDocument } from "../wire/openapi.ts";
import type { Credential } from "../store/people/identity.ts";
import type { Acting } from "./sign-in/acting.ts";
import type { Auth } from "./sign-in/auth.ts";
import type { Identities } from "./sign-in/identities.ts";
import type { ServerDeps } from "./deps.ts";
import { SECURITY_HEADERS } from "./http-headers.ts";
import { readJson, readText } from "./input.ts";
import { isSecure, onlyBySafeWay } from "./sign-in/secure.ts";
import { isLinkToken, nameOfLink } from "./sign-in/login-link.ts";
import { signInPage, spentLinkPage } from "./sign-in/login-page.ts";
import type { OriginRules } from "./sign-in/origin.ts";
import type { SignInLimit } from "./sign-in/rate-limit.ts";
import type { RawCall, Reply, Route } from "./routes/route.ts";
import { activityRoutes } from "./routes/activity.ts";
import { approvalRoutes } from "./routes/approvals.ts";
import { questionRoutes } from "./routes/questions.ts";
import { awayRoutes } from "./routes/away.ts";
import { changeRoutes } from "./routes/changes.ts";
import { WaitingSkills } from "../skills/waiting.ts";
import { blobRoutes } from "./routes/blobs.ts";
import { chatRoutes } from "./routes/chats.ts";
import { runRoutes } from "./routes/runs.ts";
import { dataRoutes } from "./routes/data.ts";
import { graphRoutes } from "./routes/graph.ts";
import { searchRoutes } from "./routes/search.ts";
import { systemRoutes } from "./routes/system.ts";
import { modelRoutes } from "./routes/models.ts";
import { secretRoutes, SECRETS_PATH } from "./routes/secrets.ts";
import { scheduleRoutes } from "./routes/schedules.ts";
import { skillRoutes } from "./routes/skills.ts";
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

export interface HttpParts {
  readonly auth: Auth;
  readonly identities: Identities;
  readonly acting: Acting;
  readonly origins: OriginRules;
  readonly limit: SignInLimit;
  /** The address for links, when the request does not say one. */
  base(): string;
  /** Aborts when the server closes: answers that wait end. */
  readonly closing: AbortSignal;
}

/** Who sent a request; without a credential, a caller inside this process or anybody at all. */
interface Caller {
  readonly user: User;
  readonly credential: Credential | null;
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
  const routes = [
    ...systemRoutes(deps, auth, waitingSkills),
    ...chatRoutes(deps),
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
    ...graphRoutes(deps),
    ...modelRoutes(deps),
    ...toolRoutes(deps, auth),
    ...offerRoutes(deps),
    ...searchRoutes(deps),
    ...dataRoutes(deps),
    ...statsRoutes(deps),
  ];
  const files = staticFiles(deps.webRoot);
  const app = new Hono<{ Bindings: RequestInfo }>();

  async function signedIn(request: Request, info: RequestInfo): Promise<Caller> {
    if (info.viewer !== undefined) return { user: info.viewer, credential: null, cookies: [] };
    const caller = info.remote ?? "";
    const session = await auth.identify(request.headers, true);
    if (session !== null) return session;
    // Only those who fail are slowed down: others behind the same address, as behind a proxy, go on.
    if (request.headers.has("authorization")) {
      limit.check(caller);
      limit.failed(caller);
    }
    throw auth.refusal(request.headers);
  }

  async function serve(route: Route, request: Request, info: RequestInfo, params: { readonly [name: string]: string }) {
    const anybody = { user: { id: "", name: "", role: "member" as const }, credential: null, cookies: [] };
    const { user: viewer, credential, cookies } = route.doc.open ? anybody : await signedIn(request, info);
    const identity = credential === null ? null : { user: viewer, credential };
    const url = new URL(request.url);
    const call: RawCall = {
      viewer,
      params,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      base: info.viewer === undefined ? url.origin : parts.base(),
      json: async () => {
        const body = await readJson(request);
        return route.doc.path.startsWith(SECRETS_PATH) ? body : store.secrets.value(body);
      },
      request,
      cut: info.cut,
      hold: () => (identity === null ? null : identities.hold(identity)),
    };
    const reply = await acting.as(identity, () => route.run(call));
    const kept = [...cookies, ...(reply instanceof Response ? [] : (reply.cookies ?? []))];
    const set = isSecure(request, deps.allowedHosts) ? kept.map(onlyBySafeWay) : kept;
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
    return createDoor(async (request) => app.fetch(request, {}), doorParts);
  };
  app.all("/mcp", async (c) => {
    try {
      // No cookie opens it: it is for programs, and they have a token.
      const caller = c.req.raw.headers.has("authorization") ? await signedIn(c.req.raw, c.env) : null;
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
  // Whatever fetches an address, as a preview, a prefetch or another site's image does, neither spends a link nor counts.
  app.get("/login", async (c) => {
    const token = c.req.query("token") ?? "";
    if (token === "") return files(c.req.raw);
    const name = await nameOfLink(store, token);
    return name === null ? spentLinkPage() : signInPage(token, name);
  });
  // Only a page of ours sends this: its origin has been checked. A good link is never refused for what others tried.
  app.post("/login", async (c) => {
    const caller = c.env.remote ?? "";
    const token = new URLSearchParams(await readText(c.req.raw)).get("token") ?? "";
    const session = isLinkToken(token) ? await auth.signIn(token, c.req.raw.headers) : null;
    if (session === null) {
      limit.check(caller);
      limit.failed(caller);
      return spentLinkPage();
    }
    log.info({ user: session.user.name }, "signed in by link");
    return withCookies(
      new Response(null, { status: 303, headers: { location: "/", "cache-control": "no-store" } }),
      isSecure(c.req.raw, deps.allowedHosts) ? session.cookies.map(onlyBySafeWay) : session.cookies,
    );
  });
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
      if (info.viewer === undefined) {
        const host = request.headers.get("host") ?? url.host;
        origins.check({ method: request.method, host, origin: request.headers.get("origin") });
      }
      response = await app.fetch(request, info);
    } catch (error) {
      response = failure(error);
    }
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
      if (name !== "referrer-policy" || !response.headers.has(name)) response.headers.set(name, value);
    }
    // The path without its query: a sign-in link's token is there.
    log.debug(
      { method: request.method, path: url.pathname, status: response.status, ms: store.clock.now() - started },
      "request",
    );
    return response;
  };
}

const noToken = (): SparkyError =>
  new SparkyError("unauthenticated", "this needs an API token", {
    hint: "send the header Authorization: Bearer TOKEN",
  });

function json({ status, body, cookies = [] }: Reply): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  if (body !== undefined) headers.set("content-type", "application/json; charset=utf-8");
  return withCookies(new Response(body === undefined ? null : JSON.stringify(body), { status, headers }), cookies);
}

function withCookies(response: Response, cookies: readonly string[]): Response {
  for (const cookie of cookies) response.headers.append("set-cookie", cookie);
  return response;
}
