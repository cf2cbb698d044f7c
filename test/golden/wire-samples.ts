import type { ChatEvent, NewEvent } from "../../src/core/events.ts";
import {
  chatSchema,
  statusSchema,
  taskSchema,
  type Chat,
  type Status,
  type Task,
} from "../../src/wire/api.ts";
import { occurrenceSchema, scheduleSchema, type Occurrence, type Schedule } from "../../src/wire/schedules.ts";
import {
  foundNodeSchema,
  graphCheckSchema,
  graphNodeSchema,
  type FoundNode,
  type GraphCheck,
  type GraphNode,
} from "../../src/wire/graph.ts";
import { searchPageSchema, type Found } from "../../src/wire/search.ts";
import { approvalSchema, grantSchema, type Approval, type Grant } from "../../src/wire/approvals.ts";
import { awaySchema, type Away } from "../../src/wire/away.ts";
import { chatEventSchema } from "../../src/core/events.ts";

/** Answers of a server, checked with the wire's own schemas so that the golden files stay true to them. */

const WORKING: Task = {
  id: "3f2a91c0aaaabbbbcccc",
  instruction: "Check knowledge graph stats",
  status: "in_progress",
  chatId: "c4a7aaaabbbbccccdddd",
  ownerId: "u1",
  metadata: {},
  priority: 0,
  dependsOn: [],
  runAt: null,
  key: null,
  limits: {},
  model: null,
  effort: null,
  attempts: 1,
  runId: "r1",
  result: null,
  error: null,
  schedule: null,
  createdAt: "2026-12-01T14:02:00.000Z",
  startedAt: "2026-12-01T14:02:00.200Z",
  finishedAt: null,
  workingSince: "2026-12-01T14:02:00.200Z",
  workedMs: 0,
  waitsFor: null,
  flaws: null,
  progress: { done: 1, total: 3, step: 2, current: 'web_fetch "https://example.org"' },
};

export const task = (change: Partial<Task> = {}): Task => taskSchema.parse({ ...WORKING, ...change });

export const failedTask = task({
  id: "c01d77e2aaaabbbbcccc",
  instruction: "Check links of the wiki",
  status: "failed",
  schedule: "link_check",
  error: "shell: exit 1",
  finishedAt: "2026-12-01T12:05:12.200Z",
  startedAt: "2026-12-01T12:02:00.200Z",
  createdAt: "2026-12-01T12:02:00.000Z",
  workingSince: null,
  workedMs: 192_000,
  progress: { done: 0, total: 0, step: 7, current: null },
});

export const doneTask = task({
  status: "completed",
  result: "The graph has 212 nodes.\nNone is isolated.",
  finishedAt: "2026-12-01T14:02:12.000Z",
  workingSince: null,
  workedMs: 11_800,
  progress: { done: 3, total: 3, step: 3, current: null },
});

export const chat: Chat = chatSchema.parse({
  id: "c4a7aaaabbbbccccdddd",
  title: "Check knowledge graph stats",
  ownerId: "agent",
  origin: "task",
  model: null,
  effort: null,
  head: 12,
  seen: 0,
  archived: false,
  recall: true,
  createdAt: "2026-12-01T14:02:00.000Z",
  lastEventAt: "2026-12-01T14:02:12.000Z",
  runState: "working",
  lastRunState: null,
  canWrite: true,
});

