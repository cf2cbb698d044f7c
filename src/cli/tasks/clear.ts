import type { Task } from "../../wire/api.ts";
import { taskWord, wordOfStatus } from "../../wire/state-words.ts";
import type { Cleared, ClearTasks } from "../../wire/tasks-clear.ts";
import { confirmed } from "../command/confirm.ts";
import type { Context } from "../command/context.ts";
import { chatId } from "../command/ids.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import { TASK_STATUSES } from "../console/status-words.ts";
import { spanOf, type SpanOptions } from "./options.ts";
import { cut } from "../console/columns.ts";
import { ago, oneLine, shortId } from "../console/text.ts";

export type ClearOptions = SpanOptions & {
  status?: Task["status"];
  schedule?: string;
  chat?: string;
  search?: string;
  dryRun?: true;
  yes?: true;
};

/** Shows what will go, asks, and deletes that: what was added, started or has ended since it was shown stays. */
export async function clearTasks(context: Context, _args: readonly string[], options: ClearOptions): Promise<ExitCode> {
  const { out, io } = context;
  const client = await context.client("any");
  const { status, schedule, chat, search, dryRun, yes } = options;
  const which: ClearTasks = {
    ...(status !== undefined && { status }),
    ...(schedule !== undefined && { schedule }),
    ...(search !== undefined && { search }),
    ...(chat !== undefined && { chatId: await chatId(client, chat) }),
    ...spanOf(options, io.now()),
  };
  const clear = (how: ClearTasks): Promise<Cleared> =>
    client.request<Cleared>("POST", "/api/tasks/clear", { ...which, ...how });
  const would = await clear({ dryRun: true });
  if (dryRun) {
    if (out.json) out.document(would);
    else show(context, would, "print");
    return EXIT.ok;
  }
  if (would.total > 0) {
    if (!yes && io.stdinIsTerminal) show(context, would, "note");
    const question = would.total === 1 ? "Delete this task?" : `Delete these ${would.total} tasks?`;
    const line = "look with --dry-run, then add --yes";
    if (!(await confirmed(context, { yes, question, act: "clearing", line }))) return EXIT.error;
  }
  const cleared = would.total === 0 ? { ...would, dryRun: false } : await clearAll(context, would, clear);
  if (out.json) out.document(cleared);
  else if (!out.terminal) out.print(String(cleared.total));
  else out.print(cleared.total === 0 ? "No such tasks." : `Deleted  ${cleared.total} (${counts(cleared)})`);
  if (cleared.total < would.total) out.note(`${would.total - cleared.total} changed meanwhile and were left.`);
  sayWorking(context, cleared);
  return EXIT.ok;
}

/** Part by part, none of which takes long: the server goes on with its work between them. */
async function clearAll(
  { out }: Context,
  would: Cleared,
  clear: (how: ClearTasks) => Promise<Cleared>,
): Promise<Cleared> {
  let all: Cleared = { ...would, dryRun: false, total: 0, byStatus: {}, left: would.total };
  while (all.left > 0) {
    const part = await clear({ unchangedSince: would.at });
    const byStatus = { ...all.byStatus };
    for (const status of TASK_STATUSES) {
      const count = (byStatus[status] ?? 0) + (part.byStatus[status] ?? 0);
      if (count > 0) byStatus[status] = count;
    }
    all = { ...part, total: all.total + part.total, byStatus, items: would.items };
    if (part.total === 0) break;
    if (all.left > 0) out.progress(`… deleted ${all.total} of ${would.total}`);
  }
  out.progress(null);
  return all;
}

/** What a dry run is for is data; what is shown before a question is not. */
function show(context: Context, would: Cleared, to: "print" | "note"): void {
  const { out, io } = context;
  const say = out[to];
  if (to === "print" && !out.terminal) {
    say(`total\t${would.total}`);
    for (const status of TASK_STATUSES) say(`${status}\t${would.byStatus[status] ?? 0}`);
    say(`working\t${would.working}`);
    return;
  }
  if (would.total === 0) say("No such tasks.");
  else say(`Would go: ${would.total} (${counts(would)})`);
  for (const task of would.items) {
    const when = ago(task.finishedAt ?? task.startedAt ?? task.createdAt, io.now());
    say(`  ${shortId(task.id)}  ${taskWord(task).padEnd(9)}  ${when.padEnd(8)}  ${cut(oneLine(task.instruction), 60)}`);
  }
  if (would.total > would.items.length) say(`  … and ${would.total - would.items.length} more`);
  sayWorking(context, would);
}

function counts({ byStatus }: Cleared): string {
  return TASK_STATUSES.flatMap((status) =>
    byStatus[status] ? [`${byStatus[status]} ${wordOfStatus(status)}`] : [],
  ).join(" · ");
}

function sayWorking({ out }: Context, { working }: Cleared): void {
  if (working === 0) return;
  const which = working === 1 ? "1 that is being worked on stays" : `${working} that are being worked on stay`;
  out.note(`${which}: cancel first, with sparky agent tasks cancel`);
}
