import type { ModelMessage } from "ai";
import type { EventOf, Json } from "../core/events.ts";
import { newId } from "../core/ids.ts";
import { piece, shorten, soundValue } from "../core/text.ts";
import type { StepChunk, StepToolCall } from "../models/model.ts";
import { MAX_INLINE, PREVIEW, type NewBlob } from "../store/log/blobs.ts";
import { badJson } from "../core/bad-json.ts";
import { meant, TOOL_CALL } from "../tools/deferred.ts";
import { prepareCall } from "../tools/registry.ts";
import type { AgentDeps } from "./deps.ts";

/** How a model's tool call is recorded. */

type Finish = Extract<StepChunk, { type: "finish" }>;

/** A call as it is recorded. */
export type Call = Pick<EventOf<"tool_use">["data"], "callId" | "name" | "args" | "badArgs">;

/** What the model asked for, under an id of ours; a call that must not run says why. */
export function callOf(callId: string, sent: StepToolCall, end: Finish["reason"]): Call {
  const { name, args } = meant(...asSent(sent));
  const badArgs = sent.bad ?? whyBad(name, args, end);
  return { callId, name, args, ...(badArgs !== null && { badArgs }) };
}

function asSent(sent: StepToolCall): [name: string, args: Json] {
  const { name, args } = soundValue({ name: sent.name, args: readable(sent.args) });
  return [name, args];
}

/** Arguments that came as the text of JSON, or as the text of such a text; anything else stays what it is. */
function readable(sent: Json): Json {
  let args = sent;
  for (let layer = 0; layer < 2 && typeof args === "string"; layer++) {
    if (args.trim() === "") return {};
    if (badJson(args) !== null) return args;
    args = JSON.parse(args) as Json;
  }
  return args;
}

/** Why the call must not run, for the model; null: it may. A tool takes an object, so text is never whole arguments. */
function whyBad(name: string, args: Json, end: Finish["reason"]): string | null {
  if (end === "length") {
    return `the message was cut off at its longest, so the call of ${name} may lack its end; call again with less in one message`;
  }
  if (end === "content-filter") return `a content filter stopped the message in the middle of its calls`;
  const bad = typeof args === "string" ? badJson(args) : null;
  if (bad !== null) return `the arguments of ${name} are not JSON: ${bad}; call again with valid JSON`;
  // Providers take back objects alone, so an empty one would be found in its place.
  return args === null || isObject(args)
    ? null
    : `bad arguments for ${name}: they are not a JSON object; call again with one`;
}

function isObject(value: Json): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Big arguments are kept whole in a blob, which goes to `blobs`, with a preview inline. */
export function toolUse(deps: AgentDeps, call: Call, blobs: NewBlob[]): EventOf<"tool_use">["data"] {
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
export function ours(messages: readonly ModelMessage[], calls: Map<string, Call[]>): readonly ModelMessage[] {
  return messages.map((message): ModelMessage => {
    if (message.role !== "assistant" || typeof message.content === "string") return message;
    const content = message.content.map((part) => {
      if (part.type !== "tool-call") return part;
      const call = calls.get(part.toolCallId)?.shift();
      if (call === undefined) return part;
      const whole = call.badArgs === undefined && isObject(call.args);
      const wrapped = part.toolName === TOOL_CALL && call.name !== TOOL_CALL;
      const input = wrapped ? { name: call.name, arguments: call.args } : call.args;
      return { ...part, toolCallId: call.callId, input: whole ? input : {} };
    });
    return { ...message, content };
  });
}