export const status: Status = statusSchema.parse({
  tasks: { pending: 2, in_progress: 1, waiting: 1, completed: 40, failed: 1, cancelled: 0, total: 45 },
  running: [
    {
      id: "r1",
      chatId: chat.id,
      taskId: WORKING.id,
      state: "working",
      attempt: 1,
      queuedAt: "2026-12-01T14:00:55.000Z",
      startedAt: "2026-12-01T14:00:56.000Z",
      endedAt: null,
      workingSince: "2026-12-01T14:00:56.000Z",
      workedMs: 0,
      step: 5,
      current: "web_fetch",
      waitsFor: null,
      reason: null,
      tokens: 12_400,
      costUsd: 0.03,
      model: "demo",
      title: "smart_maintenance",
    },
    {
      id: "r2",
      chatId: "c5",
      taskId: "77aa02deaaaabbbbcccc",
      state: "waiting",
      attempt: 1,
      queuedAt: "2026-12-01T13:56:00.000Z",
      startedAt: "2026-12-01T13:56:20.000Z",
      endedAt: null,
      workingSince: null,
      workedMs: 4000,
      step: 2,
      current: null,
      waitsFor: "approval",
      reason: "your approval",
      tokens: 0,
      costUsd: null,
      model: null,
  effort: null,
      title: '"Book the train"',
    },
  ],
  next: [{ schedule: "reflection", dueAt: "2026-12-01T14:14:30.000Z" }],
  waiting: { approvals: 1, questions: 0, changes: 0 },
  agentLoop: true,
  model: "demo",
  node: "home",
  startedAt: "2026-11-28T10:00:00.000Z",
});

export const approval: Approval = approvalSchema.parse({
  id: "7kq2aaaabbbbccccdddd",
  chatId: chat.id,
  chatTitle: "Tidy the downloads",
  runId: "r2",
  taskId: "77aa02deaaaabbbbcccc",
  callId: "call1",
  tool: "shell",
  summary: "rm -r old",
  args: { command: "rm -r old\necho done", timeoutSeconds: 5 },
  argsDigest: "0".repeat(64),
  state: "requested",
  requestedAt: "2026-12-01T13:56:20.000Z",
  expiresAt: "2026-12-08T13:56:20.000Z",
  decidedAt: null,
  by: null,
  note: null,
  canDecide: true,
});

export const deniedApproval: Approval = approvalSchema.parse({
  ...approval,
  id: "8mm3aaaabbbbccccdddd",
  state: "denied",
  decidedAt: "2026-12-01T14:00:20.000Z",
  by: "ann",
  note: "use the copy instead",
  canDecide: false,
});

export const grant: Grant = grantSchema.parse({
  id: "9wx4aaaabbbbccccdddd",
  tool: "shell",
  principalId: "agent",
  runId: null,
  until: "2026-12-01T18:00:00.000Z",
  grantedBy: "owner",
  createdAt: "2026-12-01T13:57:20.000Z",
});

const missed = {
  chatId: chat.id,
  runId: "r1",
  taskId: "3f2a91c0aaaabbbbcccc",
  title: "Check knowledge graph stats",
  reason: null,
  approvalId: null,
  questionId: null,
  expiresAt: null,
  schedule: null,
  tookMs: null,
};

export const away: Away = awaySchema.parse({
  items: [
    {
      ...missed,
      kind: "asks",
      seq: 21,
      at: approval.requestedAt,
      title: "Tidy the downloads",
      reason: "shell rm -r old",
      approvalId: approval.id,
      expiresAt: approval.expiresAt,
    },
    { ...missed, kind: "mentioned", seq: 14, at: "2026-12-01T12:50:00.000Z", reason: "ann: Look at this, @owner" },
    { ...missed, kind: "completed", seq: 12, at: "2026-12-01T12:40:00.000Z" },
    { ...missed, kind: "completed", seq: 11, at: "2026-12-01T12:35:00.000Z", reason: "one tool failed" },
    { ...missed, kind: "recovered", seq: 9, at: "2026-12-01T12:30:00.000Z" },
    { ...missed, kind: "failed", chatId: "c5", seq: 7, at: "2026-12-01T12:05:12.000Z", reason: "shell: exit 1" },
    { ...missed, kind: "cancelled", chatId: "c5", seq: 3, at: "2026-12-01T11:00:00.000Z", reason: "by ann" },
  ],
  next: null,
  total: 7,
  totals: {
    completed: 2,
    flawed: 1,
    failed: 1,
    cancelled: 1,
    recovered: 1,
    asks: 1, waits: 0, notice: 0,
    skipped: 0,
    paused: 0,
    mentioned: 1,
    inputTokens: 12_000,
    outputTokens: 400,
    costUsd: 0.03,
  },
  changes: [],
  waiting: 2,
  complete: true,
});

