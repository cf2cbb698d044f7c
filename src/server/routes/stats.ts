import { isoTime, machineZone } from "../../core/clock.ts";
import { standingOf } from "../../store/limits/standing.ts";
import { stats } from "../../store/overview/stats.ts";
import type { User } from "../../wire/api.ts";
import { statsSchema, type Stats } from "../../wire/stats.ts";
import type { ServerDeps } from "../deps.ts";
import { statsQuery } from "./queries.ts";
import { route, type Route } from "./route.ts";

export function statsRoutes({ store }: ServerDeps): readonly Route[] {
  const monthOf = async ({ id }: User): Promise<Stats["month"]> => {
    const zone = machineZone();
    const { month, limits } = await standingOf(store.db, id, { now: store.clock.now(), zone });
    const { start, end, ...spent } = month;
    const { requestsPerMonth: requests, tokensPerMonth: tokens, dollarsPerMonth: dollars } = limits;
    return { zone, start: isoTime(start), endsAt: isoTime(end), ...spent, limits: { requests, tokens, dollars } };
  };
  return [
    route({
      method: "GET",
      path: "/api/stats",
      right: "chats.see",
      summary:
        "What the runs of a span came to: how many ended how, waits, durations, tokens, cost, by day and by schedule; and what you have spent in this month.",
      query: statsQuery,
      answers: { 200: statsSchema },
      handle: async ({ viewer, query }) => ({
        status: 200,
        body: { ...(await stats(store, viewer, query)), month: await monthOf(viewer) },
      }),
    }),
  ];
}
