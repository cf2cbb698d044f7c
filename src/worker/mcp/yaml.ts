import { messageOf, SparkyError } from "../../core/errors.ts";
import { depthOf, MAX_DEPTH } from "../../tools/mcp/bounds.ts";

/** Settings of other programs that are written in YAML, such as Hermes' `config.yaml` with its `mcp_servers`. */

/** Longer ones would be read for too long while others wait. */
const MAX_BYTES = 128 * 1024;
const MAX_ALIASES = 50;

/** JSON as it is; YAML as the same in JSON. Throws `invalid_input` where it is neither. */
export async function asJson(text: string): Promise<string> {
  const start = text.replace(/^\uFEFF/, "").trimStart();
  // JSON, with comments or without; YAML may begin so too, but no settings do.
  if (start === "" || /^(?:[{[]|\/[/*])/.test(start)) return text;
  const bad = (why: string, cause?: unknown): SparkyError =>
    new SparkyError("invalid_input", `what was given is neither JSON nor YAML that can be read: ${why}`, {
      hint: "paste what the server's own page shows, or the file with mcp_servers as it is",
      ...(cause !== undefined && { cause }),
    });
  if (Buffer.byteLength(text) > MAX_BYTES) throw bad(`it has more than ${MAX_BYTES / 1024} KB`);
  // Lists and names stand below each other by blanks, or in brackets.
  if (depthOf(text) > MAX_DEPTH || /^[ \t-]{200}/m.test(text)) throw bad(`it is nested more than ${MAX_DEPTH} deep`);
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: MAX_ALIASES, logLevel: "error" });
  } catch (cause) {
    throw bad(messageOf(cause).split("\n")[0] ?? "", cause);
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad("it names no servers");
  // Of a whole file of settings only this is taken.
  return JSON.stringify("mcp_servers" in value ? { mcp_servers: value.mcp_servers } : value);
}
