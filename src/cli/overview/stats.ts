import { machineZone } from "../../core/clock.ts";
import { inDollars, limitOf, shareOf, type SpendingLimit } from "../../core/limit-words.ts";
import { zonedDay } from "../../core/zone.ts";
import type { Stats, Sums } from "../../wire/stats.ts";
import type { Context } from "../command/context.ts";
import { usage } from "../console/failure.ts";
import type { Moment } from "../command/moment.ts";
import type { Output } from "../console/output.ts";
import { ago, duration, oneLine, shortId, tokens } from "../console/text.ts";

export type StatsOptions = { since?: Moment; until?: Moment; timezone?: string };

const WEEK_MS = 7 * 86_400_000;

export async function showStats(context: Context, _args: readonly string[], options: StatsOptions): Promise<void> {
  const { out, io } = context;
  const until = options.until?.(io.now()) ?? new Date(io.now()).toISOString();
  const since = options.since?.(io.now()) ?? new Date(Date.parse(until) - WEEK_MS).toISOString();
  if (since >= until) throw usage("--since must be before --until", "sparky agent stats --since 7d");
  const zone = options.timezone ?? machineZone();
  const query = new URLSearchParams({ since, until, zone });
  const stats = await (await context.client("any")).request<Stats>("GET", `/api/stats?${query}`);
  if (out.json) out.document(stats);
  else if (out.terminal) forPeople(out, stats, io.now());
  else forScripts(out, stats);
}

function forPeople(out: Output, stats: Stats, now: number): void {
  const { tasks, answers, all } = stats;
  const label = (word: string): string => out.paint.dim(word.padEnd(8));
  const [first, last] = [stats.days[0]?.day, stats.days.at(-1)?.day];
  out.print(`${label("Span")}  ${first === last ? first : `${first} to ${last}`} (${stats.zone})`);
  out.print(`${label("Tasks")}  ${counts(tasks)}`);
  out.print(`${label("Answers")}  ${counts(answers)}`);
  out.print(`${label("Waited")}  ${spread(all.wait)}`);
  out.print(`${label("Took")}  ${spread(all.took)}`);
  out.print(`${label("Spent")}  ${spent(all)}`);
  out.print(`${label("Month")}  ${monthOf(stats.month)}`);
  const days = stats.days.filter((day) => ended(day) > 0);
  if (days.length === 0) return out.note("Nothing ended in this span.");
  out.print("");
  out.table(
    ["DAY", ...COLUMNS].map((title) => ({ title })),
    days.map((day) => [day.day, ...cells(day)]),
  );
  out.print("");
  out.table(
    [{ title: "FOR", max: 30 }, ...COLUMNS.map((title) => ({ title }))],
    stats.origins.map((each) => [nameOf(each), ...cells(each)]),
  );
  if (stats.failures.length === 0) return;
  out.print("");
  out.table(
    [{ title: "FAILED" }, { title: "LAST" }, { title: "ID" }, { title: "WHY" }],
    stats.failures.map((each) => [
      String(each.count),
      ago(each.at, now),
      shortId(each.taskId ?? each.chatId),
      oneLine(each.reason),
    ]),
  );
}

const COLUMNS = ["DONE", "FAILED", "CANCELLED", "WAITED", "TOOK", "TOKENS", "COST"];

const ended = ({ completed, failed, cancelled }: Sums): number => completed + failed + cancelled;

function cells(sums: Sums): string[] {
  return [
    String(sums.completed),
    String(sums.failed),
    String(sums.cancelled),
    sums.wait === null ? "" : duration(sums.wait.p50),
    sums.took === null ? "" : duration(sums.took.p50),
    tokens(sums.inputTokens + sums.outputTokens).replace(/ tok$/, ""),
    sums.costUsd === null ? "" : `$${sums.costUsd.toFixed(2)}`,
  ];
}

function nameOf({ origin, schedule }: Stats["origins"][number]): string {
  return schedule ?? (origin === "task" ? "(tasks)" : "(chats)");
}

function counts({ completed, failed, cancelled }: Sums): string {
  return [`${completed} done`, `${failed} failed`, `${cancelled} cancelled`].join(" · ");
}

function spread(of: Sums["wait"]): string {
  if (of === null) return "nothing started";
  return `half within ${duration(of.p50)} · 95 % within ${duration(of.p95)} · longest ${duration(of.max)}`;
}

function spent({ inputTokens, outputTokens, cachedTokens, costUsd }: Sums): string {
  const cost = costUsd === null ? "" : ` · $${costUsd.toFixed(2)}`;
  const share = Math.round((100 * cachedTokens) / Math.max(inputTokens, 1));
  const cached = cachedTokens === 0 ? "" : `, ${share} % of that cached`;
  return `${tokens(inputTokens + outputTokens)} (${tokens(inputTokens)} in${cached}, ${tokens(outputTokens)} out)${cost}`;
}

/** What was spent in one's own name since the first, whatever the span, and how much of each limit that is. */
function monthOf({ requests, tokens: used, dollars, limits }: Stats["month"]): string {
  const share = (spent: number, limit: number | null, name: SpendingLimit): string[] =>
    limit === null ? [] : [`${shareOf(spent, limit)} % of your ${limitOf(name, limit)}`];
  return [
    `${tokens(used)} in your name`,
    ...(dollars === 0 ? [] : [inDollars(dollars)]),
    ...share(requests, limits.requests, "requestsPerMonth"),
    ...share(used, limits.tokens, "tokensPerMonth"),
    ...share(dollars, limits.dollars, "dollarsPerMonth"),
  ].join(" · ");
}

/**
 * `kind`, `name`, then the same numbers for each; a failure: its count, time, chat, task, reason; the month: requests, tokens and
 * dollars, then their limits.
 */
function forScripts(out: Output, stats: Stats): void {
  const line = (kind: string, name: string, sums: Sums): void =>
    out.print([kind, oneLine(name), ...numbers(sums)].join("\t"));
  line("all", "", stats.all);
  line("tasks", "", stats.tasks);
  line("answers", "", stats.answers);
  for (const day of stats.days) line("day", day.day, day);
  for (const each of stats.origins) line(each.origin, each.schedule ?? "", each);
  for (const { count, at, chatId, taskId, reason } of stats.failures) {
    out.print(["failure", oneLine(reason), count, at, chatId, taskId ?? ""].join("\t"));
  }
  const { start, zone, requests, tokens: used, dollars, limits } = stats.month;
  const most = [limits.requests, limits.tokens, limits.dollars].map((limit) => limit ?? "");
  out.print(["month", zonedDay(zone, Date.parse(start)).slice(0, 7), requests, used, dollars, ...most].join("\t"));
}

function numbers(sums: Sums): unknown[] {
  const { completed, failed, cancelled, wait, took, inputTokens, outputTokens, cachedTokens, costUsd } = sums;
  const seconds = (of: Sums["wait"]): string[] =>
    of === null ? ["", ""] : [of.p50, of.p95].map((ms) => (ms / 1000).toFixed(3));
  return [
    completed,
    failed,
    cancelled,
    ...seconds(wait),
    ...seconds(took),
    inputTokens,
    outputTokens,
    costUsd ?? "",
    cachedTokens,
  ];
}
