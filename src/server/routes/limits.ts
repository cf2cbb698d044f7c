import { isoTime, machineZone } from "../../core/clock.ts";
import { setLimits } from "../../store/limits/change.ts";
import { standingOf } from "../../store/limits/standing.ts";
import type { User } from "../../wire/api.ts";
import { personLimitsPatchSchema, personLimitsSchema, type PersonLimits } from "../../wire/people.ts";
import type { ServerDeps } from "../deps.ts";
import { personFor } from "./people.ts";
import { route, type Route } from "./route.ts";

export function limitRoutes({ store, log }: ServerDeps): readonly Route[] {
  const told = async ({ id, name }: User): Promise<PersonLimits> => {
    const zone = machineZone();
    const { limits, day, month } = await standingOf(store.db, id, { now: store.clock.now(), zone });
    const spent = ({ tokens, dollars, end }: typeof day) => ({ tokens, dollars, endsAt: isoTime(end) });
    return { name, limits, day: spent(day), month: spent(month), zone };
  };
  return [
    route({
      method: "GET",
      path: "/api/users/:name/limits",
      right: "self.see",
      summary:
        "What may be spent in somebody’s name, and what was, in the day and the month that it is on the server: your own, or " +
        "of somebody whom you look after.",
      answers: { 200: personLimitsSchema },
      handle: async ({ viewer, params }) => ({
        status: 200,
        body: await told(await personFor(store, viewer, params.name, "people.manage")),
      }),
    }),
    route({
      method: "PATCH",
      path: "/api/users/:name/limits",
      right: "people.manage",
      scope: "admin",
      summary:
        "Sets limits, and takes away those that are null: runs that wait for one go on at once. For owners; admins set those of members and viewers.",
      body: personLimitsPatchSchema,
      answers: { 200: personLimitsSchema },
      async handle({ viewer, params, body }) {
        const user = await personFor(store, viewer, params.name, "people.manage");
        await setLimits(store, viewer, user, body);
        log.info({ by: viewer.name, user: user.name, ...body }, "limits were set");
        return { status: 200, body: await told(user) };
      },
    }),
  ];
}
