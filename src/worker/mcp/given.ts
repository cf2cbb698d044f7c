import type { McpServerRow } from "../../store/database/schema.ts";
import { AGENT_ID } from "../../store/people/user.ts";
import type { ServerDefinition } from "../../tools/mcp/definition.ts";
import type { Person } from "../../tools/mcp/servers.ts";

/** Whose runs are given a server, and which of its tools. */

export interface KnownServer {
  readonly row: McpServerRow;
  readonly definition: ServerDefinition;
}

/** Its owner's runs have it, the owner's unattended work too; members' where it is shared. */
export function isFor(row: McpServerRow, { enabled, shared }: ServerDefinition, { userId }: Person): boolean {
  return enabled && (shared || userId === row.owner_id || userId === AGENT_ID);
}

export const isIncluded = ({ include, exclude }: ServerDefinition, tool: string): boolean =>
  (include === null || include.includes(tool)) && !exclude.includes(tool);
