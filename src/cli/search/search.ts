import type { Found, SearchPage } from "../../wire/search.ts";
import { wordOfStatus } from "../../wire/state-words.ts";
import type { Context } from "../command/context.ts";
import type { Output } from "../console/output.ts";
import { ago, shortId } from "../console/text.ts";

export type SearchOptions = { kind?: Found["kind"]; limit?: number; cursor?: string };

export async function searchAll(context: Context, args: readonly string[], options: SearchOptions): Promise<void> {
  const { out, io } = context;
  const query = new URLSearchParams({ q: args.join(" "), limit: String(options.limit ?? 20) });
  if (options.kind !== undefined) query.set("kind", options.kind);
  if (options.cursor !== undefined) query.set("cursor", options.cursor);
  const page = await (await context.client("any")).request<SearchPage>("GET", `/api/search?${query}`);
  if (out.json) return out.document(page);
  if (page.items.length === 0) out.note("Nothing has all of these words.");
  else {
    out.table(
      [{ title: "KIND" }, { title: "WHERE" }, { title: "WHAT", max: 24 }, { title: "WHEN" }, { title: "TEXT" }],
      page.items.map((found) => row(out, found, io.now())),
    );
  }
  if (page.next !== null && out.terminal) out.note("There are more: --limit, or --cursor with the `next` of --json");
  if (!page.indexed) out.note("A long log is still being indexed: search again in a while for the rest of it.");
}

function row(out: Output, found: Found, now: number): string[] {
  const id = (whole: string): string => (out.terminal ? shortId(whole) : whole);
  const when = (iso: string): string => (out.terminal ? ago(iso, now) : iso);
  switch (found.kind) {
    case "chat":
      return ["chat", id(found.chatId), "", when(found.at), found.title];
    case "task":
      return [
        "task",
        id(found.taskId),
        out.terminal ? wordOfStatus(found.status) : found.status,
        when(found.at),
        found.snippet,
      ];
    case "node":
      return ["node", id(found.nodeId), found.type, "", [found.name, found.snippet].filter(Boolean).join(": ")];
    case "event":
      return [found.type, `${id(found.chatId)}#${found.seq}`, found.chatTitle, when(found.at), found.snippet];
  }
}
