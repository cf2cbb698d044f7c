import type { OpenCall } from "../core/chat-view.ts";
import { suggestedRules } from "../core/command-rules.ts";
import type { ChatEvent, EventOf, Json } from "../core/events.ts";
import { approvalsOfRun, argsDigest, requestApprovals, type ApprovalRequest } from "../store/approvals/approvals.ts";
import { expireAskedBy } from "../store/approvals/expire.ts";
import { isRuled } from "../store/approvals/command-rules.ts";
import { isGranted } from "../store/approvals/grants.ts";
import type { Claimed } from "../store/runs/claim.ts";
import type { CallOutcome } from "../store/runs/record.ts";
import type { ApprovalRow, QuestionRow, TaskRow } from "../store/database/schema.ts";
import type { Origin } from "../core/origins.ts";
import { questionsOfRun } from "../store/questions/ask.ts";
import { originsOf } from "../store/runs/descent.ts";
import { verdictOf } from "../tools/policy.ts";
import { meant } from "../tools/deferred.ts";
import { givenArgs, prepareCall } from "../tools/registry.ts";
import { tellRun } from "../store/delegated/tend.ts";
import { childrenOfRun, isOver } from "../store/runs/children.ts";
import { hasPersonsWords } from "../store/log/events.ts";
import { DELEGATE } from "../tools/tool.ts";
import { delegatedOutcome, type Impatience } from "./delegated.ts";
import type { Answered } from "../tools/needs-answer.ts";
import type { InSight, Principal, Tool } from "../tools/tool.ts";
import type { RecordedStep } from "./told-steps.ts";
import { RunRefused, type AgentDeps } from "./deps.ts";
import { asksForSecrets, secretsOfCall } from "./secrets.ts";

/** Whether a call may happen: by its tool's policy, by a person's word, and by what a crash left of it. */
export type Gate =
  /** `answer`: what came of the question that it asked before. */
  | { readonly pass: "run"; readonly answer?: Answered }
  /** It is not run: it has its outcome. */
  | { readonly pass: "refuse"; readonly outcome: CallOutcome }
  /** People are asked, or what it has delegated is waited for: nothing happens until they answer, or that ends. */
  | { readonly pass: "ask" };

export interface CallInput {
  readonly calls: readonly OpenCall[];
  readonly events: readonly ChatEvent[];
  /** Those of the run whose calls they are. */
  readonly ownEvents: readonly ChatEvent[];
  readonly steps: readonly RecordedStep[];
  readonly principal: Principal;
  readonly signal: AbortSignal;
  readonly inSight: () => Promise<InSight>;
}

export interface GatedCall {
  readonly call: OpenCall;
  readonly args: Json;
  readonly gate: Gate;
}

const DAY_MS = 24 * 3_600_000;
/** So long is an answer waited for: shorter where the schedule will come again. */
const TTL_MS = { chat: 7 * DAY_MS, task: 7 * DAY_MS, schedule: DAY_MS } as const;

/** How long people have to answer what this run asks. */
export function answerTimeMs({ task }: Claimed): number {
  return Math.min(...originsOf(task).map((origin) => TTL_MS[origin]));
}

const UNKNOWN = "interrupted: the call was started before a crash and its outcome is unknown; it was not run again";
/** What nobody knows of a call, and what else is gone. */
const unknownWords = (tool: Pick<Tool<unknown>, "lost"> | undefined): string =>
  UNKNOWN + (tool?.lost === undefined ? "" : `; ${tool.lost}`);
const interrupted = (tool: Pick<Tool<unknown>, "lost"> | undefined): Gate => ({
  pass: "refuse",
  outcome: { ok: false, error: unknownWords(tool), interrupted: true },
});

const NOTHING: ReadonlyMap<string, readonly TaskRow[]> = new Map();

