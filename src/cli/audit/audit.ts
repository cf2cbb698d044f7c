import { exactLine } from "../../core/exact.ts";
import type { List } from "../../wire/api.ts";
import type { AuditEntry } from "../../wire/audit.ts";
import type { Client } from "../client/client.ts";
import type { Context } from "../command/context.ts";
import type { Moment } from "../command/moment.ts";
import { ago, shortId } from "../console/text.ts";

export type AuditOptions = {
  user?: string;
  since?: Moment;
  kind?: string;
  limit?: number;
  cursor?: string;
  jsonl?: true;
};

const PAGE = 500;

export async function showAudit(context: Context, _args: readonly string[], options: AuditOptions): Promise<void> {
  const { out, io } = context;
  const query = new URLSearchParams({ limit: String(options.limit ?? (options.jsonl ? PAGE : 20)) });
  if (options.user !== undefined) query.set("user", options.user);
  if (options.kind !== undefined) query.set("kind", options.kind);
  if (options.since !== undefined) query.set("since", options.since(io.now()));
  if (options.cursor !== undefined) query.set("cursor", options.cursor);
  const client = await context.client("any");
  if (options.jsonl) {
    for await (const entry of everyEntry(client, query)) out.document(entry);
    return;
  }
  const list = await client.request<List<AuditEntry>>("GET", `/api/audit?${query}`);
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note("Nothing yet.");
  out.table(
    [
      { title: "NUMBER" },
      { title: "WHEN" },
      { title: "WHAT" },
      { title: "THING", max: 40 },
      { title: "BY", max: 20 },
      { title: "VIA", max: 20 },
    ],
    list.items.map((entry) => [
      String(entry.number),
      out.terminal ? ago(entry.at, io.now()) : entry.at,
      entry.kind,
      exactLine(entry.thing),
      entry.by,
      entry.runId === undefined ? entry.via : `run ${shortId(entry.runId)}`,
    ]),
  );
  if (list.next !== null && out.terminal) out.note("There are more: --limit, or --cursor with the `next` of --json");
}

/** The newest first, to the very first one. */
async function* everyEntry(client: Client, query: URLSearchParams): AsyncGenerator<AuditEntry, void, undefined> {
  for (;;) {
    const { items, next } = await client.request<List<AuditEntry>>("GET", `/api/audit?${query}`);
    yield* items;
    if (next === null) return;
    query.set("cursor", next);
  }
}
