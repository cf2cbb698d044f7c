import { taskActivity } from "../../store/overview/activity.ts";
import { activityItemSchema } from "../../wire/activity.ts";
import { listSchema } from "../../wire/api.ts";
import type { ServerDeps } from "../deps.ts";
import { activityQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function activityRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/activity",
      right: "tasks.see",
      summary:
        "The runs of tasks that were at work since a time, or in the last 24 hours: 200 of them, or `limit`, the one that began last first.",
      query: activityQuery,
      answers: { 200: listSchema(activityItemSchema) },
      handle: async ({ viewer, query }) => ({ status: 200, body: await taskActivity(store, viewer, query) }),
    }),
  ];
}
