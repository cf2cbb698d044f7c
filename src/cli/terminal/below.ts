import { callLine, exactLine, exactText } from "../../core/exact.ts";
import type { RunView } from "../../core/run-state.ts";
import type { Approval } from "../../wire/approvals.ts";
import { editorRows } from "./editor.ts";
import { entryLines, partLines } from "./entry.ts";
import type { Outgoing } from "./outbox.ts";
import type { Below } from "./screen.ts";
import { fit, span, wrap, type Line, type Span } from "./text.ts";
import { asking, callsAtWork, currentRun, pending, questions, type TerminalView } from "./view.ts";
import { ago, duration, oneLine, shortId, tokens } from "../console/text.ts";

/** What stands at the bottom and changes: what is under way, questions, what is being sent, the status, the line to write. */

export interface BelowState {
  readonly view: TerminalView;
  readonly chat: { readonly id: string; readonly title: string } | null;
  readonly connection: Connection;
  readonly outbox: readonly Outgoing[];
  /** What is known of the open questions beside the log. */
  readonly approvals: ReadonlyMap<string, Approval>;
  readonly me: string;
  readonly editor: { readonly text: string; readonly cursor: number; readonly completions: readonly string[] };
  /** A stop was asked for, and its answer is not there yet. */
  readonly stopping: boolean;
}

export type Connection = { readonly state: "live" | "connecting" } | { readonly state: "lost"; readonly tries: number };

export interface Extent {
  readonly columns: number;
  readonly rows: number;
  readonly now: number;
}

const EDITOR_ROWS = 6;
const AIRY_ROWS = 12;

export function below(state: BelowState, { columns, rows, now }: Extent): Below {
  const width = Math.max(columns - 1, 20);
  const editor = editorRows(
    state.editor.text,
    state.editor.cursor,
    width,
    Math.min(EDITOR_ROWS, Math.max(rows - 3, 1)),
  );
  const fixed: readonly Line[] = [
    ...planLines(state, width),
    ...questionLines(state, width, now),
    ...askingLines(state, width),
    ...state.outbox.flatMap((item) => outgoingLines(item, width)),
    // Room to breathe, where there is room.
    ...(rows < AIRY_ROWS ? [] : [[]]),
    statusLine(state, width, now),
  ];
  const completions = completionLines(state.editor.completions, width);
  const room = Math.max(rows - 1 - editor.lines.length, 1);
  const bottom = fixed.slice(-room);
  const left = Math.max(room - bottom.length - completions.length, 0);
  const above = left === 0 ? [] : underWay(state, width, left, now).slice(-left);
  const lines = [...above, ...bottom, ...editor.lines, ...completions.slice(0, Math.max(room - bottom.length, 0))];
  const row = above.length + bottom.length + editor.cursor.row;
  return { lines, cursor: { row, column: editor.cursor.column } };
}

/** Calls at work and text that is being written, in the log's order. */
function underWay({ view, me }: BelowState, width: number, rows: number, now: number): readonly Line[] {
  const asks = new Set([
    ...questions(view).map(({ callId }) => callId),
    ...asking(view).map(({ data }) => data.callId),
  ]);
  // What asks stands further below, with how to answer it.
  const calls = pending(view).flatMap((shown) =>
    shown.entry.kind === "call" && asks.has(shown.entry.callId)
      ? []
      : entryLines(shown, { width, me, now, progress: view.open.progress }),
  );
  const parts = view.open.parts.flatMap((part) => [
    ...(part.kind === "message" ? [[]] : []),
    ...partLines(part, width, Math.max(rows - calls.length - 1, 3)),
  ]);
  return [...calls, ...parts];
}

function planLines({ view }: BelowState, width: number): readonly Line[] {
  const { runId, items } = view.plan;
  const run = currentRun(view);
  if (run === null || run.id !== runId || items.length === 0) return [];
  const done = items.filter(({ status }) => status === "done").length;
  const now = items.find(({ status }) => status === "doing") ?? items.find(({ status }) => status === "todo");
  const text = `  plan ${done} of ${items.length}${now === undefined ? "" : `: ${oneLine(now.text)}`}`;
  return [fit([span(text, "dim")], width)];
}

function questionLines({ view, approvals }: BelowState, width: number, now: number): readonly Line[] {
  return questions(view).map(({ name, use, approval }) => {
    const known = approvals.get(approval.data.approvalId);
    const until = known === undefined ? "" : `  expires ${ago(known.expiresAt, now)}`;
    const how = howToAnswer(known);
    const what = fit([span(callLine(name, use?.data.summary))], Math.max(width - until.length - how.length - 4, 8));
    return fit([span("  ? ", "ask"), ...what, span(`${how}${until}`, "ask")], width);
  });
}

