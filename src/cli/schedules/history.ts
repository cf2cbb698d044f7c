import type { List } from "../../wire/api.ts";
import type { LedgerCheck, Occurrence } from "../../wire/schedules.ts";
import type { Context } from "../command/context.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { pathOf } from "./change.ts";
import { outcomeWords } from "./show.ts";
import { ago, duration, shortId } from "../console/text.ts";

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
  if (out.json) query.set("total", "true");
  const client = await context.client("any");
  const list = await client.request<List<Occurrence>>("GET", `${pathOf(args[0])}/occurrences?${query}`);
  if (out.json) {
    out.document(list);
    return EXIT.ok;
  }
  if (list.items.length === 0) out.note("Nothing was due yet.");
  else if (out.terminal) {
    out.table(
      [{ title: "DUE" }, { title: "" }, { title: "OUTCOME" }, { title: "TOOK" }, { title: "TASK" }, { title: "WHY" }],
      list.items.map((row) => forPeople(row, io.now())),
    );
  } else out.table([], list.items.map(forScripts));
  if (list.next !== null && out.terminal) out.note("There are more: --limit, or --cursor with the `next` of --json");
  return EXIT.ok;
}

/** How long it worked; of a run that is gone no more than its start and its end is known. */
const tookMs = ({ startedAt, endedAt, workedMs }: Occurrence): number | null =>
  startedAt === null || endedAt === null ? null : (workedMs ?? Date.parse(endedAt) - Date.parse(startedAt));

function forPeople(row: Occurrence, now: number): string[] {
  const took = tookMs(row);
  return [
    row.until === null ? row.dueAt : `${row.dueAt} … ${row.until}`,
    ago(row.dueAt, now),
    `${outcomeWords(row, true)}${row.count > 1 ? ` ×${row.count}` : ""}${row.manual ? " (by hand)" : ""}`,
    took === null ? "" : duration(took),
    row.taskId === null ? "" : shortId(row.taskId),
    row.outcome === "skipped" || row.outcome === "merged" ? "" : (row.reason ?? ""),
  ];
}

/** Due, up to, how many instants, outcome, reason, `manual`, seconds of work, task. */
function forScripts(row: Occurrence): string[] {
  const took = tookMs(row);
  return [
    row.dueAt,
    row.until ?? "",
    String(row.count),
    row.outcome,
    row.reason ?? "",
    row.manual ? "manual" : "",
    took === null ? "" : (took / 1000).toFixed(3),
    row.taskId ?? "",
  ];
}

async function checkHistory(context: Context, args: readonly string[]): Promise<ExitCode> {
  const { out } = context;
  const check = await (await context.client("any")).request<LedgerCheck>("GET", `${pathOf(args[0])}/check`);
  if (out.json) out.document(check);
  else {
    const { ok, due, recorded, from, to } = check;
    if (!out.terminal) out.print([ok ? "ok" : "different", due, recorded, from, to].join("\t"));
    else {
      const mark = ok ? out.paint.green("✓ In order") : out.paint.red("✕ Different");
      out.print(`${mark}: ${due} due and ${recorded} recorded, from ${from} to ${to}`);
    }
    for (const at of check.missing) out.print(out.terminal ? `  missing  ${at}` : `missing\t${at}`);
    for (const at of check.extra) out.print(out.terminal ? `  extra    ${at}` : `extra\t${at}`);
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
