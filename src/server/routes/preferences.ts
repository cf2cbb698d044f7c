import { preferencesOf, setPreferences } from "../../store/people/preferences.ts";
import { preferencesAnswerSchema, preferencesFrom, preferencesPatchSchema } from "../../wire/preferences.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

const PATH = "/api/preferences";

export function preferenceRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: PATH,
      right: "self.see",
      summary: "What you prefer: which events are shown, the clock, and what you are told of and how.",
      answers: { 200: preferencesAnswerSchema },
      handle: async ({ viewer }) => ({ status: 200, body: preferencesFrom(await preferencesOf(store, viewer.id)) }),
    }),
    route({
      method: "PATCH",
      path: PATH,
      right: "self.change",
      summary: "Sets what you prefer, each by its name; null: as it is for everybody. The others stay as they are.",
      body: preferencesPatchSchema,
      answers: { 200: preferencesAnswerSchema },
      async handle({ viewer, body }) {
        const changes = new Map(Object.entries(body).filter((entry) => entry[1] !== undefined));
        return { status: 200, body: preferencesFrom(await setPreferences(store, viewer.id, changes)) };
      },
    }),
  ];
}
