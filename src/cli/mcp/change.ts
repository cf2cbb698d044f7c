import { badJson } from "../../core/bad-json.ts";
import { exactLine, exactText, spelledOut } from "../../core/exact.ts";
import { namesHint } from "../../core/nearest.ts";
import { prettyJson } from "../../core/pretty-json.ts";
import type { Json } from "../../core/events.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { DecideTools } from "../../wire/changes.ts";
import type { McpLogin, McpLogout, McpResult, McpServer } from "../../wire/mcp.ts";
import { confirmed } from "../command/confirm.ts";
import type { Context } from "../command/context.ts";
import { Failure, usage } from "../console/failure.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { serverPath, showServers } from "./show.ts";

export async function removeServer(context: Context, args: readonly string[], { yes }: { yes?: true }): Promise<void> {
  const { out } = context;
  const [name = ""] = args;
  const client = await context.client("any");
  const ask = {
    yes,
    question: `Remove the tool server ${name}?`,
    act: "removing",
    line: `sparky mcp remove ${shellWord(name)} --yes`,
  };
  if (!(await confirmed(context, ask))) return;
  await client.request<unknown>("DELETE", serverPath(name));
  if (out.json) out.document({ name, removed: true });
  else out.print(out.terminal ? `Removed  ${name}` : name);
}

export async function switchServer(
  context: Context,
  args: readonly string[],
  what: "enable" | "disable",
): Promise<void> {
  const { out } = context;
  const server = await (await context.client("any")).request<McpServer>("POST", `${serverPath(args[0] ?? "")}/${what}`);
  if (out.json) return out.document(server);
  showServers(context, [server]);
}

export async function testServer(context: Context, args: readonly string[]): Promise<ExitCode> {
  const { out } = context;
  const client = await context.client("any");
  out.progress("… looking at its tools");
  const server = await client.request<McpServer>("POST", `${serverPath(args[0] ?? "")}/test`);
  out.progress(null);
  if (out.json) out.document(server);
  else showServers(context, [server]);
  return server.state === "ready" ? EXIT.ok : EXIT.error;
}

export async function signIn(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const [name = ""] = args;
  const login = await (await context.client("server")).request<McpLogin>("POST", `${serverPath(name)}/login`);
  if (out.json) return out.document(login);
  if (login.page === null)
    return out.note(`There is no need to sign in at ${name}: sparky mcp test ${shellWord(name)}`);
  out.print(login.page);
  out.note(`  open it in a browser on this machine, then: sparky mcp test ${shellWord(name)}`);
}

export async function signOut(context: Context, args: readonly string[]): Promise<void> {
  const { out } = context;
  const [name = ""] = args;
  const done = await (await context.client("any")).request<McpLogout>("POST", `${serverPath(name)}/logout`);
  if (out.json) return out.document(done);
  if (!done.signedOut) return out.note(`You are not signed in at ${name}.`);
  out.print(out.terminal ? `Signed out at ${name}` : name);
  if (done.revoked) return;
  const why = done.problem === null ? "it takes nothing back" : exactLine(done.problem);
  out.note(`  what it gave is forgotten here, but may be good there until it ends: ${why}`);
}

export async function decideTools(
  context: Context,
  args: readonly string[],
  { yes }: { yes?: true },
  decision: DecideTools["decision"],
): Promise<void> {
  const { out } = context;
  const [name = "", tool] = args;
  const client = await context.client("any");
  const { items } = await client.request<{ items: readonly McpServer[] }>("GET", "/api/mcp/servers");
  const server = items.find((each) => each.name === name);
  if (server === undefined) {
    const names = items.map((each) => each.name);
    const hint = namesHint(name, names) ?? "add one: sparky mcp add";
    throw new Failure(EXIT.notFound, "not_found", `no tool server is called ${JSON.stringify(name)}`, hint);
  }
  // One that is kept out already can be named, to be let in after all.
  const meant = server.waiting.filter((each) => (tool === undefined ? !each.refused : each.tool === tool));
  if (meant.length === 0) {
    if (out.json) out.document(server);
    else out.note("Nothing waits for a yes.");
    return;
  }
  if (!out.json) {
    for (const { tool: each, change, diff } of meant) {
      out.note(`${each} (${change})`);
      out.note(exactText(diff));
    }
  }
  const words = `${meant.length} ${meant.length === 1 ? "tool" : "tools"} of ${name}`;
  const isYes = decision === "approve";
  const ask = {
    yes,
    question: isYes ? `Say yes to ${words}?` : `Keep ${words} refused?`,
    act: isYes ? "approving" : "refusing",
    line: `sparky mcp ${decision} ${shellWord(name)} --yes`,
    kept: "Nothing was answered.",
  };
  if (!(await confirmed(context, ask))) return;
  // As they were shown: where one has changed again since then none is answered.
  const body: DecideTools = { decision, tools: meant.map(({ tool: each, digest }) => ({ tool: each, digest })) };
  await client.request<unknown>("POST", `/api/changes/tools/${encodeURIComponent(name)}`, body);
  const after = await client.request<{ items: readonly McpServer[] }>("GET", "/api/mcp/servers");
  const shown = after.items.filter((each) => each.name === name);
  if (out.json) out.document(shown[0] ?? server);
  else showServers(context, shown);
}

export async function callTool(context: Context, args: readonly string[]): Promise<ExitCode> {
  const { out } = context;
  const [name = "", tool = "", json = "{}"] = args;
  const body = { tool, args: objectOf(json) };
  const client = await context.client("any");
  out.progress("… calling it");
  const result = await client.request<McpResult>("POST", `${serverPath(name)}/call`, body);
  out.progress(null);
  if (out.json) out.document(result);
  else if (result.ok) out.print(shown(result.result, out.terminal));
  else
    throw new Failure(
      EXIT.error,
      "unavailable",
      result.error ?? "it failed",
      `what it has written: sparky mcp logs ${shellWord(name)}`,
    );
  return result.ok ? EXIT.ok : EXIT.error;
}

const shown = (result: Json, terminal: boolean): string => {
  if (terminal) return exactText(typeof result === "string" ? result : prettyJson(result));
  return spelledOut(typeof result === "string" ? result : JSON.stringify(result));
};

function objectOf(json: string): { readonly [key: string]: Json } {
  const bad = badJson(json);
  const value = bad === null ? (JSON.parse(json) as Json) : null;
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  const why = bad === null ? "" : `: ${bad}`;
  throw usage(`the arguments are not a JSON object${why}`, `for example '{"query":"tea"}'`);
}