export const occurrences: readonly Occurrence[] = [
  { outcome: "running", dueAt: "2026-12-01T14:00:00.000Z", startedAt: "2026-12-01T14:00:00.040Z" },
  { outcome: "ran late", dueAt: "2026-12-01T13:30:00.000Z", startedAt: "2026-12-01T13:41:00.000Z", endedAt: "2026-12-01T13:42:30.000Z", workedMs: 90_000 },
  { outcome: "ran", dueAt: "2026-12-01T13:07:12.000Z", manual: true, startedAt: "2026-12-01T13:07:12.010Z", endedAt: "2026-12-01T13:08:00.000Z", workedMs: 27_000, reason: "one tool failed" },
  { outcome: "skipped", reason: "overlap", dueAt: "2026-12-01T13:00:00.000Z", taskId: null },
  { outcome: "skipped", reason: "down", dueAt: "2026-11-01T00:00:00.000Z", until: "2026-12-01T12:30:00.000Z", count: 1466, taskId: null },
].map((row) =>
  occurrenceSchema.parse({
    schedule: "smart_maintenance",
    reason: null,
    manual: false,
    taskId: "3f2a9c1b7d5e4f608a1b",
    runId: null,
    startedAt: null,
    endedAt: null,
    workingSince: null,
    workedMs: null,
    waitsFor: null,
    count: 1,
    until: null,
    ...row,
  }),
);

export const schedule: Schedule = scheduleSchema.parse({
  name: "smart_maintenance",
  description: "Keeps the knowledge graph healthy",
  prompt: "Look after the graph.",
  when: "every(30 minutes)",
  timezone: "Europe/Berlin",
  enabled: true,
  state: "enabled",
  pausedUntil: null,
  pauseReason: null,
  catchUp: "latest",
  catchUpMax: 10,
  catchUpMaxAgeSeconds: 604_800,
  overlap: "skip",
  onCrash: "retry",
  jitterSeconds: 0,
  maxFailures: 5,
  failures: 0,
  restsUntil: null,
  limits: {},
  model: null,
  effort: null,
  metadata: {},
  chatId: null,
  nextDueAt: "2026-12-01T14:30:00.000Z",
  last: occurrences[0],
  lastTaskId: "3f2a9c1b7d5e4f608a1b",
  createdAt: "2026-11-01T00:00:00.000Z",
  updatedAt: "2026-11-01T00:00:00.000Z",
});

const alice = { id: "a1ce7k2m9q4w8x3z5b6n", type: "person", name: "Alice" };
const rome = { id: "r0me8h3j7d2v5c9t4p1s", type: "place", name: "Rome" };

export const foundNodes: readonly FoundNode[] = [
  {
    ...alice,
    content: "Likes green tea.\nLives in Rome.",
    data: { age: 30 },
    why: ['"tea" in content'],
    neighbours: 1,
    links: [{ type: "lives in", direction: "out", node: rome }],
  },
  { ...rome, content: "", data: {}, why: [], neighbours: 1, links: [] },
].map((node) => foundNodeSchema.parse(node));

export const graphNode: GraphNode = graphNodeSchema.parse({
  ...alice,
  content: "Likes green tea.\nLives in Rome.",
  data: { age: 30, nick: "Al\u001b[31m" },
  shared: true,
  createdAt: "2026-11-01T00:00:00.000Z",
  updatedAt: "2026-12-01T14:00:00.000Z",
  edges: {
    items: [
      { id: "e1", type: "lives in", direction: "out", node: rome, data: {} },
      { id: "e2", type: "knows", direction: "in", node: { ...alice, id: "b0b", name: "Bob" }, data: { since: 2001 } },
    ],
    next: null,
    total: 2,
  },
});

