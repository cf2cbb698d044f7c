import { z } from "zod";
import { dataStatus } from "../../store/home/data-status.ts";
import { liveSource, verifyPage } from "../../store/verify/verify.ts";
import { dataStatusSchema, verifyPageSchema } from "../../wire/data.ts";
import type { ServerDeps } from "../deps.ts";
import { route, type Route } from "./route.ts";

const verifyQuery = z.object({ cursor: z.string().min(1).max(200) }).exactPartial();

export function dataRoutes({ store }: ServerDeps): readonly Route[] {
  return [
    route({
      method: "GET",
      path: "/api/verify",
      right: "data.see",
      summary:
        "Derives the state from the log again and compares, part by part: go on with `cursor` until `next` is null.",
      query: verifyQuery,
      answers: { 200: verifyPageSchema },
      handle: async ({ query }) => ({
        status: 200,
        body: await verifyPage(await liveSource(store), query.cursor ?? null),
      }),
    }),
    route({
      method: "GET",
      path: "/api/db",
      right: "data.see",
      summary: "The database: its kind, schema, epoch and size.",
      answers: { 200: dataStatusSchema },
      handle: async () => ({ status: 200, body: await dataStatus(store.kind, store.db) }),
    }),
  ];
}
