import { exactLine } from "../../core/exact.ts";
import { shellWord } from "../../core/shell-word.ts";
import type { List } from "../../wire/api.ts";
import type { Change } from "../../wire/changes.ts";
import type { Client } from "../client/client.ts";
import type { Output } from "../console/output.ts";

/** Tools and skills that are new or changed: what of them waits, and the command that answers it. */

export const changesOf = async (client: Pick<Client, "request">): Promise<readonly Change[]> =>
  (await client.request<List<Change>>("GET", "/api/changes")).items;

const MOST_NAMED = 4;

/** Nothing where nothing waits. */
export function printChanges(out: Output, changes: readonly Change[]): void {
  if (changes.length === 0) return;
  out.note("New or changed, and used by no run as it is now until you say yes:");
  for (const change of changes) out.note(`  ${lineOf(change)}`);
}

function lineOf(change: Change): string {
  if (change.kind === "skill") {
    const { name, folder, place } = change;
    const where = place === "home" ? "" : ` --place ${place}`;
    return `skill ${exactLine(name, 60)} (${change.change}): sparky skills approve ${shellWord(folder)}${where}, or refuse`;
  }
  const { server, tools } = change;
  const names = tools.slice(0, MOST_NAMED).map(({ tool, change: how }) => `${exactLine(tool, 60)} (${how})`);
  const more = tools.length > names.length ? [`and ${tools.length - names.length} more`] : [];
  return `${tools.length} ${tools.length === 1 ? "tool" : "tools"} of ${server}, ${[...names, ...more].join(", ")}: sparky mcp approve ${shellWord(server)}, or refuse`;
}
