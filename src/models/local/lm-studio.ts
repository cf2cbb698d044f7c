import { z } from "zod";
import { ask, nameSchema, rootOf, those, windowSchema, type Server } from "./ask.ts";
import { least, UNTOLD, type Kind, type LocalModel } from "./told.ts";

/** LM Studio, by its API of its own: https://lmstudio.ai/docs/developer/rest, and the one before it, `/api/v0`. */

const newSchema = z.object({ models: z.array(z.unknown()) });
const loadedSchema = z.object({ id: z.string(), config: z.object({ context_length: windowSchema }) });
const newModelSchema = z.object({
  key: nameSchema,
  type: z.string().catch(""),
  loaded_instances: z.array(z.unknown()).catch([]),
  max_context_length: windowSchema,
});
/** So many instances of each model are looked at: of a thousand models with hundreds each, checking all takes seconds. */
const MOST_LOADED = 10;
const oldSchema = z.object({ data: z.array(z.unknown()) });
const oldModelSchema = z.object({
  id: nameSchema,
  type: z.string().catch(""),
  state: z.string(),
  loaded_context_length: windowSchema,
  max_context_length: windowSchema,
});

interface Known extends LocalModel {
  /** A model may be loaded several times, each with a name of its own. */
  readonly loadedAs: readonly { readonly id: string; readonly tokens: number | null }[];
}

export const lmStudio: Kind = {
  models: known,
  async window(server, name) {
    for (const model of (await known(server)) ?? []) {
      const loaded = model.loadedAs.find(({ id }) => id === name);
      if (loaded !== undefined) return { holds: loaded.tokens, most: model.window.most };
      if (model.name === name) return model.window;
    }
    return UNTOLD;
  },
};

async function known(server: Server): Promise<readonly Known[] | null> {
  const root = rootOf(server);
  const [now, before] = await Promise.all([ask(server, `${root}/api/v1/models`), ask(server, `${root}/api/v0/models`)]);
  const list = newSchema.safeParse(now);
  if (list.success) {
    return those(newModelSchema, list.data.models)
      .filter(({ type }) => !type.startsWith("embedding"))
      .map(({ key: name, loaded_instances: loaded, max_context_length: most }) => {
        const instances = those(loadedSchema, loaded.slice(0, MOST_LOADED));
        const loadedAs = instances.map(({ id, config }) => ({ id, tokens: config.context_length }));
        return { name, loadedAs, window: { holds: least(...loadedAs.map(({ tokens }) => tokens)), most } };
      });
  }
  const old = oldSchema.safeParse(before);
  if (!old.success) return null;
  return those(oldModelSchema, old.data.data)
    .filter(({ type }) => !type.startsWith("embedding"))
    .map(({ id, state, loaded_context_length: tokens, max_context_length: most }) => ({
      name: id,
      loadedAs: [],
      window: { holds: state === "loaded" ? tokens : null, most },
    }));
}
