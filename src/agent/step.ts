import type { ModelMessage } from "ai";
import type { EventOf, Json, NewEvent } from "../core/events.ts";
import { newId } from "../core/ids.ts";
import { piece, shorten, soundJson, soundValue } from "../core/text.ts";
import { ModelError, type Model, type StepChunk } from "../models/model.ts";
import { costOf } from "../models/price.ts";
import { byAgent } from "../store/people/actors.ts";
import { MAX_INLINE, PREVIEW, type NewBlob } from "../store/log/blobs.ts";
import type { Claimed } from "../store/runs/claim.ts";
import type { StepRecord } from "../store/runs/record.ts";
import { badJson } from "../tools/bad-json.ts";
import { prepareCall } from "../tools/registry.ts";
import type { AgentDeps } from "./deps.ts";
import type { Parts } from "./parts.ts";

/** One model call, streamed into parts and turned into the record of a step. */

type Finish = Extract<StepChunk, { type: "finish" }>;

export interface StepInput {
  readonly model: Model;
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  readonly step: number;
  readonly readSeq: number;
  readonly signal: AbortSignal;
}

/** Throws `ModelError`, or the signal's reason. What was streamed until then stays in `parts`. */
export async function modelStep(
  deps: AgentDeps,
  claimed: Claimed,
  parts: Parts,
  input: StepInput,
): Promise<StepRecord> {
  const { model, signal } = input;
  const started = deps.store.clock.now();
  let finish: Finish | undefined;
  const request = {
    instructions: input.instructions,
    messages: input.messages,
    tools: deps.registry.specs(),
    signal,
  };
  for await (const chunk of heeding(model.step(request), signal)) {
    switch (chunk.type) {
      case "part":
        parts.begin(chunk.kind);
        break;
      case "text":
        parts.add(chunk.text);
        break;
      case "finish":
        finish = chunk;
        break;
    }
  }
  parts.complete();
  signal.throwIfAborted();
  checkFinish(model, finish, parts);
  return record(deps, claimed, parts, input, finish, deps.store.clock.now() - started);
}

/** What the source gives, until the signal aborts: then its reason, even if the source does not heed it or hangs. */
async function* heeding<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  aborted.catch(() => {});
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  let ended = false;
  try {
    signal.throwIfAborted();
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted]);
      ended = next.done === true;
      if (next.done === true) return;
      signal.throwIfAborted();
      yield next.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    // Not awaited: a source that hangs must not hold its reader. What it still throws is nobody's any more.
    if (!ended) iterator.return?.().then(undefined, () => {});
  }
}

function checkFinish(model: Model, finish: Finish | undefined, parts: Parts): asserts finish is Finish {
  if (finish === undefined) {
    throw new ModelError("model_bad_response", `${model.id} ended its answer in the middle`, { retryable: true });
  }
  const silent = finish.toolCalls.length === 0 && parts.open.every((part) => part.text.trim() === "");
  if (finish.reason === "content-filter" && finish.toolCalls.length === 0) {
    const message = `${model.id} refused to answer: its content filter stopped it. Put the request in other words.`;
    throw new ModelError("model_bad_response", message, { retryable: false });
  }
  if (silent) {
    throw new ModelError("model_bad_response", `${model.id} answered with nothing`, { retryable: true });
  }
}

