import type { AssistantContent, ModelMessage } from "ai";
import type { Json } from "../../src/core/events.ts";
import { ModelError, type Model, type StepChunk, type StepRequest, type StepUsage } from "../../src/models/model.ts";

/** A model whose every word is written down beforehand, and that keeps what it was asked. */

type Move =
  | { readonly do: "say"; readonly kind: "message" | "thought"; readonly pieces: readonly string[] }
  | { readonly do: "call"; readonly name: string; readonly args: Json; readonly id: string }
  | { readonly do: "pause"; readonly gate: Gate; readonly deaf: boolean }
  | { readonly do: "fail"; readonly error: Error }
  | { readonly do: "spend"; readonly usage: StepUsage }
  | { readonly do: "end"; readonly reason: "length" | "content-filter" | "other" }
  /** The stream breaks off without a last chunk. */
  | { readonly do: "cut" };

/** What one call of the model does, in order. */
export type Step = readonly Move[];

export const say = (...pieces: string[]): Move => ({ do: "say", kind: "message", pieces });
export const think = (...pieces: string[]): Move => ({ do: "say", kind: "thought", pieces });
/** Providers repeat their ids, so by default every call of the same tool has the same one. */
export const call = (name: string, args: Json = {}, id = `call_${name}`): Move => ({ do: "call", name, args, id });
export const fail = (error: Error): Move => ({ do: "fail", error });
export const spend = (usage: StepUsage): Move => ({ do: "spend", usage });
export const end = (reason: "length" | "content-filter" | "other"): Move => ({ do: "end", reason });
export const cut: Move = { do: "cut" };
/** Waits until the test opens the gate, or the signal aborts. */
export const pause = (gate: Gate): Move => ({ do: "pause", gate, deaf: false });
/** The same, but for a model that does not heed its signal. */
export const deafPause = (gate: Gate): Move => ({ do: "pause", gate, deaf: true });

export interface Gate {
  /** Resolves when somebody waits here. */
  readonly reached: Promise<void>;
  open(): void;
  wait(signal?: AbortSignal): Promise<void>;
}

export function gate(): Gate {
  const reached = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>();
  return {
    reached: reached.promise,
    open: () => opened.resolve(),
    async wait(signal) {
      reached.resolve();
      if (signal === undefined) return opened.promise;
      const aborted = Promise.withResolvers<never>();
      const onAbort = (): void => aborted.reject(signal.reason as Error);
      signal.addEventListener("abort", onAbort, { once: true });
      try {
        signal.throwIfAborted();
        await Promise.race([opened.promise, aborted.promise]);
      } finally {
        signal.removeEventListener("abort", onAbort);
      }
    },
  };
}

export interface ScriptedModel extends Model {
  /** Every request so far. */
  readonly requests: readonly StepRequest[];
}

/** A list is played from its first step to its last; a function chooses by what it is asked. */
export type Script = readonly Step[] | ((request: StepRequest) => Step);

const USAGE: StepUsage = { inputTokens: 10, outputTokens: 5 };

export function scriptedModel(script: Script, facts: Partial<Model> = {}): ScriptedModel {
  const requests: StepRequest[] = [];
  const provider = facts.provider ?? "scripted";
  return {
    id: facts.id ?? `${provider}/model`,
    provider,
    contextTokens: facts.contextTokens ?? 100_000,
    ...(facts.isWindowGuessed !== undefined && { isWindowGuessed: facts.isWindowGuessed }),
    ...(facts.takesImages !== undefined && { takesImages: facts.takesImages }),
    price: facts.price ?? null,
    requests,
    step(request) {
      requests.push(request);
      return play(typeof script === "function" ? script(request) : script[requests.length - 1], request);
    },
  };
}

/** How many steps the conversation holds already: a script that survives a restart chooses by it. */
export function stepsIn({ messages }: StepRequest): number {
  return messages.filter((message) => message.role === "assistant").length;
}

/** Without what a run is told of the time. */
export function untimed(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const json = JSON.stringify(messages).replaceAll(/(\\n\\n)?\(It is [^ "]+ now\.\)/g, "");
  return JSON.parse(json) as ModelMessage[];
}

async function* play(
  step: Step | undefined,
  { signal, effort }: StepRequest,
): AsyncGenerator<StepChunk, void, undefined> {
  if (step === undefined)
    throw new ModelError("model_bad_request", "the script has no further step", { retryable: false });
  const content: Exclude<AssistantContent, string> = [];
  const toolCalls: Extract<StepChunk, { type: "finish" }>["toolCalls"][number][] = [];
  let usage = USAGE;
  let reason: Extract<StepChunk, { type: "finish" }>["reason"] | undefined;
  for (const move of step) {
    switch (move.do) {
      case "say":
        yield { type: "part", kind: move.kind };
        for (const text of move.pieces) yield { type: "text", text };
        content.push({ type: move.kind === "message" ? "text" : "reasoning", text: move.pieces.join("") });
        break;
      case "call":
        toolCalls.push({ providerCallId: move.id, name: move.name, args: move.args });
        content.push({ type: "tool-call", toolCallId: move.id, toolName: move.name, input: move.args });
        break;
      case "pause":
        await move.gate.wait(move.deaf ? undefined : signal);
        break;
      case "fail":
        throw move.error;
      case "spend":
        usage = move.usage;
        break;
      case "end":
        reason = move.reason;
        break;
      case "cut":
        return;
    }
  }
  const messages: ModelMessage[] = [{ role: "assistant", content }];
  yield {
    type: "finish",
    reason: reason ?? (toolCalls.length > 0 ? "tool-calls" : "stop"),
    toolCalls,
    usage,
    ...(effort !== undefined && { effort }),
    messages,
  };
}