export async function gateCalls(deps: AgentDeps, claimed: Claimed, input: CallInput): Promise<readonly GatedCall[]> {
  const { store } = deps;
  const origins = originsOf(claimed.task);
  let approvals = await approvalsOfRun(store, claimed.run.id);
  let questions = await questionsOfRun(store, claimed.run.id);
  const isOpen = ({ state }: ApprovalRow | QuestionRow): boolean => state === "requested" || state === "asked";
  if ([...approvals, ...questions.values()].some((row) => isOpen(row) && row.expires_at <= store.clock.now())) {
    await expireAskedBy(store, claimed);
    approvals = await approvalsOfRun(store, claimed.run.id);
    questions = await questionsOfRun(store, claimed.run.id);
  }
  const requests: ApprovalRequest[] = [];
  const gates: GatedCall[] = [];
  const asks = questionsSinceStart(input.ownEvents);
  const known = Map.groupBy(approvals, (row) => row.call_id);
  const uses = usesIn(input.ownEvents);
  const isDelegating = input.calls.some(({ name }) => name === DELEGATE);
  const delegated = isDelegating ? await childrenOfRun(store.db, claimed.run.id) : NOTHING;
  // The log tells of an end before the call's result does.
  if ([...delegated.values()].flat().some((child) => isOver(child) && child.told === 0)) {
    await tellRun(store, claimed.run.id);
  }
  for (const call of input.calls) {
    const use = uses.get(call.callId);
    if (use === undefined) throw new Error(`the call ${call.callId} is not on record`);
    if (use.badArgs !== undefined) {
      const outcome = { ok: false, error: `not run: ${use.badArgs}` } as const;
      gates.push({ call, args: use.args, gate: { pass: "refuse", outcome } });
      continue;
    }
    const step = input.steps.findLast((each) => each.runId === call.runId && each.step === call.step);
    const args = argsOf(use, step, call);
    const own = known.get(call.callId) ?? [];
    const asked = asks.get(call.callId) ?? new Set();
    const children = delegated.get(call.callId);
    if (children !== undefined) {
      const outcome = delegatedOutcome(children, impatience(input, claimed, use.at, store.clock.now()));
      gates.push({ call, args, gate: outcome === null ? { pass: "ask" } : { pass: "refuse", outcome } });
      continue;
    }
    const question = questions.get(call.callId);
    if (question?.state === "asked") {
      gates.push({ call, args, gate: { pass: "ask" } });
      continue;
    }
    const { gate, request } = await gateOf(
      deps,
      claimed,
      origins,
      { own, asked, principal: input.principal },
      call,
      args,
    );
    if (request !== undefined) requests.push(request);
    const answer = question === undefined ? undefined : answeredOf(question);
    gates.push({ call, args, gate: gate.pass === "run" && answer !== undefined ? { ...gate, answer } : gate });
  }
  if (requests.length > 0) await requestApprovals(store, claimed, requests, answerTimeMs(claimed));
  return gates;
}

/** Why a call does not wait on for what it has delegated: a person has written since the last step, or its time is over. */
function impatience({ events, steps }: CallInput, claimed: Claimed, since: string, now: number): Impatience | null {
  const readSeq = steps.findLast((step) => step.runId === claimed.run.id)?.readSeq ?? 0;
  if (hasPersonsWords(events.filter(({ seq }) => seq > readSeq))) return "message";
  return now >= Date.parse(since) + answerTimeMs(claimed) ? "deadline" : null;
}

/**
 * The questions that were asked about each call since it was last started. By the log's order, not by time: clocks are set, and
 * each node has its own.
 */
function questionsSinceStart(events: readonly ChatEvent[]): ReadonlyMap<string, ReadonlySet<string>> {
  const asked = new Map<string, Set<string>>();
  for (const { type, data } of events) {
    if (type === "tool_start") asked.delete(data.callId);
    if (type !== "approval" || data.state !== "requested") continue;
    asked.set(data.callId, (asked.get(data.callId) ?? new Set()).add(data.approvalId));
  }
  return asked;
}

interface Answer {
  readonly gate: Gate;
  readonly request?: ApprovalRequest;
}

