import { audited } from "../../store/audit/audit.ts";
import type { AuditKind } from "../../core/audit-kinds.ts";
import { listSchema } from "../../wire/api.ts";
import {
  approveToolsSchema,
  commandsSchema,
  type McpServers,
  mcpCallSchema,
  mcpLoginSchema,
  mcpLogoutSchema,
  mcpLogSchema,
  mcpResultSchema,
  mcpServerSchema,
  mcpServersSchema,
  newMcpServersSchema,
  oauthClientSchema,
  toolChangeSchema,
  toolSchema,
  toolUsageSchema,
} from "../../wire/mcp.ts";
import { toolUsage } from "../../store/overview/tool-usage.ts";
import type { User } from "../../wire/api.ts";
import type { ServerDeps } from "../deps.ts";
import { mayHere } from "../../store/people/access.ts";
import { AGENT_ID } from "../../store/people/user.ts";
import type { Auth } from "../sign-in/auth.ts";
import { sessionOf, toolSignInAnswer } from "./tool-sign-in.ts";
import { notFound } from "../../core/errors.ts";
import { oauthClient } from "../../tools/mcp/oauth-client.ts";
import { route, type Route } from "./route.ts";

const of = ({ id }: User) => ({ userId: id });

/** What of the servers is anybody's to see whose runs are given their tools: nothing of how they are reached or what they say. */
function given({ items }: McpServers, viewer: User): McpServers {
  const theirs = items.filter(
    ({ state, shared }) => state !== "disabled" && state !== "invalid" && (shared || viewer.id === AGENT_ID),
  );
  const shown = theirs.map((server) => ({
    ...server,
    ...{ reached: "", hint: null, pid: null, waiting: [], refused: [], warnings: [] },
    error: server.error === null ? null : "it cannot be used now; the owner of this instance sees why",
  }));
  return { items: shown, next: null, total: shown.length, file: "", problem: null };
}

/** Who this client is, for issuers that read it at this address: they do not need to be told otherwise. */
function clientPage(): Route {
  return route({
    method: "GET",
    path: "/oauth/client.json",
    right: null,
    summary: "Who Sparky is to servers that it signs you in at; only where it is reached by https.",
    answers: { 200: oauthClientSchema },
    async handle({ base }) {
      if (!base.startsWith("https:")) throw notFound("a public address of this server");
      return { status: 200, body: oauthClient(base) };
    },
  });
}

