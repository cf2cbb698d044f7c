import type { List } from "../wire/api.ts";
import type { LedgerCheck, Occurrence } from "../wire/schedules.ts";
import type { Context } from "./context.ts";
import { EXIT, type ExitCode } from "./io.ts";
import { pathOf } from "./schedule-change.ts";
import { outcomeWords } from "./schedule.ts";
import { ago, duration, shortId } from "./text.ts";

export type HistoryOptions = { limit?: number; cursor?: string; check?: true; count?: number };

export async function showHistory(
  context: Context,
  args: readonly string[],
  options: HistoryOptions,
): Promise<ExitCode> {
  if (options.check) return checkHistory(context, args);
  const { out, io } = context;
  const query = new URLSearchParams({ limit: String(options.limit ?? 20) });
  if (options.cursor !== undefined) query.set("cursor", options.cursor);
  const client = await context.client("any");
  const list = await client.request<List<Occurrence>>("GET", `${pathOf(args[0])}/occurrences?${query}`);
  if (out.json) {
    out.document(list);
    return EXIT.ok;
  }
  if (list.items.length === 0) out.note("Nothing was due yet.");
  const lasted = ({ startedAt, endedAt }: Occurrence): string =>
    startedAt === null || endedAt === null ? "" : duration(Date.parse(endedAt) - Date.parse(startedAt));
  if (list.items.length > 0)
    out.table(
      [{ title: "DUE" }, { title: "" }, { title: "OUTCOME" }, { title: "TOOK" }, { title: "TASK" }, { title: "WHY" }],
      list.items.map((row) => [
        row.until === null ? row.dueAt : `${row.dueAt} … ${row.until}`,
        out.terminal ? ago(row.dueAt, io.now()) : String(row.count),
        `${outcomeWords(row)}${row.count > 1 ? ` ×${row.count}` : ""}${row.manual ? " (by hand)" : ""}`,
        lasted(row),
        row.taskId === null ? "" : out.terminal ? shortId(row.taskId) : row.taskId,
        row.outcome === "skipped" || row.outcome === "merged" ? "" : (row.reason ?? ""),
      ]),
    );
  if (list.next !== null && out.terminal) out.note("There are more: --limit, or --cursor with the `next` of --json");
  return EXIT.ok;
}

async function checkHistory(context: Context, args: readonly string[]): Promise<ExitCode> {
  const { out } = context;
  const check = await (await context.client("any")).request<LedgerCheck>("GET", `${pathOf(args[0])}/check`);
  if (out.json) out.document(check);
  else {
    out.print(
      `${check.ok ? "ok" : "different"}\tdue ${check.due}\trecorded ${check.recorded}\t${check.from} … ${check.to}`,
    );
    for (const at of check.missing) out.print(`missing\t${at}`);
    for (const at of check.extra) out.print(`extra\t${at}`);
  }
  return check.ok ? EXIT.ok : EXIT.error;
}

export async function showNext(context: Context, args: readonly string[], options: HistoryOptions): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const list = await client.request<List<{ dueAt: string }>>("GET", `${pathOf(args[0])}/next?n=${options.count ?? 5}`);
  if (out.json) return out.document(list);
  if (list.items.length === 0) return out.note("Nothing comes: it is off, paused, or its time has passed.");
  for (const { dueAt } of list.items) out.print(out.terminal ? `${dueAt}  ${ago(dueAt, io.now())}` : dueAt);
}
