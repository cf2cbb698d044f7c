import { existsSync } from "node:fs";
import { join } from "node:path";
import { isSparkyError, messageOf } from "../core/errors.ts";
import { readNamedFile } from "../named-file.ts";
import { readMcpText } from "../tools/mcp/read.ts";
import { filledIn } from "../tools/mcp/variables.ts";
import { fail, ok, warn, type Diagnosis, type Patient } from "./diagnosis.ts";

/** Reads `mcp.json` as a server would; nothing of it is started. Whoever has none is told nothing. */
export function* checkToolServers({ home, config }: Patient): Generator<Diagnosis> {
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
