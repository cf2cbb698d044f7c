import { join } from "node:path";
import { isSparkyError, messageOf } from "../core/errors.ts";
import type { OpenCall } from "../core/chat-view.ts";
import type { EventBody, Json, NewEvent } from "../core/events.ts";
import { AGENT_ID } from "../store/people/user.ts";
import { byAgent } from "../store/people/actors.ts";
import type { Claimed } from "../store/runs/claim.ts";
import { askQuestion } from "../store/questions/ask.ts";
import { audit } from "../store/audit/audit.ts";
import { appendResult, fenceOf, type CallOutcome } from "../store/runs/record.ts";
import { keepProcess } from "../store/runs/tool-processes.ts";
import { startOf } from "../tools/shell/processes.ts";
import { NeedsAnswer } from "../tools/needs-answer.ts";
import { prepareCall } from "../tools/registry.ts";
import { OutcomeUnknown, type Prepared, type Principal, type ToolContext, WAITS } from "../tools/tool.ts";
import type { Tx } from "../store/database/store.ts";
import { answerTimeMs, gateCalls, type CallInput, type Gate } from "./gate.ts";
import { secretsOfCall } from "./secrets.ts";
import { abortReason, type AgentDeps } from "./deps.ts";
import { CallProgress } from "./progress.ts";

/** Runs the open calls of a step, in parallel, each written ahead: intent, then effect, then outcome. */

/**
 * Runs what may run. `true`: nothing is left to wait for; `false`: calls are left that people are asked about. Throws
 * `RunRefused` when a call's unknown outcome ends the run.
 */
export async function runCalls(deps: AgentDeps, claimed: Claimed, input: CallInput): Promise<boolean> {
  input.signal.throwIfAborted();
  const gates = await gateCalls(deps, claimed, input);
  const results = await Promise.allSettled(
    gates.map(async ({ call, args, gate }) => gate.pass !== "ask" && runCall(deps, claimed, input, call, args, gate)),
  );
  const failed = results.find((result) => result.status === "rejected");
  if (failed !== undefined) throw failed.reason;
  return results.every((result) => result.status === "fulfilled" && result.value);
}

/** false: the call asks people first, or waits for what it has delegated, and has no result. */
async function runCall(
  deps: AgentDeps,
  claimed: Claimed,
  input: CallInput,
  call: OpenCall,
  args: Json,
  gate: Exclude<Gate, { pass: "ask" }>,
): Promise<boolean> {
  const { store } = deps;
  const started = store.clock.now();
  const finish = async (outcome: CallOutcome): Promise<true> => {
    await store.transact((tx) => appendResult(tx, claimed, finished(deps, call, started, outcome), []));
    return true;
  };
  input.signal.throwIfAborted();
  if (gate.pass === "refuse") return finish(gate.outcome);
  const shown = prepareCall(deps.registry, call.name, args);
  const filled = withSecrets(deps, claimed, input.principal, call.name, shown, args);
  if (typeof filled === "string") return finish({ ok: false, error: filled });
  const prepared = filled.args === args ? shown : prepareCall(deps.registry, call.name, filled.args);
  if (!prepared.ok) return finish({ ok: false, error: prepared.error });
  const context: ToolContext = {
    ...contextOfCall(deps, claimed, input, call.callId),
    now: started,
    inSight: input.inSight,
    ...(gate.answer !== undefined && { answer: gate.answer }),
  };
  if (prepared.kind === "transactional") {
    return runTransactional(deps, claimed, call, prepared, context);
  }
  await startEvent(deps, claimed, call, input.principal);
  const timeoutMs = deps.registry.get(call.name)?.timeoutMs ?? 60_000;
  const { chatId, runId, callId } = context;
  const progress = new CallProgress(
    { hub: store.hub, clock: store.clock, masking: store.secrets },
    { chatId, runId, callId, lease: claimed.lease },
  );
  const telling = { ...context, now: store.clock.now(), progress: (text: string) => progress.tell(text) };
  const outcome = await settle(prepared, telling, timeoutMs, deps).finally(() => progress.end());
  // A stop or hand-back that came first decides what the log says of a call without an outcome.
  if (outcome === undefined) {
    input.signal.throwIfAborted();
    return false;
  }
  if (!(outcome instanceof NeedsAnswer)) return finish(outcome);
  const { problem, asked } = outcome;
  if (problem !== null) return finish({ ok: false, error: `nobody can be asked: ${problem}` });
  const { text, choices = [], schema: form, state: kept } = asked;
  const question = store.secrets.value({ callId: call.callId, tool: call.name, text, choices, form, kept });
  await askQuestion(store, claimed, question, answerTimeMs(claimed));
  return false;
}

/** What every call of a run is told. */
export function contextOfCall(
  { store, workspaces, timeZone }: AgentDeps,
  claimed: Claimed,
  { principal, signal }: Pick<CallInput, "principal" | "signal">,
  callId: string,
): ToolContext {
  const { id: runId, chat_id: chatId, task_id: taskId } = claimed.run;
  return {
    ...{ principal, chatId, runId, taskId, callId, timeZone, signal },
    // Random, so unique beyond its chat.
    idempotencyKey: callId,
    masking: store.secrets,
    workspace: join(workspaces, principal.userId),
    now: store.clock.now(),
    ownsProcess: (pgid, mark) => keepProcess(store, claimed, callId, { pgid, started: startOf(pgid) ?? "", mark }),
  };
}

