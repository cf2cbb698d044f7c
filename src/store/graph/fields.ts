import { parseData } from "./visible.ts";
import type { Alias } from "./aliases.ts";
import type { Fields } from "./changes.ts";
import type { EdgeRow, NodeRow } from "../database/schema.ts";

/** A node and an edge as the history has them: all that it takes to make them again. */

const within = ({ chat_id }: Pick<NodeRow, "chat_id">): Fields => (chat_id === null ? {} : { within: chat_id });

export function nodeFields(
  row: Pick<NodeRow, "type" | "name" | "content" | "data" | "created_at" | "chat_id">,
  aliases: readonly Alias[],
): Fields {
  const { type, name, content } = row;
  const data = parseData(row.data);
  const also =
    aliases.length === 0 ? {} : { aliases: aliases.map((alias) => ({ type: alias.type, name: alias.name })) };
  return { type, name, content, data, createdAt: row.created_at, ...within(row), ...also };
}

export function edgeFields(
  row: Pick<EdgeRow, "type" | "source" | "target" | "data" | "created_at" | "chat_id">,
): Fields {
  const { type, source, target } = row;
  return { type, source, target, data: parseData(row.data), createdAt: row.created_at, ...within(row) };
}
