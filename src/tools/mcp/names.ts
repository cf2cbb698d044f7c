import { createHash } from "node:crypto";

/** Longer names are refused by providers, as is any other character. */
const MAX = 64;

/**
 * `mcp__SERVER__TOOL`, for a model. Always the same for a server's tool, whatever others there are: where something had to be
 * changed or cut, so that two could meet, a piece of a hash keeps them apart.
 */
export function toolName(server: string, tool: string): string {
  const plain = (text: string): string => text.replace(/[^A-Za-z0-9_-]/g, "_");
  const [first, second] = [plain(server), plain(tool)];
  const name = `mcp__${first}__${second}`;
  const isExact = first === server && second === tool && !`${first}_`.includes("__") && !second.startsWith("_");
  if (isExact && name.length <= MAX) return name;
  const mark = createHash("sha256").update(`${server}\0${tool}`).digest("hex").slice(0, 6);
  const room = MAX - mark.length - 1;
  return `${name.slice(0, room)}_${mark}`;
}