function howToAnswer(known: Pick<Approval, "canDecide" | "canApprove"> | undefined): string {
  if (known?.canDecide === false) return "  you may only watch";
  return known?.canApprove === false ? "  waits for an owner’s yes; /deny" : "  /approve or /deny";
}

const CHOICES_SHOWN = 6;

function askingLines({ view }: BelowState, width: number): readonly Line[] {
  return asking(view).flatMap(({ data: { text, choices = [] } }) => {
    const more = choices.length > CHOICES_SHOWN ? [`… ${choices.length - CHOICES_SHOWN} more`] : [];
    const how = choices.length > 0 ? "write your answer, or Enter to choose" : "write your answer";
    return [
      ...exactText(text)
        .split("\n")
        .flatMap((line, at) => wrap([span(line, "ask")], width, [span(at === 0 ? "  ? " : "    ", "ask")])),
      ...[...choices.slice(0, CHOICES_SHOWN).map((choice) => exactLine(choice)), ...more].map((line) =>
        fit([span(`    · ${line}`)], width),
      ),
      fit([span(`    ${how}`, "dim")], width),
    ];
  });
}

function outgoingLines({ kind, text, state }: Outgoing, width: number): readonly Line[] {
  const words = fit([span(oneLine(text))], Math.max(width - 14, 8));
  const mark = kind === "task" ? "task › " : "› ";
  if (state.name !== "failed") return [fit([span(mark, "dim"), ...words, span("  sending…", "dim")], width)];
  return [
    fit([span(mark, "bad"), ...words], width),
    ...wrap([span(`not sent: ${oneLine(state.why)}. Send it again: /retry`, "bad")], width, [span("  ")]),
  ];
}

function statusLine(state: BelowState, width: number, now: number): Line {
  if (state.connection.state === "lost") {
    const tries = state.connection.tries > 1 ? `, try ${state.connection.tries}` : "";
    return fit([span(`◌ Reconnecting${tries}… what the agent does goes on`, "ask")], width);
  }
  const run = currentRun(state.view);
  if (run === null) return idleLine(state, width);
  const [mark, words] = runWords(state, run, now);
  const used = run.inputTokens + run.outputTokens;
  const facts = [
    ...(run.startedAt === null
      ? []
      : [duration(Math.max(0, Math.floor((now - Date.parse(run.startedAt)) / 1000) * 1000))]),
    ...(used === 0 ? [] : [tokens(used)]),
    ...(run.costUsd === null ? [] : [`$${run.costUsd.toFixed(2)}`]),
    ...(run.state === "stopping" ? [] : ["Ctrl-C stops"]),
  ];
  const tail = facts.map((fact) => ` · ${fact}`).join("");
  const head: readonly Span[] = [
    span(`${mark} `, "note"),
    ...fit([span(words)], Math.max(width - tail.length - 2, 10)),
  ];
  return fit([...head, span(tail, "dim")], width);
}

function runWords({ view, stopping }: BelowState, run: RunView, now: number): readonly [mark: string, words: string] {
  if (run.state === "stopping" || stopping) return ["◍", "Stopping…"];
  if (run.state === "queued")
    return run.reason === "crash" || run.reason === "shutdown" ? ["↯", "Interrupted"] : ["○", "Queued"];
  if (run.state === "waiting") {
    if (run.reason === "approval") return ["◔", "Waits for your approval"];
    if (run.reason === "question") return ["◔", "Waits for your answer"];
    // What it has delegated, or what only a newer Sparky knows.
    if (run.reason !== "retry") return ["◔", run.message];
    const seconds = run.until === null ? null : Math.max(0, Math.round((Date.parse(run.until) - now) / 1000));
    return ["◔", `Waits for a retry${seconds === null ? "" : ` in ${seconds}s`}`];
  }
  const [call, ...others] = callsAtWork(view);
  if (call === undefined)
    return ["●", view.open.parts.length > 0 ? "Working · writing" : "Working · calling the model"];
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return ["●", `Working · ${callLine(call.name, call.use?.data.summary)}${more}`];
}

function idleLine({ chat, connection }: BelowState, width: number): Line {
  if (connection.state === "connecting" && chat !== null) return fit([span("◌ Connecting…", "dim")], width);
  const where = chat === null ? "a new chat" : `${oneLine(chat.title)} · ${shortId(chat.id)}`;
  return fit([span(`${where} · /help`, "dim")], width);
}

function completionLines(completions: readonly string[], width: number): readonly Line[] {
  if (completions.length === 0) return [];
  const rows = wrap([span(completions.join("  "), "dim")], width, [span("  ")]);
  return rows.length <= 3 ? rows : [...rows.slice(0, 2), [span("  …", "dim")]];
}