export function toolRoutes(deps: ServerDeps, auth: Auth, fonts: () => Promise<string>): readonly Route[] {
  const { mcp, store } = deps;
  /** What is done with one server, and is answered with what it is then. */
  const done = (
    path: `/${string}`,
    summary: string,
    act: (viewer: User, name: string) => Promise<void>,
    kind: AuditKind | null = null,
  ) =>
    route({
      method: "POST",
      path: `/api/mcp/servers/:name${path}`,
      right: "tools.manage",
      scope: "admin",
      summary,
      answers: { 200: mcpServerSchema },
      async handle({ viewer, params }) {
        await act(viewer, params.name);
        if (kind !== null) await audited(store, viewer, { kind, thing: params.name });
        return { status: 200, body: await mcp.server(of(viewer), params.name) };
      },
    });
  return [
    route({
      method: "GET",
      path: "/api/tools",
      right: "tools.see",
      summary: "The tools that the next run of yours is given, each with what a model call takes for it.",
      answers: { 200: listSchema(toolSchema) },
      async handle({ viewer }) {
        const items = await mcp.tools(of(viewer));
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "GET",
      path: "/api/tools/shell",
      right: "tools.manage",
      summary: "How commands are run here: in a sandbox, as the server’s own user, or not at all. For the owner.",
      answers: { 200: commandsSchema },
      handle: async () => ({ status: 200, body: await deps.shelter() }),
    }),
    route({
      method: "GET",
      path: "/api/tools/usage",
      right: "tools.see",
      summary: "What became of tools' calls in the newest runs of the last week, in chats that you may see.",
      answers: { 200: listSchema(toolUsageSchema) },
      async handle({ viewer }) {
        const items = [...(await toolUsage(store, viewer))];
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
    route({
      method: "PATCH",
      path: "/api/tools/:name",
      right: "tools.manage",
      scope: "admin",
      summary:
        "Says who may let a tool's calls happen, in `tools.json`; runs that work already go on as before. For the owner.",
      body: toolChangeSchema,
      answers: { 200: toolSchema },
      async handle({ viewer, params, body }) {
        const tool = await mcp.setPolicy(of(viewer), params.name, body.policy);
        await audited(store, viewer, { kind: "tool.policy", thing: params.name, detail: JSON.stringify(body.policy) });
        return { status: 200, body: tool };
      },
    }),
    route({
      method: "GET",
      path: "/api/mcp/servers",
      right: "tools.see",
      summary:
        "The tool servers of `mcp.json`, their state, and what waits for a yes. Who is not the owner is told of those that are " +
        "shared, and only their state and how many tools they have.",
      answers: { 200: mcpServersSchema },
      async handle({ viewer }) {
        const all = await mcp.servers(of(viewer));
        return { status: 200, body: mayHere(viewer, "tools.manage") ? all : given(all, viewer) };
      },
    }),
    route({
      method: "POST",
      path: "/api/mcp/servers",
      right: "tools.manage",
      scope: "admin",
      summary: "Adds servers to `mcp.json` as their own pages show them; nothing is started yet. For the owner.",
      body: newMcpServersSchema,
      answers: { 201: mcpServersSchema },
      async handle({ viewer, body }) {
        const added = await mcp.add(body.text);
        for (const name of added) await audited(store, viewer, { kind: "tool_server.added", thing: name });
        const all = await mcp.servers(of(viewer));
        const items = all.items.filter(({ name }) => added.includes(name));
        return { status: 201, body: { ...all, items, total: items.length } };
      },
    }),
    route({
      method: "DELETE",
      path: "/api/mcp/servers/:name",
      right: "tools.manage",
      scope: "admin",
      summary: "Takes a server out of `mcp.json` and ends it. For the owner.",
      answers: { 204: null },
      async handle({ viewer, params }) {
        await mcp.remove(params.name);
        await audited(store, viewer, { kind: "tool_server.removed", thing: params.name });
        return { status: 204 };
      },
    }),
    done("/test", "Starts a server, if it does not run, and looks at its tools. For the owner.", (viewer, name) =>
      mcp.test(of(viewer), name),
    ),
    done("/restart", "Ends a server for everybody and starts it anew. For the owner.", (viewer, name) =>
      mcp.restart(of(viewer), name),
    ),
    done(
      "/enable",
      "Lets runs have a server's tools again. For the owner.",
      (_, name) => mcp.enable(name, true),
      "tool_server.enabled",
    ),
    done(
      "/disable",
      "Ends a server, and gives no run its tools. For the owner.",
      (_, name) => mcp.enable(name, false),
      "tool_server.disabled",
    ),
    route({
      method: "POST",
      path: "/api/mcp/servers/:name/login",
      right: "tools.manage",
      scope: "admin",
      summary: "Begins to sign you in at a server elsewhere: the page that the browser has to open. For the owner.",
      answers: { 200: mcpLoginSchema },
      async handle({ viewer, params: { name }, headers, base }) {
        const session = await sessionOf(auth, headers);
        const from = session === null ? null : { session, base };
        return { status: 200, body: { name, page: await mcp.login(of(viewer), name, from) } };
      },
    }),
    route({
      method: "POST",
      path: "/api/mcp/servers/:name/logout",
      right: "tools.manage",
      scope: "admin",
      summary:
        "Signs you out at a server elsewhere, and forgets what it gave, even if it cannot be told. For the owner.",
      answers: { 200: mcpLogoutSchema },
      async handle({ viewer, params: { name } }) {
        return { status: 200, body: { name, ...(await mcp.logout(of(viewer), name)) } };
      },
    }),
    toolSignInAnswer(deps, auth, fonts),
    clientPage(),
    route({
      method: "POST",
      path: "/api/mcp/servers/:name/approve",
      right: "tools.manage",
      scope: "admin",
      lets: true,
      summary: "Says yes to tools that are new or changed, as they were shown. For the owner.",
      body: approveToolsSchema,
      answers: { 200: mcpServerSchema },
      async handle({ viewer, params, body }) {
        await mcp.approve(of(viewer), params.name, body.tool, body.digest);
        const thing = body.tool === undefined ? params.name : `${params.name} ${body.tool}`;
        await audited(store, viewer, { kind: "tool.approved", thing, detail: body.digest });
        return { status: 200, body: await mcp.server(of(viewer), params.name) };
      },
    }),
    route({
      method: "POST",
      path: "/api/mcp/servers/:name/call",
      right: "tools.manage",
      scope: "admin",
      summary: "Calls a tool, outside of any run. For the owner.",
      body: mcpCallSchema,
      answers: { 200: mcpResultSchema },
      async handle({ viewer, params, body }) {
        // Ahead of it: what it does elsewhere is done, whatever becomes of this process.
        const deed = { kind: "tool.called", thing: `${params.name} ${body.tool}` } as const;
        await audited(store, viewer, { ...deed, detail: JSON.stringify(body.args) });
        return { status: 200, body: await mcp.call(of(viewer), params.name, body.tool, body.args) };
      },
    }),
    route({
      method: "GET",
      path: "/api/mcp/servers/:name/logs",
      right: "tools.manage",
      summary: "The end of what a server has written to its error output, and what happened to it. For the owner.",
      answers: { 200: mcpLogSchema },
      async handle({ viewer, params }) {
        return { status: 200, body: { name: params.name, text: await mcp.log(of(viewer), params.name) } };
      },
    }),
  ];
}
