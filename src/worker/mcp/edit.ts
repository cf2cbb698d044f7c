import { existsSync } from "node:fs";
import { SparkyError } from "../../core/errors.ts";
import { namesHint } from "../../core/nearest.ts";
import { shellWord } from "../../core/shell-word.ts";
import { readNamedFile } from "../../named-file.ts";
import { writePrivate } from "../../store/home/home.ts";
import { isRecord } from "../../tools/mcp/definition.ts";
import { PLACES, readMcpText, type McpFile } from "../../tools/mcp/read.ts";

/** Changes to the home's `mcp.json`: what it defines is changed there and nowhere else. */

type Servers = { [name: string]: unknown };

/** Adds what a snippet defines. Throws `invalid_input` where one of it cannot be used, `conflict` where a name is taken. */
export function addToFile(path: string, snippet: string): McpFile {
  const added = readMcpText(snippet, "what was given");
  const [problem] = added.problems;
  if (problem !== undefined) throw new SparkyError("invalid_input", problem.message);
  if (added.servers.length === 0) throw new SparkyError("invalid_input", "what was given names no servers");
  change(path, (servers) => {
    const taken = Object.keys(added.raw).find((name) => Object.hasOwn(servers, name));
    if (taken !== undefined) {
      throw new SparkyError("conflict", `a server is called ${JSON.stringify(taken)} already`, {
        hint: `remove it first (sparky mcp remove ${shellWord(taken)}), or give the new one another name`,
      });
    }
    Object.assign(servers, added.raw);
  });
  return added;
}

export function removeFromFile(path: string, name: string): void {
  change(path, (servers) => {
    own(servers, name);
    delete servers[name];
  });
}

export function enableInFile(path: string, name: string, enabled: boolean): void {
  change(path, (servers) => {
    const { disabled: _, enabled: __, ...rest } = own(servers, name);
    servers[name] = enabled ? rest : { ...rest, disabled: true };
  });
}

function own(servers: Servers, name: string): { readonly [key: string]: unknown } {
  const found = Object.hasOwn(servers, name) ? servers[name] : undefined;
  if (isRecord(found)) return found;
  throw new SparkyError("not_found", `mcp.json of this home has no server ${JSON.stringify(name)}`, {
    hint: namesHint(name, Object.keys(servers)) ?? "add one: sparky mcp add",
  });
}

function change(path: string, edit: (servers: Servers) => void): void {
  const text = existsSync(path) ? readNamedFile(path).trim() : "";
  const file = text === "" ? {} : plainJson(path, text);
  const mcp = isRecord(file["mcp"]) ? { ...file["mcp"] } : null;
  const place = PLACES.find((each) => file[each] !== undefined);
  // The servers alone, without what is around them, are kept as they are.
  const isBare = place === undefined && mcp === null && Object.keys(file).length > 0;
  const before = isBare ? file : (mcp?.["servers"] ?? file[place ?? "mcpServers"] ?? {});
  const servers: Servers = isRecord(before) ? { ...before } : {};
  edit(servers);
  const after = isBare
    ? servers
    : mcp === null
      ? { ...file, [place ?? "mcpServers"]: servers }
      : { ...file, mcp: { ...mcp, servers } };
  writePrivate(path, `${JSON.stringify(after, null, 2)}\n`);
}

/** Comments would be lost by writing it anew. */
function plainJson(path: string, text: string): { readonly [key: string]: unknown } {
  readMcpText(text, path);
  try {
    return JSON.parse(text) as { readonly [key: string]: unknown };
  } catch (cause) {
    throw new SparkyError("conflict", `${path} has comments, which would be lost`, {
      cause,
      hint: "change it by hand: it counts as soon as it is saved",
    });
  }
}
