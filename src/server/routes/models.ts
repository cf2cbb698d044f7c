import { audited } from "../../store/audit/audit.ts";
import { chosenModels } from "../../store/chats/models.ts";
import {
  defaultModelSchema,
  modelChoicesSchema,
  modelTestSchema,
  modelsSchema,
  modelsSetSchema,
  newModelKeySchema,
  newModelTestSchema,
  type ModelTest,
} from "../../wire/models.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

export function modelRoutes({ models, store }: ServerDeps): readonly Route[] {
  const set = async (test: ModelTest | null, overruled: readonly string[]) => ({
    status: 200,
    body: { test, kept: true, overruled, models: await models.overview() },
  });
  return [
    route({
      method: "GET",
      path: "/api/models",
      right: "models.manage",
      summary: "Which model is in use and why, and which providers have a key. For the owner.",
      answers: { 200: modelsSchema },
      handle: async () => ({ status: 200, body: await models.overview() }),
    }),
    route({
      method: "GET",
      path: "/api/models/choices",
      right: "tools.see",
      summary: "Which models a chat of yours may have, and why it may not have others.",
      answers: { 200: modelChoicesSchema },
      handle: async ({ viewer }) => ({ status: 200, body: await models.choices(await chosenModels(store.db, viewer)) }),
    }),
    route({
      method: "POST",
      path: "/api/models/test",
      right: "models.manage",
      scope: "admin",
      summary: "Asks a model for one word, within 20 seconds: `ok` or the reason. For the owner.",
      body: newModelTestSchema,
      answers: { 200: modelTestSchema },
      handle: async ({ body }) => ({ status: 200, body: await models.test(body.model ?? null) }),
    }),
    route({
      method: "PATCH",
      path: "/api/models",
      right: "models.manage",
      scope: "admin",
      summary: "Chooses the default model, in the home’s `.env`; what works already keeps its model. For the owner.",
      body: defaultModelSchema,
      answers: { 200: modelsSetSchema },
      async handle({ viewer, body }) {
        const overruled = await models.choose(body.model);
        await audited(store, viewer, { kind: "model.chosen", thing: body.model ?? "none" });
        return set(null, overruled);
      },
    }),
    route({
      method: "POST",
      path: "/api/models/providers/:provider",
      right: "models.manage",
      scope: "admin",
      summary:
        "Tries a provider’s key and address, and keeps them in the home’s `.env` if it answers. They count from the next answer on, and no key is ever told. For the owner.",
      body: newModelKeySchema,
      answers: { 200: modelsSetSchema },
      async handle({ viewer, params: { provider }, body: { untested, ...wanted } }) {
        const test = untested === true ? null : await models.tryOut(provider, wanted);
        if (test?.ok === false)
          return { status: 200, body: { test, kept: false, overruled: [], models: await models.overview() } };
        const overruled = await models.keep(provider, wanted);
        await audited(store, viewer, { kind: "model.key_set", thing: provider });
        return set(test, overruled);
      },
    }),
    route({
      method: "DELETE",
      path: "/api/models/providers/:provider",
      right: "models.manage",
      scope: "admin",
      summary: "Takes a provider’s key and address out of the home’s `.env`. For the owner.",
      answers: { 200: modelsSetSchema },
      async handle({ viewer, params }) {
        const overruled = await models.forget(params.provider);
        await audited(store, viewer, { kind: "model.key_removed", thing: params.provider });
        return set(null, overruled);
      },
    }),
  ];
}
