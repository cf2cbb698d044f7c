import type { Log } from "../../../src/core/log.ts";
import type { Store } from "../../../src/store/database/store.ts";
import { toolsAsSet, type ToolSettings } from "../../../src/tools/settings.ts";
import { McpAdmin } from "../../../src/worker/mcp/admin.ts";
import { McpDesk } from "../../../src/worker/mcp/desk.ts";
import { openWeb } from "./open-web.ts";

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Over the `mcp.json` of a home, as `main.ts` builds it; whoever starts servers by it ends them by `close`. */
export function mcpAdmin(store: Store, { home, ownerId }: { readonly home: string; readonly ownerId: string }) {
  let desk: McpDesk | null = null;
  const open = (): McpDesk =>
    (desk ??= new McpDesk({
      store,
      ownerId,
      home,
      log: quiet,
      version: "0",
      workspaces: `${home}/workspace`,
      environment: { PATH: process.env["PATH"] ?? "" },
      lookup: () => undefined,
      web: openWeb,
      base: () => null,
    }));
  const settings: ToolSettings = {};
  const admin = new McpAdmin({
    store,
    desk: async () => open(),
    toolsFor: async (person) => toolsAsSet(await open().toolsFor(person), settings),
    setPolicy: (name, policy) => void (settings[name] = { policy }),
  });
  return { admin, close: async (): Promise<void> => desk?.[Symbol.asyncDispose]() };
}