/** The arguments as the tool gets them, with the values of secrets; nothing but the tool sees them. A text: why there are none. */
function withSecrets(
  deps: AgentDeps,
  claimed: Claimed,
  principal: Principal,
  name: string,
  prepared: Prepared<Tx>,
  args: Json,
): { readonly args: Json } | string {
  // What stays in our own database is no place for a secret.
  if (!prepared.ok || prepared.kind !== "plain") return { args };
  if (secretsOfCall(deps, claimed, principal, { name, args }).length === 0) return { args };
  try {
    return { args: deps.store.secrets.filledIn(args) };
  } catch (error) {
    return `not run: ${explain(error)}`;
  }
}

async function startEvent(deps: AgentDeps, claimed: Claimed, call: OpenCall, principal: Principal): Promise<void> {
  const event: NewEvent = {
    type: "tool_start",
    data: { callId: call.callId, attempt: claimed.lease },
    ...byAgent(claimed.run, call.step),
  };
  const { id: runId, chat_id: chatId } = claimed.run;
  if (deps.registry.get(call.name)?.effect !== "external")
    return void (await deps.store.append({ chatId, events: [event], fence: fenceOf(claimed) }));
  await deps.store.transact(async (tx) => {
    await tx.append(chatId, [event], fenceOf(claimed));
    const who = { id: principal.userId, name: principal.name };
    audit(tx, who, { kind: "tool.called", thing: call.name, detail: call.summary, chatId, runId });
  });
}

type Plain = Extract<Prepared<Tx>, { ok: true; kind: "plain" }>;
type Transactional = Extract<Prepared<Tx>, { ok: true; kind: "transactional" }>;

/** The tool's effect, its events and its result are one transaction; a tool that throws has done nothing. */
async function runTransactional(
  deps: AgentDeps,
  claimed: Claimed,
  call: OpenCall,
  prepared: Transactional,
  context: ToolContext,
): Promise<boolean> {
  const by = byAgent(claimed.run, call.step);
  let failure: unknown;
  try {
    return await deps.store.transact(async (tx) => {
      const emitted: NewEvent[] = [];
      const emit = (body: EventBody): void => void emitted.push({ ...body, ...by });
      let result: Json | typeof WAITS;
      try {
        result = await prepared.execute({ ...context, emit }, tx);
      } catch (error) {
        failure = error;
        throw error;
      }
      if (result === WAITS) {
        await tx.append(claimed.run.chat_id, emitted, fenceOf(claimed));
        return false;
      }
      await appendResult(tx, claimed, finished(deps, call, context.now, { ok: true, result }), emitted);
      return true;
    });
  } catch (error) {
    if (failure === undefined || error !== failure) throw error;
    const outcome: CallOutcome = { ok: false, error: explain(failure) };
    await deps.store.transact((tx) => appendResult(tx, claimed, finished(deps, call, context.now, outcome), []));
    return true;
  }
}

/** How long a tool at work may still finish: a stop tells it to end at once, a shutdown lets it work on for a while. */
const GRACE_MS = { stop: 800, shutdown: 2000, lost: 0 } as const;

type Settled = CallOutcome | NeedsAnswer;

/** undefined: the run was aborted before there was an outcome. */
async function settle(
  prepared: Plain,
  context: ToolContext,
  timeoutMs: number,
  { store }: AgentDeps,
): Promise<Settled | undefined> {
  const limit = new AbortController();
  const { promise: late, resolve } = Promise.withResolvers<Settled | undefined>();
  const timers = [
    store.clock.after(timeoutMs, () => {
      limit.abort(new Error("timeout"));
      resolve({ ok: false, error: `no result within ${timeoutMs / 1000} s` });
    }),
  ];
  const onAbort = (): void => {
    const reason = abortReason(context.signal) ?? "lost";
    if (reason !== "shutdown") limit.abort(context.signal.reason);
    timers.push(
      store.clock.after(GRACE_MS[reason], () => {
        limit.abort(context.signal.reason);
        resolve(undefined);
      }),
    );
  };
  context.signal.addEventListener("abort", onAbort, { once: true });
  if (context.signal.aborted) onAbort();
  // In a function of its own, so that a tool that throws before its first await is a failure like any other.
  const execute = async (): Promise<Json> => prepared.execute({ ...context, signal: limit.signal });
  const work = execute().then(
    (result): CallOutcome => ({ ok: true, result }),
    (error: unknown): Settled | undefined => {
      if (limit.signal.aborted && context.signal.aborted) return undefined;
      if (error instanceof NeedsAnswer) return error;
      return { ok: false, error: explain(error), ...(error instanceof OutcomeUnknown && { interrupted: true }) };
    },
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    for (const cancel of timers) cancel();
    context.signal.removeEventListener("abort", onAbort);
  }
}

function finished(deps: AgentDeps, call: OpenCall, started: number, outcome: CallOutcome) {
  const durationMs = Math.max(0, deps.store.clock.now() - started);
  // Here and not only in the log: a big result is kept beside it.
  return {
    callId: call.callId,
    name: call.name,
    step: call.step,
    durationMs,
    outcome: deps.store.secrets.value(outcome),
  };
}

function explain(error: unknown): string {
  const hint = isSparkyError(error) && error.hint !== undefined ? ` (${error.hint})` : "";
  return messageOf(error) + hint;
}

export function principalOf(owner: { readonly id: string; readonly name: string }): Principal {
  return { userId: owner.id, name: owner.name, isAgent: owner.id === AGENT_ID };
}
