import { workNow } from "../../store/overview/work.ts";
import { listSchema, stoppedSchema } from "../../wire/api.ts";
import { workSchema } from "../../wire/work.ts";
import type { ServerDeps } from "../deps.ts";
import { workQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function workRoutes({ store, log, stopRun }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/work",
      right: "work.all",
      summary:
        "All runs that are at work or wait now, the longest first: whose, of what kind, since when and on which node, and nothing " +
        "of what they are about but where you may see the chat. For owners and admins.",
      query: workQuery,
      answers: { 200: listSchema(workSchema) },
      async handle({ viewer, query }) {
        const work = await workNow(store, viewer, query.prefix);
        return { status: 200, body: { items: work.slice(0, query.limit), next: null, total: work.length } };
      },
    }),
    route({
      method: "POST",
      path: "/api/work/:id/stop",
      right: "work.stop",
      scope: "admin",
      summary:
        "Stops a run of that list, within two seconds, whether you may see its chat or not; its chat and the audit tell that you have. " +
        "Owners stop anybody’s; admins their own and that of members and viewers.",
      answers: { 200: stoppedSchema },
      async handle({ viewer, params }) {
        const stopped = await stopRun(viewer, { workId: params.id });
        if (stopped.runId !== null) log.info({ by: viewer.name, runId: stopped.runId }, "somebody's work was stopped");
        return { status: 200, body: stopped };
      },
    }),
  ];
}
