import { exactLine, exactText } from "../../core/exact.ts";
import { shorten } from "../../core/text.ts";
import type { List } from "../../wire/api.ts";
import type { McpServer, McpServers, ToolInfo } from "../../wire/mcp.ts";
import type { Context } from "../command/context.ts";
import { usage } from "../console/failure.ts";
import { clean, oneLine } from "../console/text.ts";

export const serverPath = (name: string): string => `/api/mcp/servers/${encodeURIComponent(name)}`;

export async function listServers(context: Context): Promise<void> {
  const { out } = context;
  const list = await (await context.client("any")).request<McpServers>("GET", "/api/mcp/servers");
  if (out.json) return out.document(list);
  if (list.problem !== null) out.note(`not applied as it is now: ${oneLine(list.problem)}`);
  if (list.items.length === 0) return out.note("There are no tool servers: sparky mcp add, or sparky mcp import FILE");
  showServers(context, list.items);
}

export function showServers({ out }: Context, servers: readonly McpServer[]): void {
  out.table(
    [
      { title: "NAME" },
      { title: "STATE" },
      { title: "TOOLS" },
      { title: "WAITING" },
      { title: "WHERE", max: 60 },
      { title: "WHY" },
    ],
    servers.map(({ name, state, tools, waiting, reached, error }) => [
      name,
      state.replaceAll("_", " "),
      tools === null ? "not seen yet" : String(tools),
      asking(waiting) === 0 ? "" : String(asking(waiting)),
      exactLine(reached),
      error === null ? "" : exactLine(error),
    ]),
  );
  for (const { name, warnings, waiting, refused, hint } of servers) {
    for (const warning of warnings) out.note(`  ${name}: ${oneLine(warning)}`);
    for (const { tool, why } of refused) out.note(`  ${name}: ${exactLine(tool)} is not taken: ${oneLine(why)}`);
    if (hint !== null) out.note(`  ${name}: ${exactLine(hint)}`);
    if (asking(waiting) > 0) out.note(`  ${name}: tools that are new or changed wait: sparky mcp approve ${name}`);
  }
}

const asking = (waiting: McpServer["waiting"]): number => waiting.filter(({ refused }) => !refused).length;

export async function listTools(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const list = await (await context.client("any")).request<List<ToolInfo>>("GET", "/api/tools");
  const [server] = args;
  const items = list.items.filter((tool) => server === undefined || tool.server === server);
  if (server !== undefined && items.length === 0) {
    throw usage(`no run is given tools of ${JSON.stringify(server)} now`, `look at it: sparky mcp test ${server}`);
  }
  if (out.json) return out.document({ items, next: null, total: items.length });
  out.table(
    [
      { title: "NAME" },
      { title: "SERVER" },
      { title: "EFFECT" },
      { title: "POLICY" },
      { title: "BYTES" },
      { title: "WHAT" },
    ],
    items.map((tool) => [
      tool.name,
      tool.server ?? "",
      tool.effect,
      policyWords(tool.policy),
      String(tool.bytes),
      // Whole for scripts, and a line for eyes.
      out.terminal ? shorten(exactLine(tool.description, 1000), 90) : exactLine(tool.description, 4000),
    ]),
  );
  const inCalls = items.filter((tool) => !tool.deferred);
  const bytes = inCalls.reduce((sum, tool) => sum + tool.bytes, 0);
  out.note(`  ${inCalls.length} of them are in each model call: ${bytes} bytes`);
}

function policyWords(policy: ToolInfo["policy"]): string {
  const { chat, task, schedule } = policy;
  return chat === task && task === schedule ? chat : `chat ${chat}, task ${task}, schedule ${schedule}`;
}

export async function showLog(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const log = await (await context.client("any")).request<{ text: string }>("GET", `${serverPath(args[0] ?? "")}/logs`);
  if (out.json) return out.document(log);
  if (log.text === "") return out.note("It has not run since this server started, or has written nothing.");
  out.print(out.terminal ? exactText(log.text.trimEnd()) : clean(log.text.trimEnd()));
}
