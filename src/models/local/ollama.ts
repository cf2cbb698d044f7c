import { z } from "zod";
import { ask, nameSchema, rootOf, those, windowSchema, type Server } from "./ask.ts";
import { least, listed, type Kind, type Told } from "./told.ts";

/**
 * Ollama cuts silently what exceeds its own setting, so only that is believed: what a model is loaded with (`/api/ps`), or the
 * `num_ctx` among its parameters. https://github.com/ollama/ollama/blob/main/docs/api.md
 */

const listSchema = z.object({ models: z.array(z.unknown()) });
const tagSchema = z.object({ name: nameSchema });
const loadedSchema = z.object({ name: nameSchema, context_length: windowSchema });
const shownSchema = z.object({
  parameters: z.string().catch(""),
  model_info: z.looseObject({}).catch({}),
  capabilities: z.unknown().optional(),
});

export const ollama: Kind = {
  async models(server, inUse) {
    const [tags, loaded] = await Promise.all([ask(server, `${rootOf(server)}/api/tags`), loadedIn(server)]);
    const list = listSchema.safeParse(tags);
    if (!list.success) return null;
    const tagged = listed(those(tagSchema, list.data.models), inUse);
    const shown = await Promise.all(tagged.map(async ({ name }) => ({ name, ...(await show(server, name, loaded)) })));
    return shown.filter(({ answers }) => answers);
  },
  async window(server, name) {
    const [loaded, shown] = await Promise.all([loadedIn(server), show(server, name, new Map())]);
    const { holds, most } = shown.window;
    return { holds: least(holds, loaded.get(fullName(name)) ?? null), most };
  },
};

/** The windows of the models in memory, by their full names. */
async function loadedIn(server: Server): Promise<ReadonlyMap<string, number | null>> {
  const list = listSchema.safeParse(await ask(server, `${rootOf(server)}/api/ps`));
  const models = list.success ? those(loadedSchema, list.data.models) : [];
  return new Map(models.map((model) => [fullName(model.name), model.context_length]));
}

async function show(
  server: Server,
  name: string,
  loaded: ReadonlyMap<string, number | null>,
): Promise<{ readonly window: Told; readonly answers: boolean }> {
  const shown = shownSchema.safeParse(await ask(server, `${rootOf(server)}/api/show`, { model: name }));
  const { parameters, model_info: info, capabilities } = shown.success ? shown.data : NOTHING;
  // Blanks of one line alone: over many empty ones this would take hours.
  const set = windowSchema.parse(Number(/^[ \t]*num_ctx[ \t]+(\d+)[ \t]*$/m.exec(parameters)?.[1]));
  const [, most] = Object.entries(info).find(([key]) => key.endsWith(".context_length")) ?? [];
  return {
    window: { holds: least(set, loaded.get(fullName(name)) ?? null), most: windowSchema.parse(most) },
    // Those that only make vectors answer nothing.
    answers: !Array.isArray(capabilities) || capabilities.includes("completion"),
  };
}

const NOTHING: z.infer<typeof shownSchema> = { parameters: "", model_info: {}, capabilities: null };

const fullName = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`);
