import type { ModelMessage } from "ai";
import type { Effort } from "../core/effort.ts";
import type { EventOf, NewEvent } from "../core/events.ts";
import { newId } from "../core/ids.ts";
import { soundJson } from "../core/text.ts";
import { ModelError, type Model, type StepChunk, type StepUsage } from "../models/model.ts";
import { costOf } from "../models/price.ts";
import { estimateTokens } from "../models/tokens.ts";
import { byAgent } from "../store/people/actors.ts";
import type { NewBlob } from "../store/log/blobs.ts";
import type { Claimed } from "../store/runs/claim.ts";
import type { StepRecord } from "../store/runs/record.ts";
import { withPictures } from "./attachments.ts";
import { checkAnswer, doubtOf, isBlank } from "./answer.ts";
import type { AgentDeps } from "./deps.ts";
import { heeding } from "./heeding.ts";
import { isAfterthought } from "./last-words.ts";
import type { Parts } from "./parts.ts";
import { callOf, ours, toolUse, type Call } from "./tool-use.ts";

/** One model call, streamed into parts and turned into the record of a step. */

type Finish = Extract<StepChunk, { type: "finish" }>;

export interface StepInput {
  readonly model: Model;
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  /** Of them. */
  readonly digest: string;
  /** null: nobody has chosen. */
  readonly effort: Effort | null;
  readonly step: number;
  readonly readSeq: number;
  readonly signal: AbortSignal;
  /** Tokens that the conversation might take. */
  readonly budget: number;
  /** About what the request takes. */
  readonly estimate: number;
  /** What the request is made of. */
  readonly context: NonNullable<UsageData["context"]>;
  /** Told of a call that gave no step and has taken tokens all the same, before its error is thrown. */
  readonly onSpent: (usage: UsageData) => void;
}

type UsageData = EventOf<"usage">["data"];

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
    messages: await withPictures(deps.store.db, claimed.run.chat_id, input.messages),
    tools: deps.registry.specs(),
    ...(input.effort !== null && input.effort !== "provider-default" && { effort: input.effort }),
    signal,
  };
  const took = (): number => deps.store.clock.now() - started;
  try {
    for await (const chunk of heeding(model.step(request), signal)) {
      switch (chunk.type) {
        case "part":
          if (chunk.recast) parts.recast();
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
    checkAnswer(model, finish, parts);
  } catch (error) {
    const spent = finish?.usage ?? (error instanceof ModelError ? error.spent : undefined) ?? shownSpent(input, parts);
    if (spent !== undefined) input.onSpent(usageData(input, spent, took()));
    throw error;
  }
  return record(deps, claimed, parts, input, finish, took());
}

/**
 * Of a call that was cut off nothing is known but what it was sent and what it has shown. One that failed before it showed
 * anything has taken nothing; one that somebody has stopped was being read.
 */
function shownSpent({ estimate, signal }: StepInput, parts: Parts): StepUsage | undefined {
  if (parts.open.length === 0 && !signal.aborted) return undefined;
  const outputTokens = estimateTokens(parts.open.map(({ text }) => text).join(""));
  return { inputTokens: estimate, outputTokens, estimated: true };
}

function usageData({ model, context }: StepInput, usage: StepUsage, durationMs: number): UsageData {
  const costUsd = model.price === null ? 0 : costOf(model.price, usage);
  return { model: model.id, durationMs, ...usage, ...(costUsd > 0 && { costUsd }), context };
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
  const uses = finish.toolCalls.map((sent): NewEvent => {
    const { name, args } = deps.store.secrets.value({ name: sent.name, args: sent.args });
    const call = callOf(newId(deps.store.random), { ...sent, name, args }, finish.reason);
    calls.set(sent.providerCallId, [...(calls.get(sent.providerCallId) ?? []), call]);
    return { type: "tool_use", data: toolUse(deps, call, blobs), ...by };
  });
  const { effort, effortRefused } = finish;
  const usage = {
    ...usageData(input, finish.usage, durationMs),
    ...(effort !== undefined && { effort }),
    ...(effortRefused !== undefined && { effortRefused }),
  };
  const withTools = ![...calls.values()].flat().every(isAfterthought);
  const said = parts.open
    .filter((part) => !isBlank(part.text))
    .map(({ kind, part, text }): NewEvent =>
      kind === "message" && !withTools
        ? { type: "message", data: { role: "assistant", text, part }, ...by }
        : { type: "thought", data: { text, part, ...(kind === "message" && { said: true as const }) }, ...by },
    );
  const doubt = withTools ? null : doubtOf(model, finish);
  return {
    step,
    readSeq: input.readSeq,
    provider: model.provider,
    model: model.id,
    messages: soundJson(JSON.stringify(ours(finish.messages, calls))),
    request: {
      instructions: input.instructions,
      tools: deps.registry.specsJson(),
      budget: input.budget,
      takesImages: model.takesImages === true,
      digest: input.digest,
    },
    events: [...said, ...(doubt === null ? [] : [{ ...doubt, ...by }]), ...uses, { type: "usage", data: usage, ...by }],
    blobs,
    usage,
  };
}
