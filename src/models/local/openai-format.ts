import { z } from "zod";
import { ask, nameSchema, rootOf, those, windowSchema, type Server } from "./ask.ts";
import { lmStudio } from "./lm-studio.ts";
import { UNTOLD, type Kind, type LocalModel, type Told } from "./told.ts";

/**
 * Servers that speak OpenAI's format: llama.cpp tells its window at `/props`, and vLLM as `max_model_len` among its models.
 * https://github.com/ggml-org/llama.cpp/tree/master/tools/server, https://docs.vllm.ai/en/latest/serving/openai_compatible_server
 */

const listSchema = z.object({ data: z.array(z.unknown()) });
const modelSchema = z.object({
  id: nameSchema,
  owned_by: z.string().catch(""),
  max_model_len: windowSchema,
  meta: z.object({ n_ctx: windowSchema, n_ctx_train: windowSchema }).catch({ n_ctx: null, n_ctx_train: null }),
});
const propsSchema = z.object({ default_generation_settings: z.object({ n_ctx: windowSchema }) });

interface Known extends LocalModel {
  readonly maker: string;
}

export const llamaCpp: Kind = {
  async models(server) {
    const [models, held] = await Promise.all([known(server), props(server, null)]);
    if (models === null || (held === null && !models.some(({ maker }) => maker === "llamacpp"))) return null;
    // One that serves several tells no window of its own.
    return models.map(({ name, window }) => ({ name, window: { ...window, holds: held?.holds ?? window.holds } }));
  },
  async window(server, name) {
    const [models, held] = await Promise.all([known(server), props(server, name)]);
    // It answers to any name when it has but one model.
    const model = models?.find((each) => each.name === name) ?? (models?.length === 1 ? models[0] : undefined);
    const { holds, most } = model?.window ?? UNTOLD;
    return { holds: held?.holds ?? holds, most };
  },
};

/** Whichever server it is. */
export const compatible: Kind = {
  models: known,
  async window(server, name) {
    const [own, other] = await Promise.all([llamaCpp.window(server, name), lmStudio.window(server, name)]);
    return { holds: own.holds ?? other.holds, most: own.most ?? other.most };
  },
};

async function known(server: Server): Promise<readonly Known[] | null> {
  const list = listSchema.safeParse(await ask(server, `${server.baseUrl}/models`));
  if (!list.success) return null;
  return those(modelSchema, list.data.data).map(({ id, owned_by, max_model_len, meta }) => ({
    name: id,
    maker: owned_by,
    window: { holds: max_model_len ?? meta.n_ctx, most: meta.n_ctx_train },
  }));
}

/** Of one of several models: without loading it for that. */
async function props(server: Server, name: string | null): Promise<Pick<Told, "holds"> | null> {
  const which = name === null ? "" : `?${new URLSearchParams({ model: name, autoload: "false" })}`;
  const read = propsSchema.safeParse(await ask(server, `${rootOf(server)}/props${which}`));
  return read.success ? { holds: read.data.default_generation_settings.n_ctx } : null;
}
