import type { ServerResponse } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { arrivals } from "./network/arrival.ts";
import { listen, urlOf, type Listener } from "./network/listener.ts";
import { SignInLimit } from "./sign-in/rate-limit.ts";
import type { LoginLink, User } from "../wire/api.ts";
import { Acting } from "./sign-in/acting.ts";
import { createAuth } from "./sign-in/auth.ts";
import { Identities } from "./sign-in/identities.ts";
import type { ServerDeps } from "./deps.ts";
import { createHttp, type RequestInfo } from "./http.ts";
import { secureHeaders } from "./http-headers.ts";
import { createLoginLink } from "./sign-in/login-link.ts";
import { originRules } from "./sign-in/origin.ts";
import { createSockets } from "./socket/sockets.ts";

/** Requests that still run when the server closes are cut after this long. */
const CLOSE_GRACE_MS = 1500;

export interface Server {
  /** Answers one request, whether the server listens or not. */
  fetch(request: Request, info?: RequestInfo): Promise<Response>;
  /** Throws `unavailable` with what to do when the address cannot be had. */
  listen(host: string, port: number): Promise<{ readonly url: string; readonly port: number }>;
  createLoginLink(user: User): Promise<LoginLink>;
  /** Stops accepting, closes sockets with 1012, lets requests end; within 5 s. */
  close(): Promise<void>;
}

export function createServer(deps: ServerDeps): Server {
  const { store, log } = deps;
  const tls = deps.tls ?? null;
  let url = urlOf(deps.host, deps.port, tls !== null);
  let listening: Listener | null = null;
  const running = new Set<ServerResponse>();
  const idle = Promise.withResolvers<void>();
  const closing = new AbortController();
  const identities = new Identities(store, log);
  const acting = new Acting(store);
  const auth = createAuth(store, deps.secret, log, identities);
  const origins = originRules(deps.host, deps.allowedHosts);
  const limit = new SignInLimit(store.clock);
  const still =
    <A extends readonly unknown[], R>(act: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      await acting.check();
      return act(...args);
    };
  const { mcp, models } = deps;
  const guarded: ServerDeps = {
    ...deps,
    store: acting.store,
    mcp: {
      tools: (person) => mcp.tools(person),
      toolsWithSecrets: (person) => mcp.toolsWithSecrets(person),
      servers: (person) => mcp.servers(person),
      server: (person, name) => mcp.server(person, name),
      log: (person, name) => mcp.log(person, name),
      resources: (person, query, limit) => mcp.resources(person, query, limit),
      prompts: (person) => mcp.prompts(person),
      prompt: (person, server, name, args) => mcp.prompt(person, server, name, args),
      add: still((text) => mcp.add(text)),
      remove: still((name) => mcp.remove(name)),
      enable: still((name, enabled) => mcp.enable(name, enabled)),
      test: still((person, name) => mcp.test(person, name)),
      login: still((person, name, from) => mcp.login(person, name, from)),
      logout: still((person, name) => mcp.logout(person, name)),
      signedIn: (answer, session) => mcp.signedIn(answer, session),
      restart: still((person, name) => mcp.restart(person, name)),
      approve: still((person, name, tool, digest) => mcp.approve(person, name, tool, digest)),
      decide: still((name, answer, by) => mcp.decide(name, answer, by)),
      call: still((person, name, tool, args) => mcp.call(person, name, tool, args)),
      setPolicy: still((person, name, policy) => mcp.setPolicy(person, name, policy)),
    },
    models: {
      id: () => models.id(),
      overview: () => models.overview(),
      check: (model) => models.check(model),
      choices: (chosen) => models.choices(chosen),
      test: (model) => models.test(model),
      tryOut: still((provider, wanted) => models.tryOut(provider, wanted)),
      // Once more: whoever was tried out for might have been signed out meanwhile.
      keep: still((provider, wanted) => models.keep(provider, wanted)),
      forget: still((provider) => models.forget(provider)),
      choose: still((model) => models.choose(model)),
    },
    stopRun: async (viewer, target) => {
      await acting.check();
      return deps.stopRun(viewer, target);
    },
    cancelTask: async (viewer, taskId) => {
      await acting.check();
      return deps.cancelTask(viewer, taskId);
    },
  };
  const signIn = { auth, identities, acting };
  const door = { origins, limit, arrival: arrivals(deps.behindProxy ?? []) };
  const answer = createHttp(guarded, { ...signIn, ...door, base: () => url, closing: closing.signal });
  const sockets = createSockets(guarded, signIn, door);

  return {
    fetch: answer,
    createLoginLink: (user) => createLoginLink(store, user, url),
    async listen(host, port) {
      const listener = getRequestListener(
        (request, { incoming }) =>
          answer(request, { remote: incoming.socket.remoteAddress ?? "", cut: () => incoming.destroy() }),
        { overrideGlobalObjects: false, errorHandler: notUnderstood },
      );
      const begun = await listen({ host, port }, tls, (request, response) => {
        running.add(response);
        response.once("close", () => {
          running.delete(response);
          if (running.size === 0 && listening === null) idle.resolve();
        });
        void listener(request, response);
      });
      const { server } = begun;
      server.on("upgrade", (request, socket, head) => sockets.upgrade(request, socket, head));
      server.on("error", (error) => log.error({ err: error }, "the listener failed"));
      listening = begun;
      url = begun.url;
      return { url, port: begun.port };
    },
    async close() {
      const begun = listening;
      listening = null;
      closing.abort();
      const closed = begun?.stopAccepting();
      const cancel = store.clock.after(CLOSE_GRACE_MS, () => idle.resolve());
      await sockets.close();
      identities[Symbol.dispose]();
      if (running.size > 0) await idle.promise;
      cancel();
      // What is left carries no request: browsers open connections ahead of need.
      begun?.cut();
      await closed;
    },
  };
}

function notUnderstood(): Response {
  const response = new Response("bad request\n", { status: 400 });
  secureHeaders(response.headers);
  return response;
}
