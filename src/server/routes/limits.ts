import { isoTime, machineZone } from "../../core/clock.ts";
import { setLimits } from "../../store/limits/change.ts";
import { standingOf, tasksOf } from "../../store/limits/standing.ts";
import type { User } from "../../wire/api.ts";
import { personLimitsPatchSchema, personLimitsSchema, type PersonLimits } from "../../wire/people.ts";
import type { ServerDeps } from "../deps.ts";
import { personFor } from "./people.ts";
import { route, type Route } from "./route.ts";

export function limitRoutes({ store, log }: ServerDeps): readonly Route[] {
  const told = async ({ id, name }: User): Promise<PersonLimits> => {
    const zone = machineZone();
    const now = store.clock.now();
    const { limits, day, month } = await standingOf(store.db, id, { now, zone });
    const spent = ({ start: _, end, ...used }: typeof day) => ({ ...used, endsAt: isoTime(end) });
    const tasks = await tasksOf(store.db, id, now);
    return { name, limits, day: spent(day), month: spent(month), tasks, zone };
  };
  return [
    route({
      method: "GET",
      path: "/api/users/:name/limits",
      right: "self.see",
      summary:
        "What may be spent in somebody’s name, and what was, in the day and the month that it is on the server, and how many of their " +
        "tasks may be at work at once, and are: your own, or of somebody whom you look after.",
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
        "Sets limits, and takes away those that are null: runs that wait for one go on at once, and what runs goes on. For owners; admins set those of members and viewers.",
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
