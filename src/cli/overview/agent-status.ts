import { callLine, exactLine } from "../../core/exact.ts";
import { workedUntil } from "../../core/run-state.ts";
import type { List, Status } from "../../wire/api.ts";
import type { Approval } from "../../wire/approvals.ts";
import type { Question } from "../../wire/questions.ts";
import type { Context } from "../command/context.ts";
import { EXIT, type ExitCode } from "../console/io.ts";
import type { Output } from "../console/output.ts";
import { cut, pad } from "../console/columns.ts";
import { ago, due, duration, oneLine, shortId, tokens } from "../console/text.ts";

type RunningRun = Status["running"][number];

/** The counts are shown without a server too; the exit code then says that none runs. */
export async function agentStatus(context: Context): Promise<ExitCode> {
  const { out, io } = context;
  const client = await context.client("any");
  const status = await client.request<Status>("GET", "/api/status");
  const url = client.endpoint?.url ?? null;
  const exit = url === null ? EXIT.notRunning : EXIT.ok;
  if (out.json) {
    out.document({ ...status, server: url });
    return exit;
  }
  if (out.terminal) {
    const open = status.waiting.approvals === 0 ? [] : await newest<Approval>(context, "/api/approvals");
    const asked = status.waiting.questions === 0 ? [] : await newest<Question>(context, "/api/questions");
    forPeople(out, status, { open, asked }, url, io.now());
  } else forScripts(out, status, url);
  if (url === null) out.note("  start it: sparky chat start --agent-loop");
  return exit;
}

/** As many as a person reads at a glance; the list has the others. */
const SHOWN = 5;

async function newest<T>(context: Context, path: string): Promise<readonly T[]> {
  const client = await context.client("any");
  return (await client.request<List<T>>("GET", `${path}?limit=${SHOWN}`)).items;
}

interface Waiting {
  readonly open: readonly Approval[];
  readonly asked: readonly Question[];
}

function forPeople(out: Output, status: Status, { open, asked }: Waiting, url: string | null, now: number): void {
  const label = (word: string): string => out.paint.dim(word.padEnd(8));
  for (const run of status.running) out.print(`${label(wordOf(run))}  ${runLine(run, now)}`);
  for (const approval of open) {
    const what = pad(cut(callLine(approval.tool, approval.summary), 48), 30);
    out.print(`${label("Asks")}  ${shortId(approval.id).padEnd(8)}  ${what}  expires ${ago(approval.expiresAt, now)}`);
  }
  const more = (count: number): string => (count > 0 ? ` (${count} more)` : "");
  if (open.length > 0) out.note(`  answer${more(status.waiting.approvals - open.length)}: sparky approvals list`);
  for (const { id, text, expiresAt } of asked) {
    const what = pad(exactLine(text, 48), 30);
    out.print(`${label("Asks")}  ${shortId(id).padEnd(8)}  ${what}  expires ${ago(expiresAt, now)}`);
  }
  if (asked.length > 0)
    out.note(`  answer${more(status.waiting.questions - asked.length)}: sparky approvals questions`);
  const { changes } = status.waiting;
  if (changes > 0) {
    const what = changes === 1 ? "1 tool or skill is new or changed" : `${changes} tools or skills are new or changed`;
    out.print(`${label("Asks")}  ${what}`);
    out.note("  answer: sparky approvals list");
  }
  if (status.next.length > 0) {
    const next = status.next.map((each) => `${oneLine(each.schedule)} ${due(each.dueAt, now)}`);
    out.print(`${label("Next")}  ${next.join(" · ")}`);
  }
  const { tasks } = status;
  const counts = [
    `${tasks.pending} queued`,
    `${tasks.in_progress} working`,
    `${tasks.waiting} waiting`,
    `${tasks.completed} done`,
    `${tasks.failed} failed`,
    ...(tasks.cancelled === 0 ? [] : [`${tasks.cancelled} cancelled`]),
  ];
  out.print(`${label("Tasks")}  ${counts.join(" · ")}`);
  out.print(`${label("Model")}  ${oneLine(status.model)}`);
  const loop = `agent loop ${status.agentLoop ? "on" : "off"}`;
  const up = duration(now - Date.parse(status.startedAt));
  out.print(`${label("Server")}  ${url === null ? "not running" : `up ${up} on ${url} · ${loop}`}`);
}

function wordOf(run: RunningRun): string {
  return run.state === "waiting" ? "Waiting" : run.state === "stopping" ? "Stopping" : "Working";
}

function runLine(run: RunningRun, now: number): string {
  const doing =
    run.state === "waiting"
      ? (run.reason ?? "").replace(/^Waits (for )?/, "")
      : `step ${run.step} ${run.current ?? ""}`;
  const cells = [
    shortId(run.taskId ?? run.id).padEnd(8),
    pad(cut(oneLine(run.title), 30), 18),
    pad(cut(oneLine(doing), 34), 20),
    duration(run.state === "waiting" ? now - Date.parse(run.startedAt ?? run.queuedAt) : workedUntil(now, run)).padEnd(
      6,
    ),
    run.tokens === 0 ? "" : tokens(run.tokens),
    run.costUsd === null ? "" : `$${run.costUsd.toFixed(2)}`,
  ];
  return cells.join("  ").trimEnd();
}

function forScripts(out: Output, status: Status, url: string | null): void {
  for (const run of status.running) {
    const what = [run.taskId ?? run.id, run.title, run.reason ?? run.current ?? "", run.startedAt ?? run.queuedAt];
    out.print([run.state, ...what.map(oneLine)].join("\t"));
  }
  for (const each of status.next) out.print(["next", oneLine(each.schedule), each.dueAt].join("\t"));
  for (const [name, count] of Object.entries(status.tasks)) out.print(`tasks.${name}\t${count}`);
  out.print(`waiting.approvals\t${status.waiting.approvals}`);
  out.print(`waiting.questions\t${status.waiting.questions}`);
  out.print(`waiting.changes\t${status.waiting.changes}`);
  out.print(`model\t${oneLine(status.model)}`);
  out.print(`agentLoop\t${status.agentLoop}`);
  out.print(`server\t${url ?? ""}`);
}
