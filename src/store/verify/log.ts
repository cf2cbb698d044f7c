import { messageOf } from "../../core/errors.ts";
import type { ChatEvent, EventOf, StatusData } from "../../core/events.ts";
import { applyRunEvent, isEnded, type RunView } from "../../core/run-state.ts";
import { decodeEvent } from "../log/events.ts";
import type { Checked, Report } from "./finding.ts";
import type { EventRow, TaskRow } from "../database/schema.ts";
import { shorten } from "../../core/text.ts";

/** A chat's log, folded once more for verification. What has been compared with its rows is dropped, so it stays small. */
export interface LogCheck {
  /** The last `seq` so far. */
  head: number;
  lastAt: number;
  title: string;
  archived: boolean;
  /** Undefined: no event has set it. */
  model: string | undefined;
  effort: string | undefined;
  readonly runs: Map<string, LoggedRun>;
  readonly tasks: Map<string, LoggedTask>;
  readonly taskIds: Set<string>;
  /** A person's messages that carry a key, since they were last compared. */
  keyed: { readonly seq: number; readonly userId: string; readonly key: string }[];
  /** Results that are kept in a blob, since they were last compared. */
  blobs: { readonly seq: number; readonly id: string; readonly size: number }[];
  /** Files that were sent with messages, since they were last compared. */
  files: { readonly seq: number; readonly id: string; readonly size: number }[];
  /** A task's instruction, by `seq`, since they were last compared. */
  instructions: Map<string, number>;
}

export interface LoggedRun {
  view: RunView;
  /** It begins with `queued`; if not, its beginning lies elsewhere. */
  readonly fromStart: boolean;
  readonly firstSeq: number;
  lastSeq: number;
  readonly calls: Map<string, { readonly seq: number; readonly name: string; results: number }>;
  readonly steps: Map<number, LoggedStep>;
  /** Tasks that its calls have delegated: the last that was said of each. */
  readonly children: Map<string, { readonly seq: number; readonly callId: string; readonly state: string }>;
  /** Approvals and questions, by id: `open` while nobody has answered. */
  readonly asked: Map<string, Asked>;
}

export interface Asked {
  readonly kind: "approval" | "question";
  readonly seq: number;
  readonly open: boolean;
  /** What its row must hold too. */
  readonly says: string;
}

export interface LoggedStep {
  /** The `seq`s of its `usage` events: one, in a sound log. */
  readonly usage: number[];
  model: string | null;
  readonly calls: Set<string>;
}

export interface LoggedTask {
  /** What its first event says that it inherits: "" for nothing; undefined: that event lies elsewhere. */
  from: string | undefined;
  runId: string | null;
  status: TaskRow["status"];
  seq: number;
  /** Undefined: no plan since the task was last compared. */
  plan: { readonly done: number; readonly total: number } | undefined;
}

export const emptyLog = (): LogCheck => ({
  head: 0,
  lastAt: 0,
  title: "",
  archived: false,
  model: undefined,
  effort: undefined,
  runs: new Map(),
  tasks: new Map(),
  taskIds: new Set(),
  keyed: [],
  blobs: [],
  files: [],
  instructions: new Map(),
});

/** Adds the next row of the log, reporting what the log by itself shows to be wrong. */
export function addRow(log: LogCheck, chatId: string, row: EventRow, report: Report, checked: Checked): void {
  const { seq } = row;
  checked.events += 1;
  if (seq !== log.head + 1) {
    report({ kind: "gap", seq, what: "events are missing", expected: `seq ${log.head + 1}`, found: `seq ${seq}` });
  }
  log.head = seq;
  log.lastAt = row.at;
  let event: ChatEvent;
  try {
    event = decodeEvent(chatId, seq, row.body);
  } catch (error) {
    const found = shorten(messageOf(error).replaceAll(/\s+/g, " "), 200);
    return report({
      kind: "undecodable",
      seq,
      what: `the ${row.type} event cannot be read`,
      expected: "an event",
      found,
    });
  }
  const columns = [row.type, row.at, row.run_id, row.task_id].join(" ");
  const body = [event.type, Date.parse(event.at), event.runId, event.taskId].join(" ");
  if (columns !== body) {
    report({ kind: "columns", seq, what: "the event's columns differ from its body", expected: body, found: columns });
  }
  addChat(log, event);
  if (event.runId !== null) addRun(log, event, event.runId, report);
  if (event.taskId !== null) addTask(log, event, event.taskId);
}

function addChat(log: LogCheck, event: ChatEvent): void {
  if (event.type === "chat") {
    const { data } = event;
    if (data.change === "created" || data.change === "renamed") log.title = data.title;
    else if (data.change === "archived") log.archived = data.archived;
    else if (data.change === "model") log.model = data.model;
    else if (data.change === "effort") log.effort = data.effort;
  } else if (event.type === "message") {
    const { key, attachments = [] } = event.data;
    if (key !== undefined) log.keyed.push({ seq: event.seq, userId: event.actor.id, key });
    log.files.push(...attachments.map(({ id, size }) => ({ seq: event.seq, id, size })));
  } else if (
    (event.type === "tool_result" || event.type === "tool_use" || event.type === "resource") &&
    event.data.blob !== undefined
  ) {
    log.blobs.push({ seq: event.seq, id: event.data.blob, size: event.data.size ?? 0 });
  }
}

