import { ModelError, type Model, type ModelErrorCode } from "./model.ts";
import { shorten } from "../core/text.ts";

/** One tiny real request, to learn whether a model answers. */
export interface Probe {
  readonly model: string;
  readonly ok: boolean;
  /** Why not: a refused key, no way there, an unknown model and so on; null: it answered. */
  readonly code: ModelErrorCode | null;
  /** What it said, or what is wrong and what to do. */
  readonly message: string;
  readonly durationMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const LONGEST = 200;

/** Never throws for what a provider does. */
export async function probeModel(model: Model, limitMs: number): Promise<Probe> {
  const started = performance.now();
  const result = (part: Pick<Probe, "ok" | "code" | "message"> & Partial<Probe>): Probe => ({
    model: model.id,
    durationMs: Math.round(performance.now() - started),
    inputTokens: 0,
    outputTokens: 0,
    ...part,
  });
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), limitMs);
  let said = "";
  let kind = "message";
  try {
    const request = { instructions: "", messages: [HELLO], tools: [], signal: limit.signal };
    for await (const chunk of model.step(request)) {
      if (chunk.type === "part") kind = chunk.kind;
      if (chunk.type === "part" && chunk.recast) said = "";
      if (chunk.type === "text" && kind === "message") said += chunk.text;
      if (chunk.type !== "finish") continue;
      const { inputTokens, outputTokens } = chunk.usage;
      if (said.trim() === "") {
        const message = `${model.id} answered without a word`;
        return result({ ok: false, code: "model_bad_response", message, inputTokens, outputTokens });
      }
      return result({ ok: true, code: null, message: shorten(said.trim(), LONGEST), inputTokens, outputTokens });
    }
    return result({ ok: false, code: "model_bad_response", message: `${model.id} did not end its answer` });
  } catch (error) {
    if (error instanceof ModelError) return result({ ok: false, code: error.code, message: error.message });
    if (!limit.signal.aborted) throw error;
    return result({
      ok: false,
      code: "model_timeout",
      message: `${model.id} did not answer within ${limitMs / 1000} s`,
    });
  } finally {
    clearTimeout(timer);
  }
}

const HELLO = { role: "user", content: "Answer with the single word: ok" } as const;
