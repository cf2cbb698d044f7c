import { byWhom } from "../../core/answered-by.ts";
import { prettyJson } from "../../core/pretty-json.ts";
import { exactLine, exactText, spelledOut } from "../../core/exact.ts";
import type { List } from "../../wire/api.ts";
import type { Approval } from "../../wire/approvals.ts";
import type { Context } from "../command/context.ts";
import { approvalId } from "../command/ids.ts";
import { changesOf, printChanges } from "./changes.ts";
import { ago, clean, oneLine, shortId } from "../console/text.ts";

export type ListOptions = { all?: true; limit?: number; cursor?: string };

export async function listApprovals(context: Context, _args: readonly string[], options: ListOptions): Promise<void> {
  const { out, io } = context;
  const query = new URLSearchParams({ limit: String(options.limit ?? 20) });
  if (options.all) query.set("state", "all");
  if (options.cursor !== undefined) query.set("cursor", options.cursor);
  const client = await context.client("any");
  const list = await client.request<List<Approval>>("GET", `/api/approvals?${query}`);
  const changes = await changesOf(client);
  if (out.json) return out.document({ ...list, changes });
  if (list.items.length === 0) {
    out.note(
      options.all
        ? "No approval was ever asked for."
        : "No approval waits for you. What the agent asks you: sparky approvals questions",
    );
    return printChanges(out, changes);
  }
  const time = (iso: string): string => (out.terminal ? ago(iso, io.now()) : iso);
  out.table(
    [
      { title: "ID" },
      { title: "STATE" },
      { title: "TOOL", max: 20 },
      { title: "FOR", max: 30 },
      { title: "ASKED" },
      { title: "UNTIL" },
      { title: "BY" },
      { title: "WHAT" },
    ],
    list.items.map((item) => [
      out.terminal ? shortId(item.id) : item.id,
      item.state,
      exactLine(item.tool),
      item.canSee ? item.chatTitle : `a chat of ${item.chatOwner}`,
      time(item.requestedAt),
      item.state === "requested" ? time(item.expiresAt) : "",
      byWhom(item.by, item.via) ?? "",
      exactLine(item.summary),
    ]),
  );
  if (list.next !== null && out.terminal) out.note("There are more: --limit, or --cursor with the `next` of --json");
  printChanges(out, changes);
}

export async function showApproval(context: Context, args: readonly string[]): Promise<void> {
  const { out, io } = context;
  const client = await context.client("any");
  const approval = await client.request<Approval>("GET", `/api/approvals/${await approvalId(client, args[0] ?? "")}`);
  if (out.json) return out.document(approval);
  const time = (iso: string): string => (out.terminal ? `${iso}  (${ago(iso, io.now())})` : iso);
  const open = approval.state === "requested";
  const fields: readonly (readonly [string, string | null])[] = [
    ["id", approval.id],
    ["state", approval.state],
    ["tool", exactLine(approval.tool)],
    ["args", out.terminal ? exactText(prettyJson(approval.args)) : spelledOut(JSON.stringify(approval.args))],
    ["runs", approval.terms],
    [
      "rules",
      approval.rules.length === 0 || !open
        ? null
        : approval.rules.map((rule) => exactLine(rule)).join(out.terminal ? "\n" : "; "),
    ],
    ["chat", `${approval.chatId}  ${oneLine(approval.canSee ? approval.chatTitle : `of ${approval.chatOwner}`)}`],
    ["task", approval.taskId],
    ["asked", time(approval.requestedAt)],
    ["until", open ? time(approval.expiresAt) : null],
    ["answered", approval.decidedAt === null ? null : time(approval.decidedAt)],
    ["by", byWhom(approval.by, approval.via)],
    ["note", approval.note],
  ];
  for (const [name, value] of fields) {
    if (value === null) continue;
    const lines = clean(value)
      .split("\n")
      .join(`\n${" ".repeat(10)}`);
    out.print(out.terminal ? `${out.paint.dim(name.padEnd(8))}  ${lines}` : `${name}\t${oneLine(value)}`);
  }
  if (open && approval.canDecide && out.terminal) {
    const id = shortId(approval.id);
    out.note(
      approval.canApprove
        ? `  answer: sparky approvals approve ${id}, or deny`
        : `  an owner or an admin says yes to it; you may say no: sparky approvals deny ${id}`,
    );
  }
}