function addRun(log: LogCheck, event: ChatEvent, runId: string, report: Report): void {
  const { seq } = event;
  const known = log.runs.get(runId);
  if (known !== undefined && isEnded(known.view.state)) return report(afterEnd(event, runId));
  const view = applyRunEvent(known?.view, { ...event, runId });
  const run: LoggedRun = known ?? {
    view,
    fromStart: event.type === "status" && event.data.state === "queued",
    firstSeq: seq,
    lastSeq: seq,
    calls: new Map(),
    steps: new Map(),
    children: new Map(),
    asked: new Map(),
  };
  log.runs.set(runId, run);
  run.view = view;
  run.lastSeq = seq;
  if (event.type === "tool_use" || event.type === "tool_start" || event.type === "tool_result") {
    addCall(run, event, report);
  } else if (event.type === "usage" && event.step !== null) {
    const step = stepOf(run, event.step);
    step.usage.push(seq);
    step.model = event.data.model;
  } else if (event.type === "approval") {
    const { approvalId, callId, state, argsDigest } = event.data;
    run.asked.set(approvalId, {
      kind: "approval",
      seq,
      open: state === "requested",
      says: `${state} ${callId} ${argsDigest}`,
    });
  } else if (event.type === "child") {
    const { taskId, callId, state } = event.data;
    run.children.set(taskId, { seq, callId, state });
  } else if (event.type === "question") {
    const { questionId, callId, state, text } = event.data;
    run.asked.set(questionId, { kind: "question", seq, open: state === "asked", says: `${state} ${callId} ${text}` });
  }
  if (!isEnded(run.view.state)) return;
  for (const [callId, call] of run.calls) {
    if (call.results > 0) continue;
    const what = `the call ${callId} of ${call.name} has no result, and its run ${runId} has ended`;
    report({ kind: "call", seq: call.seq, what, expected: "one tool_result", found: "none" });
  }
  for (const [id, asked] of run.asked) {
    if (!asked.open) continue;
    const what = `the ${asked.kind} ${id} is open, and its run ${runId} has ended`;
    report({ kind: asked.kind, seq: asked.seq, what, expected: "an end", found: "open" });
  }
}

export function afterEnd(event: Pick<ChatEvent, "type" | "seq">, runId: string): Parameters<Report>[0] {
  const what = `run ${runId} has ended before this event`;
  return { kind: "end", seq: event.seq, what, expected: "nothing of the run", found: event.type };
}

function addCall(run: LoggedRun, event: EventOf<"tool_use" | "tool_start" | "tool_result">, report: Report): void {
  const { seq, data } = event;
  const { callId } = data;
  const call = run.calls.get(callId);
  const wrong = (what: string, expected: string, found: string): void =>
    report({ kind: "call", seq, what, expected, found });
  switch (event.type) {
    case "tool_use":
      if (call !== undefined) return wrong(`the call ${callId} was made before`, "an id of its own", `seq ${call.seq}`);
      run.calls.set(callId, { seq, name: event.data.name, results: 0 });
      stepOf(run, event.step ?? 0).calls.add(callId);
      return;
    case "tool_start":
      if (call === undefined) wrong(`the call ${callId} starts before it was made`, "a tool_use before", "none");
      else if (call.results > 0) wrong(`the call ${callId} starts again after its result`, "no tool_start", "one");
      return;
    case "tool_result": {
      if (call === undefined)
        return wrong(`the result of ${callId} has no call before it`, "a tool_use before", "none");
      call.results += 1;
      const { name } = event.data;
      if (call.results > 1) wrong(`the call ${callId} has more than one result`, "one tool_result", `${call.results}`);
      if (call.name !== name) wrong(`the result of ${callId} is another tool's`, call.name, name);
    }
  }
}

function stepOf(run: LoggedRun, number: number): LoggedStep {
  let step = run.steps.get(number);
  if (step === undefined) run.steps.set(number, (step = { usage: [], model: null, calls: new Set() }));
  return step;
}

function addTask(log: LogCheck, event: ChatEvent, taskId: string): void {
  const { seq } = event;
  const isFirst = !log.taskIds.has(taskId);
  log.taskIds.add(taskId);
  let task = log.tasks.get(taskId);
  if (task === undefined)
    log.tasks.set(taskId, (task = { from: undefined, runId: null, status: "waiting", seq, plan: undefined }));
  if (event.type === "plan") {
    const { items } = event.data;
    task.plan = { done: items.filter((item) => item.status === "done").length, total: items.length };
  } else if (event.type === "message" && event.data.role === "user") {
    log.instructions.set(taskId, seq);
  } else if (event.type === "status") {
    if (isFirst && event.data.state === "queued") task.from = descentText(event.data.from);
    task.seq = seq;
    if (event.data.state === "queued" && event.runId !== null) task.runId = event.runId;
    if (event.runId === task.runId) task.status = statusAfter(event.data.state, log.runs.get(event.runId ?? ""));
  }
}

function descentText(from: Extract<StatusData, { state: "queued" }>["from"]): string {
  return from === undefined ? "" : [from.parentRun, from.rootRun, from.depth, ...from.origins].join(" ");
}

/** What a task is after a status event of its last run, or of its own when it has no run yet. */
function statusAfter(state: EventOf<"status">["data"]["state"], run: LoggedRun | undefined): TaskRow["status"] {
  switch (state) {
    case "queued":
      return run === undefined ? "waiting" : "pending";
    case "waiting":
      return "waiting";
    case "starting":
    case "resumed":
    case "interrupted":
    case "stopping":
      return "in_progress";
    default:
      return state;
  }
}
