import { join } from "node:path";
import type { Log } from "../../../src/core/log.ts";
import type { Store } from "../../../src/store/database/store.ts";
import { toolsAsSet, type ToolSettings } from "../../../src/tools/settings.ts";
import { McpAdmin } from "../../../src/worker/mcp/admin.ts";
import { McpDesk } from "../../../src/worker/mcp/desk.ts";
import { openWeb } from "./open-web.ts";
import { sandboxOf } from "../sandbox.ts";

const quiet: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Over the `mcp.json` of a home, as `main.ts` builds it; whoever starts servers by it ends them by `close`. */
export function mcpAdmin(
  store: Store,
  { home, ownerId, base = null }: { readonly home: string; readonly ownerId: string; readonly base?: string | null },
) {
  let desk: McpDesk | null = null;
  const open = (): McpDesk =>
    (desk ??= new McpDesk({
      store,
      ownerId,
      home,
      shippedPrompts: join(import.meta.dirname, "../../../prompts/offered"),
      log: quiet,
      version: "0",
      workspaces: `${home}/workspace`,
      environment: { PATH: process.env["PATH"] ?? "" },
      sandbox: sandboxOf(home),
      lookup: () => undefined,
      web: openWeb,
      base: () => base,
    }));
  const settings: ToolSettings = {};
  const admin = new McpAdmin({
    store,
    desk: async () => open(),
    toolsFor: async (person) => toolsAsSet(await open().toolsFor(person), settings),
    setPolicy: (name, policy) =>
      void (settings[name] = {
        policy: Object.fromEntries(Object.entries(policy).filter(([, each]) => each !== null)),
      }),
  });
  return { admin, close: async (): Promise<void> => desk?.[Symbol.asyncDispose]() };
}
