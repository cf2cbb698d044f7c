import { exactLine } from "../../core/exact.ts";
import { changeWords } from "../../wire/changes.ts";
import type { Away, AwayItem } from "../../wire/away.ts";
import { runWord } from "../../wire/state-words.ts";
import type { Context } from "../command/context.ts";
import { ago, oneLine, shortId, tokens } from "../console/text.ts";

export async function showAway(
  context: Context,
  _args: readonly string[],
  options: { readonly mark?: true },
): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const told = await client.request<Away>("GET", "/api/away");
  if (out.json) out.document(told);
  else {
    if (told.items.length === 0) out.note("Nothing happened that you have not seen.");
    else if (out.terminal) out.print(`While you were away: ${summaryOf(told)}`);
    if (told.items.length > 0) {
      out.table(
        [{ title: "WHEN" }, { title: "WHAT" }, { title: "WHERE" }, { title: "TITLE", max: 40 }, { title: "WHY" }],
        told.items.map((item) => (out.terminal ? forPeople(item, io.now()) : forScripts(item))),
      );
    }
    if (told.items.length < told.total) out.note(`The newest ${told.items.length} of ${told.total} are shown.`);
    if (!told.complete) out.note("There is more from longer ago, which was not looked at.");
    if (told.waiting > 0)
      out.note(`Waiting for your answer: ${told.waiting}. See: sparky approvals list, or questions`);
    for (const change of told.changes) out.note(`  ${exactLine(changeWords(change), 200)}`);
  }
  if (!options.mark || told.items.length === 0) return;
  const chats: { [chatId: string]: number } = {};
  for (const { chatId, seq } of told.items) chats[chatId] = Math.max(chats[chatId] ?? 0, seq);
  await client.request<unknown>("POST", "/api/away/seen", { chats });
  out.note("Marked as seen.");
}

function summaryOf({ totals }: Away): string {
  const spent = totals.inputTokens + totals.outputTokens;
  const counts: readonly (readonly [number, string])[] = [
    [totals.completed - totals.flawed, runWord("completed")],
    [totals.flawed, runWord("flawed")],
    [totals.failed, "failed"],
    [totals.cancelled, "cancelled"],
    [totals.recovered, "resumed after an interruption"],
    [totals.skipped, "skipped"],
    [totals.paused, "paused"],
    [totals.mentioned, totals.mentioned === 1 ? "mention" : "mentions"],
    [totals.notice, totals.notice === 1 ? "notice" : "notices"],
    [totals.asks, "asked"],
    [totals.waits, "waiting for a limit"],
  ];
  return [
    ...counts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`),
    ...(spent > 0 ? [tokens(spent)] : []),
    ...(totals.costUsd === null ? [] : [`$${totals.costUsd.toFixed(2)}`]),
  ].join(" · ");
}

function forPeople(item: AwayItem, now: number): string[] {
  const until = item.expiresAt === null ? "" : ` (expires ${ago(item.expiresAt, now)})`;
  return [
    ago(item.at, now),
    wordOf(item),
    `${shortId(item.chatId)} #${item.seq}`,
    item.title,
    `${oneLine(item.reason ?? "")}${until}`,
  ];
}

const WORDS: { readonly [kind in AwayItem["kind"]]?: string } = {
  completed: "done",
  recovered: "resumed",
  asks: "asked you",
  mentioned: "mentions you",
};

const wordOf = ({ kind, reason }: AwayItem): string =>
  kind === "completed" && reason !== null ? runWord("flawed") : (WORDS[kind] ?? kind);

/** Time, kind, chat, seq, run, task, title, reason, approval or question, its expiry. */
function forScripts(item: AwayItem): string[] {
  const { at, kind, chatId, seq, runId, taskId, title, reason, approvalId, questionId, expiresAt } = item;
  return [
    at,
    kind,
    chatId,
    String(seq),
    runId ?? "",
    taskId ?? "",
    title,
    reason ?? "",
    approvalId ?? questionId ?? "",
    expiresAt ?? "",
  ];
}