function record(
  deps: AgentDeps,
  { run }: Claimed,
  parts: Parts,
  input: StepInput,
  finish: Finish,
  durationMs: number,
): StepRecord {
  const { model, step } = input;
  const by = byAgent(run, step);
  // Providers repeat their ids; ours are unique in the chat, and what is sent back to the provider carries ours too.
  const calls = new Map<string, Call[]>();
  const blobs: NewBlob[] = [];
  const uses = finish.toolCalls.map(({ providerCallId, ...sent }): NewEvent => {
    const { name, args } = soundValue({ name: sent.name, args: readable(sent.args) });
    const badArgs = whyBad(name, args, finish);
    const call: Call = { callId: newId(deps.store.random), name, args, ...(badArgs !== null && { badArgs }) };
    calls.set(providerCallId, [...(calls.get(providerCallId) ?? []), call]);
    return { type: "tool_use", data: toolUse(deps, call, blobs), ...by };
  });
  const costUsd = model.price === null ? 0 : costOf(model.price, finish.usage);
  const usage: EventOf<"usage">["data"] = {
    model: model.id,
    durationMs,
    ...finish.usage,
    ...(costUsd > 0 && { costUsd }),
  };
  const withTools = uses.length > 0;
  const said = parts.open
    .filter((part) => part.text.trim() !== "")
    .map(({ kind, part, text }): NewEvent =>
      kind === "message" && !withTools
        ? { type: "message", data: { role: "assistant", text, part }, ...by }
        : { type: "thought", data: { text, part }, ...by },
    );
  const cut: NewEvent[] =
    finish.reason === "length" && !withTools
      ? [{ type: "error", data: { code: "model_length", message: CUT, retryable: false }, ...by }]
      : [];
  return {
    step,
    readSeq: input.readSeq,
    provider: model.provider,
    model: model.id,
    messages: soundJson(JSON.stringify(ours(finish.messages, calls))),
    events: [...said, ...cut, ...uses, { type: "usage", data: usage, ...by }],
    blobs,
    usage,
  };
}

const CUT = "The answer was cut off: it reached the model's longest output.";

/** A call as it is recorded. */
type Call = Pick<EventOf<"tool_use">["data"], "callId" | "name" | "args" | "badArgs">;

/** Arguments that came as the text of JSON, or as the text of such a text; anything else stays what it is. */
function readable(sent: Json): Json {
  if (typeof sent !== "string") return sent;
  if (sent.trim() === "") return {};
  return badJson(sent) === null ? (JSON.parse(sent) as Json) : sent;
}

/** Why the call must not run, for the model; null: it may. A tool takes an object, so text is never whole arguments. */
function whyBad(name: string, args: Json, finish: Finish): string | null {
  if (finish.reason === "length") {
    return `the message was cut off at its longest, so the call of ${name} may lack its end; call again with less in one message`;
  }
  if (finish.reason === "content-filter") return `a content filter stopped the message in the middle of its calls`;
  const bad = typeof args === "string" ? badJson(args) : null;
  return bad === null ? null : `the arguments of ${name} are not JSON: ${bad}; call again with valid JSON`;
}

function isObject(value: Json): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Big arguments are kept whole in a blob, which goes to `blobs`, with a preview inline. */
function toolUse(deps: AgentDeps, call: Call, blobs: NewBlob[]): EventOf<"tool_use">["data"] {
  const { name, args } = call;
  const prepared = prepareCall(deps.registry, name, args);
  const effect = deps.registry.get(name)?.effect ?? "read";
  const summary = prepared.ok ? shorten(prepared.summary, 300) : "";
  const json = JSON.stringify(args);
  const size = Buffer.byteLength(json);
  if (size <= MAX_INLINE) return { ...call, effect, summary };
  const blob = { id: newId(deps.store.random), json };
  blobs.push(blob);
  return { ...call, args: piece(json, 0, PREVIEW), effect, summary, size, blob: blob.id };
}

/**
 * The provider's messages with our ids, and with the arguments as they were recorded. Providers take objects alone: for
 * anything else stands an empty one, and the call's result says what was wrong.
 */
function ours(messages: readonly ModelMessage[], calls: Map<string, Call[]>): readonly ModelMessage[] {
  return messages.map((message): ModelMessage => {
    if (message.role !== "assistant" || typeof message.content === "string") return message;
    const content = message.content.map((part) => {
      if (part.type !== "tool-call") return part;
      const call = calls.get(part.toolCallId)?.shift();
      if (call === undefined) return part;
      const whole = call.badArgs === undefined && isObject(call.args);
      return { ...part, toolCallId: call.callId, input: whole ? call.args : {} };
    });
    return { ...message, content };
  });
}
