import { isSparkyError, SparkyError } from "../../core/errors.ts";
import { nearest } from "../../core/nearest.ts";
import { isRecord, readServer, type ServerDefinition } from "./definition.ts";
import { parseRelaxedJson } from "./relaxed-json.ts";

/** Reads `mcp.json` in the shapes of all the programs whose snippets people paste. Pure: nothing is started or looked up. */

export interface McpFile {
  readonly servers: readonly ServerDefinition[];
  /** As they were written, by name: what is kept and shown. */
  readonly raw: { readonly [name: string]: unknown };
  /** Servers that cannot be used as they are, each with why. */
  readonly problems: readonly { readonly server: string; readonly message: string }[];
  readonly warnings: readonly { readonly server: string; readonly message: string }[];
}

/** Where programs keep their servers: Claude, Cursor and Windsurf; VS Code; OpenClaw; Hermes. */
export const PLACES = ["mcpServers", "servers", "mcp.servers", "mcp_servers"] as const;
const MAX_SERVERS = 200;

const EXAMPLE = 'for example {"mcpServers": {"files": {"command": "npx", "args": ["-y", "a-server"]}}}';

/** Throws `invalid_input` where the text as a whole cannot be read; what is wrong with one server leaves the others. */
export function readMcpText(text: string, what: string): McpFile {
  return readMcpValue(text.trim() === "" ? {} : parseRelaxedJson(text, what), what);
}

export function readMcpValue(value: unknown, what: string): McpFile {
  const raw = serversOf(value, what);
  const names = Object.keys(raw);
  if (names.length > MAX_SERVERS) {
    throw new SparkyError("invalid_input", `${what} has ${names.length} servers, and at most ${MAX_SERVERS} are read`);
  }
  const read = names.map((name) => {
    try {
      return { name, ...readServer(name, raw[name]) };
    } catch (error) {
      if (!isSparkyError(error)) throw error;
      return { name, problem: error.message + (error.hint === undefined ? "" : ` (${error.hint})`) };
    }
  });
  return {
    servers: read.flatMap((each) => ("problem" in each ? [] : [each.definition])),
    raw,
    problems: read.flatMap((each) => ("problem" in each ? [{ server: each.name, message: each.problem }] : [])),
    warnings: read.flatMap((each) =>
      "problem" in each ? [] : each.warnings.map((message) => ({ server: each.name, message })),
    ),
  };
}

function serversOf(value: unknown, what: string): { readonly [name: string]: unknown } {
  if (!isRecord(value)) throw new SparkyError("invalid_input", `${what} is not an object`, { hint: EXAMPLE });
  const nested = isRecord(value["mcp"]) ? { "mcp.servers": value["mcp"]["servers"] } : {};
  const places: { readonly [place: string]: unknown } = { ...value, ...nested };
  const found = PLACES.filter((place) => places[place] !== undefined);
  const [place, other] = found;
  if (place !== undefined && other !== undefined) {
    throw new SparkyError("invalid_input", `${what} has servers both in ${place} and in ${other}`, {
      hint: "keep them in one of the two",
    });
  }
  if (place === undefined) {
    // A snippet of the servers alone, without what is around them.
    const bare = Object.values(value).every((each) => isRecord(each) && ("command" in each || "url" in each));
    if (bare) return value;
    const near = Object.keys(value)
      .map((key) => ({ key, meant: nearest(key, ["mcpServers", "servers", "mcp_servers"]) }))
      .find(({ meant }) => meant !== null);
    const hint = near === undefined ? EXAMPLE : `${near.key} is perhaps meant to be ${near.meant}`;
    throw new SparkyError("invalid_input", `${what} names no servers`, { hint });
  }
  const servers = places[place];
  if (!isRecord(servers))
    throw new SparkyError("invalid_input", `${what}: ${place} is not an object`, { hint: EXAMPLE });
  return servers;
}
