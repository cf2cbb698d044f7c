import { getRun } from "../../store/overview/run.ts";
import { stoppedSchema } from "../../wire/api.ts";
import { runAloneSchema } from "../../wire/runs.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

export function runRoutes({ store, stopRun }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/runs/:id",
      right: "chats.see",
      summary: "A run, with its title, whose it is, and where in its chat's log its events lie.",
      answers: { 200: runAloneSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await getRun(store, viewer, params.id) }),
    }),
    route({
      method: "POST",
      path: "/api/runs/:id/stop",
      right: "chats.write",
      summary: "Stops a run, within two seconds.",
      answers: { 200: stoppedSchema },
      handle: async ({ viewer, params }) => ({ status: 200, body: await stopRun(viewer, { runId: params.id }) }),
    }),
  ];
}
