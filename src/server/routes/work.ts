import { workNow } from "../../store/overview/work.ts";
import { listSchema } from "../../wire/api.ts";
import { workSchema } from "../../wire/work.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

export function workRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/work",
      right: "work.all",
      summary:
        "All runs that are at work or wait now, the longest first: whose, of what kind, since when and on which node, and nothing " +
        "of what they are about but where you may see the chat. For owners and admins.",
      answers: { 200: listSchema(workSchema) },
      async handle({ viewer }) {
        const items = [...(await workNow(store, viewer))];
        return { status: 200, body: { items, next: null, total: items.length } };
      },
    }),
  ];
}
