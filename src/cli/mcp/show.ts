import { exactLine, exactText } from "../../core/exact.ts";
import { shorten } from "../../core/text.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { List } from "../../wire/api.ts";
import type { McpServer, McpServers, ToolInfo } from "../../wire/mcp.ts";
import { sandboxWords } from "../../wire/sandbox.ts";
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
      { title: "HOW" },
      { title: "WHY" },
    ],
    servers.map((server) => [
      server.name,
      server.state.replaceAll("_", " "),
      server.tools === null ? "not seen yet" : String(server.tools),
      asking(server.waiting) === 0 ? "" : String(asking(server.waiting)),
      exactLine(server.reached),
      sandboxWords(server.sandbox) ?? "",
      server.error === null ? "" : exactLine(server.error),
    ]),
  );
  for (const { name, warnings, waiting, refused, hint } of servers) {
    for (const warning of warnings) out.note(`  ${name}: ${oneLine(warning)}`);
    for (const { tool, why } of refused) out.note(`  ${name}: ${exactLine(tool)} is not taken: ${oneLine(why)}`);
    if (hint !== null) out.note(`  ${name}: ${exactLine(hint)}`);
    for (const { tool, refused: isKeptOut, refusal } of waiting)
      if (isKeptOut) out.note(`  ${name}: ${exactLine(tool)} is kept refused${refusedBy(refusal)}`);
    if (asking(waiting) > 0)
      out.note(`  ${name}: tools that are new or changed wait: sparky mcp approve ${shellWord(name)}`);
  }
}

function refusedBy(refusal: McpServer["waiting"][number]["refusal"]): string {
  if (refusal?.by == null) return "";
  return ` by ${exactLine(refusal.by)}${refusal.at === null ? "" : `, ${refusal.at}`}`;
}

const asking = (waiting: McpServer["waiting"]): number => waiting.filter(({ refused }) => !refused).length;

export async function listTools(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const list = await (await context.client("any")).request<List<ToolInfo>>("GET", "/api/tools");
  const [server] = args;
  const items = list.items.filter((tool) => server === undefined || tool.server === server);
  if (server !== undefined && items.length === 0) {
    throw usage(
      `no run is given tools of ${JSON.stringify(server)} now`,
      `look at it: sparky mcp test ${shellWord(server)}`,
    );
  }
  if (out.json) return out.document({ items, next: null, total: items.length });
  out.table(
    [
      { title: "NAME" },
      { title: "SERVER", max: 20 },
      { title: "EFFECT" },
      { title: "POLICY", max: 44 },
      { title: "BYTES" },
      { title: "WHAT" },
    ],
    items.map((tool) => [
      tool.name,
      tool.server ?? "",
      tool.effect,
      policyWords(tool),
      String(tool.bytes),
      // Whole for scripts, and a line for eyes.
      out.terminal ? shorten(exactLine(tool.description, 1000), 90) : exactLine(tool.description, 4000),
    ]),
  );
  const inCalls = items.filter((tool) => !tool.deferred);
  const bytes = inCalls.reduce((sum, tool) => sum + tool.bytes, 0);
  out.note(`  ${inCalls.length} of them are in each model call: ${bytes} bytes`);
}

function policyWords({ policy, cases }: Pick<ToolInfo, "policy" | "cases">): string {
  const { chat, task, schedule } = policy;
  if (cases.length > 0) {
    // What happens unasked needs no words beside what does not.
    const told = cases.filter((each) => Object.values(each.policy).some((verdict) => verdict !== "allow"));
    return told.map((each) => `${policyWords({ policy: each.policy, cases: [] })} ${each.when}`).join("; ");
  }
  return chat === task && task === schedule ? chat : `chat ${chat}, task ${task}, schedule ${schedule}`;
}

export async function showLog(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const log = await (await context.client("any")).request<{ text: string }>("GET", `${serverPath(args[0] ?? "")}/logs`);
  if (out.json) return out.document(log);
  if (log.text === "") return out.note("It has not run since this server started, or has written nothing.");
  out.print(out.terminal ? exactText(log.text.trimEnd()) : clean(log.text.trimEnd()));
}