async function gateOf(
  deps: AgentDeps,
  claimed: Claimed,
  origins: readonly Origin[],
  {
    own,
    asked,
    principal,
  }: { readonly own: readonly ApprovalRow[]; readonly asked: ReadonlySet<string>; readonly principal: Principal },
  call: OpenCall,
  args: Json,
): Promise<Answer> {
  const tool = deps.registry.get(call.name);
  const prepared = prepareCall(deps.registry, call.name, args);
  const unknown = call.startedAt !== null && tool?.idempotent !== true;
  if (tool === undefined || !prepared.ok) {
    // What cannot run needs nobody's word, and its result says why; but what was started before may have happened.
    return { gate: unknown ? interrupted(tool) : { pass: "run" } };
  }
  const { policy, words: terms } = (await tool.termsFor?.(givenArgs(args))) ?? { policy: tool.policy, words: null };
  const { verdict, from } = verdictOf(policy, origins);
  if (verdict === "deny" && unknown) return { gate: interrupted(tool) };
  if (verdict === "deny") {
    const inherited = claimed.task?.origins != null && from !== "task";
    const error = `not run: the owner's policy does not allow ${tool.name} ${inherited ? "in what was started by" : "in"} a ${from === "chat" ? "chat" : `${from}'s run`}`;
    return { gate: { pass: "refuse", outcome: { ok: false, error } } };
  }
  if (unknown && tool.onUnknown === "fail") {
    throw new RunRefused(`${call.name} was interrupted and its outcome is unknown`);
  }
  if (unknown && tool.onUnknown === "model") return { gate: interrupted(tool) };
  const secret =
    prepared.kind === "plain" &&
    asksForSecrets(tool, secretsOfCall(deps, claimed, principal, { name: call.name, args }));
  if (!unknown && verdict === "allow" && !secret) return { gate: { pass: "run" } };
  // An answer counts only if it was given for these arguments on these terms, and after the start that it is about.
  const answer = own.filter((row) => !unknown || asked.has(row.id)).at(-1);
  if (answer?.args_digest === argsDigest(call.name, args) && answer.terms === terms) {
    return { gate: answered(answer, unknown ? unknownWords(tool) : null) };
  }
  // A yes to the tool, or to such commands, was none to a secret.
  const line = tool.commandOf?.(givenArgs(args));
  if (!unknown && !secret && (await isGranted(deps.store, claimed, { tool: tool.name, terms, effect: tool.effect }))) {
    return { gate: { pass: "run" } };
  }
  if (!unknown && !secret && line !== undefined && (await isRuled(deps.store, claimed, terms, line))) {
    return { gate: { pass: "run" } };
  }
  const rules = line === undefined || secret ? [] : await suggestedRules(line);
  const summary = unknown ? `again, after an interruption: ${prepared.summary}` : prepared.summary;
  return {
    gate: { pass: "ask" },
    request: { callId: call.callId, tool: tool.name, effect: tool.effect, summary, args, terms, rules },
  };
}

/** Asked before the call was started anew, it still holds: a crash since has not unsaid the answer. */
function answeredOf(row: QuestionRow): Answered {
  const by = row.answered_by;
  const outcome = row.state === "withdrawn" ? (by === null ? "withdrawn" : "declined") : row.state;
  const answer = row.answer === null ? null : (JSON.parse(row.answer) as Json);
  return { state: JSON.parse(row.kept) as Json, outcome: outcome === "asked" ? "withdrawn" : outcome, answer, by };
}

/** `unknown`: what is not known of a call that was started before. */
function answered(row: ApprovalRow, unknown: string | null): Gate {
  const note = row.note === null ? "" : `: ${row.note}`;
  const refuse = (error: string): Gate => ({
    pass: "refuse",
    outcome: unknown === null ? { ok: false, error } : { ok: false, error: `${unknown} (${error})`, interrupted: true },
  });
  switch (row.state) {
    case "requested":
      return { pass: "ask" };
    case "approved":
      return { pass: "run" };
    case "denied":
      return refuse(`not run: ${row.decided_by ?? "a person"} said no${note}`);
    case "expired":
      return refuse("not run: nobody answered in time");
    case "withdrawn":
      return refuse(`not run: ${row.note ?? "the person wrote instead"}`);
  }
}

type Use = EventOf<"tool_use">["data"] & { readonly at: string };

function usesIn(events: readonly ChatEvent[]): ReadonlyMap<string, Use> {
  return new Map(events.flatMap(({ type, data, at }) => (type === "tool_use" ? [[data.callId, { ...data, at }]] : [])));
}

/** The arguments as they were recorded with the call; of big ones the event holds only the beginning. */
function argsOf(use: Use, step: RecordedStep | undefined, call: OpenCall): Json {
  if (use.blob === undefined) return use.args;
  for (const message of step?.messages ?? []) {
    if (message.role !== "assistant" || typeof message.content === "string") continue;
    for (const part of message.content) {
      // What the provider's stream held was JSON when the step was recorded.
      if (part.type === "tool-call" && part.toolCallId === call.callId)
        return meant(part.toolName, part.input as Json).args;
    }
  }
  // A call that nobody knows the arguments of must not run with others.
  throw new Error(`the arguments of the call ${call.callId} are not on record`);
}
