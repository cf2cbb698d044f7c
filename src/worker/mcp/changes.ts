import { isoTime } from "../../core/clock.ts";
import type { Store } from "../../store/database/store.ts";
import { mcpServers } from "../../store/mcp/servers.ts";
import {
  approveTool,
  refusalOf,
  refuseTool,
  waitingOf,
  waitingTools,
  type WaitingTool,
} from "../../store/mcp/tools.ts";
import type { Change, ChangedTool, DecideTools, ToolChangeShown } from "../../wire/changes.ts";
import { isIncluded } from "./given.ts";

/** Tools of servers that are new or changed, by what is on record: no server is started or waited for. */

type ToolsChange = Extract<Change, { readonly kind: "tools" }>;

/** Of the servers that are used, and only such tools as runs would be given. */
export async function toolChanges(store: Store): Promise<readonly ToolsChange[]> {
  const rows = await given(store, await waitingTools(store.db));
  return [...Map.groupBy(rows, ({ server }) => server)].map(([server, tools]) => ({
    kind: "tools",
    server,
    at: isoTime(Math.max(...tools.map(({ changed_at }) => changed_at))),
    tools: tools.map(toolOf),
  }));
}

/** Those of one server, with how they differ; none once they are answered. */
export async function toolChangesOf(store: Store, server: string): Promise<readonly ToolChangeShown[]> {
  const rows = await given(store, await waitingOf(store.db, server));
  const { DiffTime, partsOf } = await import("./tool-diff.ts");
  const time = new DiffTime();
  const shown: ToolChangeShown[] = [];
  for (const row of rows) {
    shown.push({ ...toolOf(row), parts: [...(await partsOf(row.pinned, row.waiting ?? "{}", time))] });
  }
  return shown;
}

/** All of them or none, by whoever has this name. Throws `not_found` where one is not any more what was shown. */
export async function decideTools(store: Store, server: string, answer: DecideTools, by: string): Promise<void> {
  await store.transact(async (tx) => {
    for (const { tool, digest } of answer.tools) {
      if (answer.decision === "approve") await approveTool(tx, server, tool, digest);
      else await refuseTool(tx, server, tool, digest, by);
    }
  });
}

const toolOf = (row: WaitingTool): ChangedTool => ({
  tool: row.name,
  change: row.pinned_digest === null ? "new" : "changed",
  digest: row.waiting_digest ?? "",
  refusal: refusalOf(row),
});

/** Those of them that runs would be given. */
async function given<T extends WaitingTool>(store: Store, rows: readonly T[]): Promise<readonly T[]> {
  // Nobody who has none pays for reading definitions.
  if (rows.length === 0) return [];
  const { readServer } = await import("../../tools/mcp/definition.ts");
  const used = new Map<string, ReturnType<typeof readServer>["definition"]>();
  for (const { name, definition } of await mcpServers(store)) {
    try {
      const read = readServer(name, JSON.parse(definition)).definition;
      if (read.enabled) used.set(name, read);
    } catch {
      // Applied by another version: what is known of it there is shown with it.
    }
  }
  return rows.filter(({ server, name }) => {
    const definition = used.get(server);
    return definition !== undefined && isIncluded(definition, name);
  });
}
