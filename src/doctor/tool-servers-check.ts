import { existsSync } from "node:fs";
import { join } from "node:path";
import { isSparkyError, messageOf } from "../core/errors.ts";
import type { Config } from "../config.ts";
import { readNamedFile } from "../named-file.ts";
import type { ServerDefinition } from "../tools/mcp/definition.ts";
import { readMcpText } from "../tools/mcp/read.ts";
import { filledIn } from "../tools/mcp/variables.ts";
import { Sandbox } from "../tools/shell/sandbox.ts";
import { fail, ok, warn, type Diagnosis, type Patient } from "./diagnosis.ts";

/** Reads `mcp.json` as a server would; nothing of it is started. Whoever has none is told nothing. */
export async function* checkToolServers({ home, config }: Patient): AsyncGenerator<Diagnosis> {
  const path = join(home, "mcp.json");
  if (!existsSync(path)) return;
  const edit = `edit ${path}`;
  try {
    const { servers, problems, warnings } = readMcpText(readNamedFile(path), path);
    for (const { message } of problems) yield fail("tool servers", message, edit);
    for (const { server, message } of warnings)
      yield warn("tool servers", `${JSON.stringify(server)}: ${message}`, edit);
    for (const { name, reached, enabled } of servers) {
      if (!enabled || config === null) continue;
      // Whose folder that is, and what a secret holds, is known when it starts.
      const later = (variable: string): boolean => variable === "SPARKY_WORKSPACE" || variable.startsWith("secret:");
      const lookup = (variable: string) => (later(variable) ? home : config.variable(variable));
      yield* unfilled(name, () => void filledIn(name, reached, lookup), edit);
    }
    if (config !== null) yield* closedIn(servers, config);
    yield ok("tool servers", `mcp.json names ${servers.length + problems.length} tool servers`);
  } catch (error) {
    const hint = isSparkyError(error) ? error.hint : undefined;
    yield fail("tool servers", messageOf(error), hint ?? edit);
  }
}

function* unfilled(name: string, fill: () => void, edit: string): Generator<Diagnosis> {
  try {
    fill();
  } catch (error) {
    const hint = isSparkyError(error) ? error.hint : undefined;
    yield fail("tool servers", messageOf(error), hint ?? `${edit}, at ${name}`);
  }
}

/** Those that are to run in a sandbox do not start where there is none, however commands run. */
async function* closedIn(servers: readonly ServerDefinition[], config: Config): AsyncGenerator<Diagnosis> {
  const names = servers.flatMap(({ name, enabled, reached }) => {
    if (!enabled || reached.by !== "stdio" || reached.sandbox === null) return [];
    return [reached.sandbox.network ? `${name} (with network)` : name];
  });
  if (names.length === 0) return;
  const { home, commandEnvironment } = config;
  const shelter = await new Sandbox({ mode: "sandbox", hidden: [home], environment: commandEnvironment }).look();
  if (shelter.kind === "sandbox") yield ok("tool servers", `sandboxed: ${names.join(", ")}`);
  else {
    const what = `${names.join(", ")}: not started, since there is no sandbox: ${shelter.why}`;
    yield fail("tool servers", what, shelter.remedy);
  }
}
