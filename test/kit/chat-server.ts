import { join } from "node:path";
import { onTestFinished } from "vitest";
import { shownContext } from "../../src/agent/shown-context.ts";
import { Windows } from "../../src/agent/window.ts";
import { createServer, type Server } from "../../src/server/app.ts";
import type { ServerDeps } from "../../src/server/deps.ts";
import type { Log } from "../../src/core/log.ts";
import { requestStop, stopWorkOf } from "../../src/store/endings/stop.ts";
import { createRegistry } from "../../src/tools/registry.ts";
import type { Store } from "../../src/store/database/store.ts";
import { cancelTask } from "../../src/store/tasks/change.ts";
import { createToken } from "../../src/store/people/tokens.ts";
import type { User } from "../../src/store/people/user.ts";
import { mcpAdmin } from "./mcp/admin.ts";
import { modelSetup } from "./model-setup.ts";
import { scriptedModel } from "./scripted-model.ts";
import { people } from "./members.ts";
import { tempHome } from "./temp-home.ts";

export interface Logged {
  readonly level: string;
  readonly message: string;
}

export interface ChatServer {
  readonly server: Server;
  readonly people: { readonly owner: User; readonly agent: User; readonly ann: User; readonly bob: User };
  readonly logged: Logged[];
  readonly token: (user: User) => Promise<string>;
  /** One request as this user, through the router and without a socket; the answer's body parsed. */
  readonly as: (user: User, method: string, path: string, body?: unknown) => Promise<{ status: number; body: Body }>;
  /** Starts listening on a free port of loopback; the address. */
  readonly listen: () => Promise<string>;
}

/** A test reads what it expects; a wrong guess fails its assertion. */
// oxlint-disable-next-line typescript/no-explicit-any
type Body = any;

const SHIPPED = join(import.meta.dirname, "../../skills");

export const SECRET = "a secret that is long enough for cookies";

/** A chat server over a store, with no loop behind it; closed when the test ends. */
export async function chatServer(store: Store, options: Partial<ServerDeps> = {}): Promise<ChatServer> {
  const logged: Logged[] = [];
  const server = createServer({
    store,
    log: recorder(logged),
    version: "0.0.0-test",
    startedAt: store.clock.now(),
    agentLoop: false,
    secret: SECRET,
    host: "127.0.0.1",
    port: 8000,
    allowedHosts: [],
    models: options.models ?? modelSetup({}, await tempHome()),
    shelter: async () => ({ kind: "off", why: null, remedy: null }),
    mcp: mcpAdmin(store, { home: "/nonexistent", ownerId: "nobody" }).admin,
    webRoot: null,
    skillRoots: { home: "/nowhere", personal: "/nowhere", shipped: SHIPPED, workspaces: "/nowhere" },
    async stopRun(viewer, target) {
      const { runId } = await requestStop(store, viewer, target);
      return { runId };
    },
    async stopWorkOf(by, userId, why) {
      await stopWorkOf(store, by, userId, why);
    },
    async cancelTask(viewer, taskId) {
      const { runId } = await cancelTask(store, viewer, taskId);
      return { runId };
    },
    async contextOf(viewer, chatId, at) {
      const { modelFor, registry } = { modelFor: () => scriptedModel([]), registry: createRegistry<never>([]) };
      const now = {
        windows: new Windows(),
        timeZone: "UTC",
        toolsNow: async () => registry,
        skillsNow: async () => "",
      };
      return shownContext({ store, modelFor, ...now }, viewer, chatId, at);
    },
    ...options,
  });
  onTestFinished(() => server.close());
  const accounts = await people(store);
  return {
    server,
    people: accounts,
    logged,
    token: (user) => createToken(store, user.id, "test"),
    async as(viewer, method, path, body) {
      const init = { method, body: body === undefined ? null : JSON.stringify(body) };
      const response = await server.fetch(new Request(`http://127.0.0.1:8000${path}`, init), { viewer });
      const text = await response.text();
      return { status: response.status, body: text === "" ? null : JSON.parse(text) };
    },
    listen: async () => (await server.listen("127.0.0.1", 0)).url,
  };
}

function recorder(logged: Logged[]): Log {
  const record = (level: string) => (_details: object, message: string) => void logged.push({ level, message });
  return { debug: record("debug"), info: record("info"), warn: record("warn"), error: record("error") };
}