export const foundThings: readonly Found[] = searchPageSchema.parse({
  items: [
    { kind: "chat", chatId: chat.id, title: "Green tea", at: "2026-12-01T14:00:00.000Z" },
    {
      kind: "task",
      taskId: WORKING.id,
      chatId: chat.id,
      status: "completed",
      at: "2026-12-01T12:00:00.000Z",
      snippet: "Buy green tea",
    },
    { kind: "node", nodeId: alice.id, type: "person", name: "Alice", snippet: "Likes green tea." },
    {
      kind: "event",
      chatId: chat.id,
      chatTitle: "Green tea",
      seq: 12,
      type: "message",
      role: "user",
      runId: null,
      taskId: null,
      at: "2026-11-30T14:02:20.000Z",
      snippet: "…do you like green tea?",
    },
  ],
  next: "c2",
  indexed: false,
}).items;

const none = { count: 0, examples: [] };
export const graphCheck: GraphCheck = graphCheckSchema.parse({
  nodes: 3,
  edges: 2,
  ok: false,
  isolated: { count: 21, examples: [alice] },
  dangling: {
    count: 1,
    examples: [{ id: "e3", type: "knows", source: { id: alice.id, name: "Alice" }, target: { id: "gone", name: null } }],
  },
  selfLoops: none,
  duplicates: { count: 1, examples: [{ name: "alice", nodes: [alice, { ...alice, type: "cat", id: "c4t" }] }] },
  emptyContent: none,
  sameEdges: none,
  contradictions: none,
  contraryFacts: none,
  unsourced: none,
});

/** A log from event bodies; each is a second after the one before. */
export function log(events: readonly (Pick<NewEvent, "type" | "data"> & Partial<NewEvent>)[]): ChatEvent[] {
  return events.map((event, at) =>
    chatEventSchema.parse({
      chatId: chat.id,
      seq: at + 1,
      at: new Date(Date.parse("2026-12-01T14:02:10.000Z") + at * 1000).toISOString(),
      runId: "r1",
      taskId: WORKING.id,
      step: null,
      actor: { kind: "agent", id: "agent", name: "agent" },
      ...event,
    }),
  );
}

export const taskLog = log([
  { type: "chat", taskId: null, runId: null, data: { change: "created", title: "Check", ownerId: "agent" } },
  { type: "status", data: { state: "queued", message: "Queued" } },
  { type: "message", taskId: null, runId: "r0", data: { role: "user", text: "another task's words" } },
  { type: "status", data: { state: "starting", message: "Task starting…", attempt: 1 } },
  {
    type: "message",
    actor: { kind: "user", id: "u1", name: "owner" },
    data: { role: "user", text: "Check knowledge graph stats" },
  },
  { type: "thought", step: 1, data: { text: "The graph may have\nisolated nodes… \u001b[31mred\u001b[0m \u001b]0;title\u0007" } },
  {
    type: "tool_use",
    step: 1,
    data: { callId: "a", name: "graph_stats", args: {}, effect: "read", summary: "" },
  },
  {
    type: "tool_use",
    step: 1,
    data: { callId: "b", name: "graph_check", args: { deep: true }, effect: "read", summary: "deep" },
  },
  { type: "tool_result", step: 1, data: { callId: "b", name: "graph_check", ok: false, error: "timeout", durationMs: 600, size: 0 } },
  { type: "tool_result", step: 1, data: { callId: "a", name: "graph_stats", ok: true, result: { nodes: 3 }, durationMs: 100, size: 11 } },
  { type: "plan", step: 1, data: { items: [{ text: "count", status: "done" }, { text: "report", status: "doing" }] } },
  { type: "usage", step: 1, data: { model: "demo", inputTokens: 10, outputTokens: 5, durationMs: 900 } },
  {
    type: "tool_use",
    step: 2,
    data: { callId: "c", name: "web_fetch", args: { url: "https://example.org" }, effect: "external", summary: "https://example.org" },
  },
]);
