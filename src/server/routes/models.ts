import { modelTestSchema, modelsSchema, newModelTestSchema } from "../../wire/models.ts";
import type { ServerDeps } from "../deps.ts";
import { forOwner } from "./for-owner.ts";
import { route, type Route } from "./route.ts";

export function modelRoutes({ models }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/models",
      summary: "Which model is in use and why, and which providers have a key. For the owner.",
      answers: { 200: modelsSchema },
      async handle({ viewer }) {
        forOwner(viewer, "see how this instance reaches its models");
        return { status: 200, body: models.overview() };
      },
    }),
    route({
      method: "POST",
      path: "/api/models/test",
      summary: "Asks a model for one word, within 20 seconds: `ok` or the reason. For the owner.",
      body: newModelTestSchema,
      answers: { 200: modelTestSchema },
      async handle({ viewer, body }) {
        forOwner(viewer, "have a model asked for a test");
        return { status: 200, body: await models.test(body.model ?? null) };
      },
    }),
  ];
}
